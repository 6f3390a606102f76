async fn save_user(id: u64, new: NewUser) -> Result<User, DbError> {
    use ::cache_runtime::__private as __cache_p;
    const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
        .ttl(__cache_p::Duration::new(300, 0))
        .parts(&[__cache_p::KeyPart::new("id")])
        .tags(&["users", "team:{ret.team}"]);
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::updates(
        "save_user",
        ::core::module_path!(),
        &[__cache_p::Target::of::<Result<User, DbError>>("user(id)", &__CACHE_KEY)],
    );
    extern "C" fn __cache_list() {
        __CACHE_SITE.list()
    }
    #[used]
    #[cfg_attr(
        target_vendor = "apple",
        unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
    )]
    #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
    #[cfg_attr(
        not(any(target_vendor = "apple", windows)),
        unsafe(link_section = ".init_array")
    )]
    static __CACHE_START: extern "C" fn() = __cache_list;
    let __cache_shape = {
        use __cache_p::via::*;
        (&&&__cache_p::Probe::<Result<User, DbError>>::NEW).shape()
    };
    let mut __cache_write = __cache_p::Write::new(&__CACHE_SITE);
    let __cache_slot_0 = __cache_write
        .slot(
            __cache_p::stored_under(
                __cache_shape,
                __cache_p::ParsedKey::new(
                        &__CACHE_KEY,
                        |__cache_out| __cache_out.part(&id),
                    )
                    .tags(|| ::std::vec![__cache_p::Cow::Borrowed("users")]),
            ),
        );
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if false { return __cache_p::never(__cache_shape); }
                save(id, new). await }
            ),
        )
        .await;
    match __cache_p::fate(__cache_shape, &__cache_ret) {
        __cache_p::Fate::Value(__cache_value) => {
            __cache_write
                .tags(
                    &__cache_slot_0,
                    ::std::vec![
                        __cache_p::apply(__cache_value, | ret | __cache_p::TagText::new()
                        .text("team:").value(& ret.team).finish())
                    ],
                );
            __cache_write
                .store(
                    __cache_slot_0,
                    __cache_value,
                    ::core::option::Option::Some(__cache_p::Duration::new(300, 0)),
                );
        }
        __cache_p::Fate::None => {}
        __cache_p::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
