async fn get_user(db: &Db, id: u64) -> sqlx::Result<User> {
    use my::cache::__private::{self as __cache_p, via::*};
    const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
        .parts(&[__cache_p::KeyPart::new("id")]);
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::reads(
        "get_user",
        ::core::module_path!(),
        __cache_p::Target::of::<sqlx::Result<User>>("user(id)", &__CACHE_KEY)
            .auto(|| {
                __CACHE_KEY
                    .version(
                        __cache_p::auto_version(
                            (&&&__cache_p::Probe::<sqlx::Result<User>>::NEW).shape(),
                        ),
                    )
            }),
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
    let __cache_shape = (&&&__cache_p::Probe::<sqlx::Result<User>>::NEW).shape();
    let __cache_entry = match __cache_p::enter(
        (),
        { (&&&&__cache_shape).shared() },
        __cache_p::ParsedKey::new(
            __CACHE_KEY.version(__cache_p::auto_version(__cache_shape)),
            |__cache_out| __cache_out.part(&id),
        ),
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
                db.user(id).await
            },
        )
        .await
}
