async fn get_user(org: &str, id: u64, email: &str) -> User {
    use ::cache_runtime::__private::{self as __cache_p, via::*};
    const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
        .version(__cache_p::Version::Fixed("v2"))
        .ttl(__cache_p::Duration::new(1800, 0))
        .parts(&[__cache_p::KeyPart::new("id"), __cache_p::KeyPart::hashed("email")])
        .tags(&["users", "org:{org}"])
        .tenant();
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::reads(
        "get_user",
        ::core::module_path!(),
        __cache_p::Target::of::<User>("user(id, email)", &__CACHE_KEY),
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
    let __cache_shape = (&&&__cache_p::Probe::<User>::NEW).shape();
    let __cache_entry = match __cache_p::enter(
        (),
        { (&&&&__cache_shape).shared() },
        __cache_p::ParsedKey::new(
                &__CACHE_KEY,
                |__cache_out| {
                    __cache_out.part(&id);
                    __cache_out.hashed(&email);
                },
            )
            .tenant(|__cache_out| __cache_p::Tenancy::write(&org, __cache_out))
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
    __cache_p::load(
            __cache_entry,
            async move {
                if false {
                    return __cache_p::never(__cache_shape);
                }
                load(org, id, email).await
            },
        )
        .await
}
