async fn get_user<'a, T>(&'a self, id: T, limit: u64, fresh: bool) -> Option<User>
where
    T: Id,
{
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Reads,
        function: "get_user",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "self.key(id)",
                spec: ::cache_runtime::__private::TargetSpec::Dynamic,
            },
        ],
    };
    ::cache_runtime::__private::inventory::submit! {
        ::cache_runtime::__private::SiteRef(& __CACHE_SITE)
    }
    let __cache_shape = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        };
        (&&&::cache_runtime::__private::Probe::<Option<User>>::NEW).shape()
    };
    let __cache_sharing = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{ViaShareable as _, ViaUnshareable as _};
        (&::cache_runtime::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = ::cache_runtime::__private::enter(
            ::cache_runtime::__private::Call::new(&__CACHE_SITE)
                .cache(&self.cache)
                .bypass(fresh)
                .none_ttl(::cache_runtime::__private::Duration::new(30u64, 0u32)),
            __cache_shape,
            ::cache_runtime::__private::Typed(
                &self.key(::core::clone::Clone::clone(&id)),
            ),
            __cache_sharing,
        )
        .await;
    let __cache_fill = match __cache_entry {
        ::cache_runtime::__private::Entry::Ready(__cache_ret) => return __cache_ret,
        ::cache_runtime::__private::Entry::Load(__cache_fill) => __cache_fill,
    };
    let __cache_keep_limit = ::core::clone::Clone::clone(&limit);
    ::cache_runtime::__private::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Option < User > > { return
                __cache_never; } { self.load(id). await } }
            ),
            |__cache_value| {
                #[allow(clippy::shadow_unrelated)]
                let limit = __cache_keep_limit;
                ::cache_runtime::__private::Decision::new()
                    .ttl(
                        ::cache_runtime::__private::apply(
                            __cache_value,
                            |user| user.ttl(),
                        ),
                    )
                    .keep(
                        ::cache_runtime::__private::apply(
                            __cache_value,
                            |ret| ret.id > limit,
                        ),
                    )
            },
        )
        .await
}
