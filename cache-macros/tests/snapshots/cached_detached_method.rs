async fn get_user(self: Arc<Self>, id: u64) -> User {
    use ::cache_runtime::__private::{self as __cache_p, via::*};
    const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
        .parts(&[__cache_p::KeyPart::new("id")])
        .policy(
            __cache_p::Policy::new()
                .refresh(__cache_p::Refresh::Probabilistic)
                .jitter(0.1)
                .sliding(true),
        );
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::reads(
        "get_user",
        ::core::module_path!(),
        __cache_p::Target::of::<User>("user(id)", &__CACHE_KEY),
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
        __cache_p::Call::new().detached(),
        { (&&&&__cache_shape).shared() },
        __cache_p::ParsedKey::new(&__CACHE_KEY, |__cache_out| __cache_out.part(&id)),
    ) {
        __cache_p::Hit(__ret) => return __ret,
        __cache_p::Miss(__cache_enter) => __cache_enter.await,
    };
    if let __cache_p::Ready(__ret) = __cache_entry {
        return __ret;
    }
    let __cache_keep_self = ::core::clone::Clone::clone(&self);
    let __cache_body = {
        async move {
            if false {
                return __cache_p::never(__cache_shape);
            }
            { self.load(id).await }
        }
    };
    __cache_p::load_detached(
            __cache_entry,
            __cache_body,
            move |__cache_value| {
                __cache_p::Decision::new()
                    .ttl(
                        __cache_p::apply(
                            __cache_value,
                            |user| __cache_keep_self.ttl(user),
                        ),
                    )
            },
            ::core::option::Option::None,
        )
        .await
}
