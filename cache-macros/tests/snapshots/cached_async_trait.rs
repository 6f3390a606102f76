fn get<'life0, 'async_trait>(
    &'life0 self,
    id: u64,
) -> ::core::pin::Pin<
    Box<
        dyn ::core::future::Future<
            Output = Option<User>,
        > + ::core::marker::Send + 'async_trait,
    >,
>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    Box::pin(async move {
        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
            Option<User>,
        > {
            return __ret;
        }
        let __self = self;
        let id = id;
        use ::cache_runtime::__private::{self as __cache_p, via::*};
        static __CACHE_SITE: __cache_p::Site = __cache_p::Site::typed::<
            UserKey,
        >("get", ::core::module_path!(), "UserKey { org: self.org, id }");
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
            (),
            { (&&&&__cache_shape).shared() },
            __cache_p::Typed(
                &UserKey {
                    org: __cache_p::field(&__self.org),
                    id: __cache_p::field(&id),
                },
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
                    __self.load(id).await
                },
            )
            .await
    })
}
