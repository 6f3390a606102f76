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
        use ::cache_runtime::__private as __cache_p;
        let __cache_fill = {
            #[allow(unused_imports)]
            use __cache_p::{
                ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
                ViaShareable as _, ViaUnshareable as _,
            };
            static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
                kind: __cache_p::Kind::Reads,
                function: "get",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                targets: &[
                    __cache_p::Target {
                        text: "UserKey { org: self.org, id }",
                        spec: __cache_p::typed_target::<UserKey>(),
                    },
                ],
            };
            __cache_p::inventory::submit! {
                __cache_p::SiteRef(& __CACHE_SITE)
            }
            let __cache_shape = (&&&__cache_p::Probe::<Option<User>>::NEW).shape();
            let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape))
                .sharing();
            match __cache_p::enter(
                    __cache_p::Call::new(&__CACHE_SITE),
                    __cache_shape,
                    __cache_p::Typed(
                        &(UserKey {
                            org: __cache_p::key_field(&__self.org),
                            id: __cache_p::key_field(&id),
                        }),
                    ),
                    __cache_sharing,
                )
                .await
            {
                __cache_p::Entry::Ready(__cache_ret) => return __cache_ret,
                __cache_p::Entry::Load(__cache_fill) => __cache_fill,
            }
        };
        __cache_p::load(
                __cache_fill,
                ::core::pin::pin!(
                    async move { if let ::core::option::Option::Some(__cache_never) =
                    ::core::option::Option::None:: < Option < User > > { return
                    __cache_never; } { __self.load(id). await } }
                ),
                |_| __cache_p::Decision::new(),
            )
            .await
    })
}
