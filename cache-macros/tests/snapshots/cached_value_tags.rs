async fn get_user(org: String, id: u64) -> Result<Option<User>, DbError> {
    use ::cache_runtime::__private::{self as __cache_p, via::*};
    const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
        .parts(&[__cache_p::KeyPart::new("id")])
        .tags(&["users", "org:{org}", "team:{ret.team}", "{value.team.lead}@{org}"]);
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::reads(
        "get_user",
        ::core::module_path!(),
        __cache_p::Target::of::<Result<Option<User>, DbError>>("user(id)", &__CACHE_KEY),
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
    let __cache_shape = (&&&__cache_p::Probe::<Result<Option<User>, DbError>>::NEW)
        .shape();
    let __cache_entry = match __cache_p::enter(
        (),
        { (&&&&__cache_shape).shared() },
        __cache_p::ParsedKey::new(&__CACHE_KEY, |__cache_out| __cache_out.part(&id))
            .tags(|| {
                ::std::vec![
                    __cache_p::Cow::Borrowed("users"), __cache_p::TagText::new()
                    .text("org:").value(& org).finish()
                ]
            }),
    ) {
        __cache_p::Hit(__ret) => return __ret,
        __cache_p::Miss(__cache_enter) => __cache_enter.await,
    };
    if let __cache_p::Ready(__ret) = __cache_entry {
        return __ret;
    }
    let __cache_keep_org = ::core::clone::Clone::clone(&org);
    __cache_p::load(
            __cache_entry,
            async move {
                if false {
                    return __cache_p::never(__cache_shape);
                }
                load(org, id).await
            },
        )
        .decide(|__cache_value| {
            #[allow(clippy::shadow_unrelated)]
            let org = __cache_keep_org;
            __cache_p::Decision::new()
                .tags(
                    ::std::vec![
                        __cache_p::apply(__cache_value, | ret | __cache_p::TagText::new()
                        .text("team:").value(& ret.team).finish()),
                        __cache_p::apply(__cache_value, | value |
                        __cache_p::TagText::new().value(& value.team.lead).text("@")
                        .value(& org).finish())
                    ],
                )
        })
        .await
}
