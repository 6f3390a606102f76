async fn set_role(db: &Db, org: OrgId, id: Uuid, team: u64) -> Result<(), DbError> {
    use ::cache_runtime::__private as __cache_p;
    const __CACHE_KEY_1: __cache_p::KeySpec = __cache_p::KeySpec::new("team")
        .parts(&[__cache_p::KeyPart::new("team")]);
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::invalidates(
        "set_role",
        ::core::module_path!(),
        &[
            __cache_p::Target::typed::<UserKey>("UserKey { org, id }"),
            __cache_p::Target::short("team(team)", &__CACHE_KEY_1),
            __cache_p::Target::tag("tag(\"user-lists\")"),
            __cache_p::Target::tag("tag(\"org:{org}\")"),
        ],
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
        (&&&__cache_p::Probe::<Result<(), DbError>>::NEW).shape()
    };
    let mut __cache_write = __cache_p::Write::new(&__CACHE_SITE);
    __cache_write
        .remove(
            &__cache_p::Typed(
                &UserKey {
                    org: __cache_p::field(&org),
                    id: __cache_p::field(&id),
                },
            ),
        );
    __cache_write
        .remove(
            &__cache_p::ParsedKey::new(
                &__CACHE_KEY_1,
                |__cache_out| __cache_out.part(&team),
            ),
        );
    __cache_write.tag(__cache_p::Cow::Borrowed("user-lists"));
    __cache_write.tag(__cache_p::TagText::new().text("org:").value(&org).finish());
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if false { return __cache_p::never(__cache_shape); } db
                .set_role(org, id). await }
            ),
        )
        .await;
    match __cache_p::fate(__cache_shape, &__cache_ret) {
        __cache_p::Fate::Value(_) => {}
        __cache_p::Fate::None => {}
        __cache_p::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
