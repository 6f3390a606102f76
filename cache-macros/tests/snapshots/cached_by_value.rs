async fn get_user<'a, T>(&'a self, id: T, limit: u64, fresh: bool) -> Option<User>
where
    T: Id,
{
    use ::cache_runtime::__private::{self as __cache_p, via::*};
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::reads(
        "get_user",
        ::core::module_path!(),
        __cache_p::Target::dynamic("self.key(id)"),
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
    let __cache_shape = (&&&__cache_p::Probe::<Option<User>>::NEW).shape();
    let __cache_entry = match __cache_p::enter(
        __cache_p::Call::new()
            .cache(&self.cache)
            .bypass(fresh)
            .none_ttl(__cache_p::Duration::new(30, 0)),
        { (&&&&__cache_shape).shared() },
        __cache_p::Typed(&self.key(::core::clone::Clone::clone(&id))),
    ) {
        __cache_p::Hit(__ret) => return __ret,
        __cache_p::Miss(__cache_enter) => __cache_enter.await,
    };
    if let __cache_p::Ready(__ret) = __cache_entry {
        return __ret;
    }
    let __cache_keep_limit = ::core::clone::Clone::clone(&limit);
    __cache_p::load(
            __cache_entry,
            async move {
                if false {
                    return __cache_p::never(__cache_shape);
                }
                self.load(id).await
            },
        )
        .decide(|__cache_value| {
            #[allow(clippy::shadow_unrelated)]
            let limit = __cache_keep_limit;
            __cache_p::Decision::new()
                .ttl(__cache_p::apply(__cache_value, |user| user.ttl()))
                .keep(__cache_p::apply(__cache_value, |ret| ret.id > limit))
        })
        .await
}
