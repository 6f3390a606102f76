async fn get_user(self: Arc<Self>, id: u64) -> User {
    use ::cache_runtime::__private as __cache_p;
    let __cache_fill = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
            .parts(&[__cache_p::KeyPart::new("id")])
            .policy(
                __cache_p::Policy::new()
                    .refresh(__cache_p::Refresh::Probabilistic)
                    .jitter(0.1)
                    .sliding(true),
            );
        static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
            kind: __cache_p::Kind::Reads,
            function: "get_user",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            targets: &[
                __cache_p::Target {
                    text: "user(id)",
                    spec: __cache_p::TargetSpec::Short {
                        spec: || __CACHE_KEY,
                        value: ::core::option::Option::Some(|| __cache_p::value_name(
                            (&&&__cache_p::Probe::<User>::NEW).shape(),
                        )),
                    },
                },
            ],
        };
        __cache_p::inventory::submit! {
            __cache_p::SiteRef(& __CACHE_SITE)
        }
        let __cache_shape = (&&&__cache_p::Probe::<User>::NEW).shape();
        let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape)).sharing();
        match __cache_p::enter(
                __cache_p::Call::new(&__CACHE_SITE).detached(),
                __cache_shape,
                __cache_p::ParsedKey {
                    spec: __CACHE_KEY,
                    suffix: ::core::option::Option::None,
                    id: |__cache_out: &mut __cache_p::KeyWriter| {
                        __cache_out.part(&id);
                    },
                    tenant: |_: &mut __cache_p::KeyWriter| __cache_p::Tenancy::Shared,
                    tags: || ::std::vec![],
                },
                __cache_sharing,
            )
            .await
        {
            __cache_p::Entry::Ready(__cache_ret) => return __cache_ret,
            __cache_p::Entry::Load(__cache_fill) => __cache_fill,
        }
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
    __cache_p::load_detached(
            __cache_fill,
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
