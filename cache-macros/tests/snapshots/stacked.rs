#[tracing::instrument]
async fn rename(org: &str, id: u64) -> String {
    #[allow(unused_imports)]
    use updates as _;
    use ::cache_runtime::__private as __cache_p;
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::invalidates(
        "rename",
        ::core::module_path!(),
        &[__cache_p::Target::typed::<UserKey>("UserKey { org, id }")],
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
    const __CACHE_KEY_100: __cache_p::KeySpec = __cache_p::KeySpec::new("name")
        .version(__cache_p::Version::Fixed("2024"))
        .parts(&[__cache_p::KeyPart::new("id")]);
    static __CACHE_SITE_1: __cache_p::Site = __cache_p::Site::updates(
        "rename",
        ::core::module_path!(),
        &[__cache_p::Target::of::<String>("name(id)", &__CACHE_KEY_100)],
    );
    extern "C" fn __cache_list_1() {
        __CACHE_SITE_1.list()
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
    static __CACHE_START_1: extern "C" fn() = __cache_list_1;
    let __cache_shape = {
        use __cache_p::via::*;
        (&&&__cache_p::Probe::<String>::NEW).shape()
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
    let __cache_slot_0 = __cache_write
        .slot(
            __cache_p::stored_under(
                __cache_shape,
                __cache_p::ParsedKey::new(
                    &__CACHE_KEY_100,
                    |__cache_out| __cache_out.part(&id),
                ),
            ),
        );
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if false { return __cache_p::never(__cache_shape); } org
                .to_owned() }
            ),
        )
        .await;
    match __cache_p::fate(__cache_shape, &__cache_ret) {
        __cache_p::Fate::Value(__cache_value) => {
            __cache_write
                .store(__cache_slot_0, __cache_value, ::core::option::Option::None);
        }
        __cache_p::Fate::None => {}
        __cache_p::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
