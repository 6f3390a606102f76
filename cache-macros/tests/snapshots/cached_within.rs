async fn get_user(&self, id: u64) -> Result<User, DbError> {
    use ::cache_runtime::__private as __cache_p;
    let (__cache_shape, __cache_fill) = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
            .parts(&[__cache_p::KeyPart::new("id")])
            .policy(
                __cache_p::Policy::new()
                    .hard_timeout(__cache_p::Duration::new(2u64, 0u32))
                    .revalidate(__cache_p::Revalidate::Inline),
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
                            (&&&__cache_p::Probe::<Result<User, DbError>>::NEW).shape(),
                        )),
                    },
                },
            ],
        };
        __cache_p::inventory::submit! {
            __cache_p::SiteRef(& __CACHE_SITE)
        }
        let __cache_shape = (&&&__cache_p::Probe::<Result<User, DbError>>::NEW).shape();
        let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape)).sharing();
        (
            __cache_shape,
            match __cache_p::enter(
                    __cache_p::Call::new(&__CACHE_SITE),
                    __cache_shape,
                    __cache_p::ParsedKey {
                        spec: __CACHE_KEY,
                        suffix: ::core::option::Option::None,
                        id: |__cache_out: &mut __cache_p::KeyWriter| {
                            __cache_out.part(&id);
                        },
                        tenant: |_: &mut __cache_p::KeyWriter| {
                            __cache_p::Tenancy::Shared
                        },
                        tags: || ::std::vec![],
                    },
                    __cache_sharing,
                )
                .await
            {
                __cache_p::Entry::Ready(__cache_ret) => return __cache_ret,
                __cache_p::Entry::Load(__cache_fill) => __cache_fill,
            },
        )
    };
    __cache_p::load_within(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < User, DbError > > { return
                __cache_never; } { self.load(id). await } }
            ),
            |_| __cache_p::Decision::new(),
            __cache_p::late(__cache_shape),
        )
        .await
}
