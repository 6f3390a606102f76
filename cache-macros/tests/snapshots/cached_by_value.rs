async fn get_user<'a, T>(&'a self, id: T, limit: u64, fresh: bool) -> Option<User>
where
    T: Id,
{
    use ::cache_runtime::__private as __cache_p;
    let __cache_fill = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
            kind: __cache_p::Kind::Reads,
            function: "get_user",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            targets: &[
                __cache_p::Target {
                    text: "self.key(id)",
                    spec: __cache_p::TargetSpec::Dynamic,
                },
            ],
        };
        __cache_p::inventory::submit! {
            __cache_p::SiteRef(& __CACHE_SITE)
        }
        let __cache_shape = (&&&__cache_p::Probe::<Option<User>>::NEW).shape();
        let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape)).sharing();
        match __cache_p::enter(
                __cache_p::Call::new(&__CACHE_SITE)
                    .cache(&self.cache)
                    .bypass(fresh)
                    .none_ttl(__cache_p::Duration::new(30u64, 0u32)),
                __cache_shape,
                __cache_p::Typed(&self.key(::core::clone::Clone::clone(&id))),
                __cache_sharing,
            )
            .await
        {
            __cache_p::Entry::Ready(__cache_ret) => return __cache_ret,
            __cache_p::Entry::Load(__cache_fill) => __cache_fill,
        }
    };
    let __cache_keep_limit = ::core::clone::Clone::clone(&limit);
    __cache_p::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Option < User > > { return
                __cache_never; } { self.load(id). await } }
            ),
            |__cache_value| {
                #[allow(clippy::shadow_unrelated)]
                let limit = __cache_keep_limit;
                __cache_p::Decision::new()
                    .ttl(__cache_p::apply(__cache_value, |user| user.ttl()))
                    .keep(__cache_p::apply(__cache_value, |ret| ret.id > limit))
            },
        )
        .await
}
