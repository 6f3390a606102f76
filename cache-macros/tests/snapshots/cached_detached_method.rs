async fn get_user(self: Arc<Self>, id: u64) -> User {
    const __CACHE_KEY: ::cache_runtime::__private::KeySpec = ::cache_runtime::__private::KeySpec::new(
            "user",
        )
        .parts(&[::cache_runtime::__private::KeyPart::new("id")])
        .policy(
            ::cache_runtime::__private::Policy::new()
                .refresh(::cache_runtime::__private::Refresh::Probabilistic)
                .jitter(0.1)
                .sliding(true),
        );
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Reads,
        function: "get_user",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "user(id)",
                spec: ::cache_runtime::__private::TargetSpec::Short {
                    spec: || __CACHE_KEY,
                    value: ::core::option::Option::Some(|| ::cache_runtime::__private::value_name({
                        #[allow(unused_imports)]
                        use ::cache_runtime::__private::{
                            ViaOption as _, ViaPlain as _, ViaResult as _,
                            ViaResultOption as _,
                        };
                        (&&&::cache_runtime::__private::Probe::<User>::NEW).shape()
                    })),
                },
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
        (&&&::cache_runtime::__private::Probe::<User>::NEW).shape()
    };
    let __cache_sharing = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{ViaShareable as _, ViaUnshareable as _};
        (&::cache_runtime::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = ::cache_runtime::__private::enter(
            ::cache_runtime::__private::Call::new(&__CACHE_SITE).detached(),
            __cache_shape,
            ::cache_runtime::__private::ParsedKey {
                spec: __CACHE_KEY,
                suffix: ::core::option::Option::None,
                id: |__cache_out: &mut ::cache_runtime::__private::KeyWriter| {
                    __cache_out.part(&id);
                },
                tenant: |_: &mut ::cache_runtime::__private::KeyWriter| {
                    ::cache_runtime::__private::Tenancy::Shared
                },
                tags: || ::std::vec![],
            },
            __cache_sharing,
        )
        .await;
    let __cache_fill = match __cache_entry {
        ::cache_runtime::__private::Entry::Ready(__cache_ret) => return __cache_ret,
        ::cache_runtime::__private::Entry::Load(__cache_fill) => __cache_fill,
    };
    let __cache_keep_self = ::core::clone::Clone::clone(&self);
    let __cache_body = {
        async move {
            if let ::core::option::Option::Some(__cache_never) = ::core::option::Option::None::<
                User,
            > {
                return __cache_never;
            }
            { self.load(id).await }
        }
    };
    ::cache_runtime::__private::load_detached(
            __cache_fill,
            __cache_body,
            move |__cache_value| {
                ::cache_runtime::__private::Decision::new()
                    .ttl(
                        ::cache_runtime::__private::apply(
                            __cache_value,
                            |user| __cache_keep_self.ttl(user),
                        ),
                    )
            },
            ::core::option::Option::None,
        )
        .await
}
