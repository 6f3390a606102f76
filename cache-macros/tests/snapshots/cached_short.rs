async fn get_user(org: &str, id: u64, email: &str) -> User {
    use ::cache_runtime::__private as __cache_p;
    let __cache_fill = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
            .version(__cache_p::Version::Fixed("v2"))
            .ttl(__cache_p::Duration::new(1800u64, 0u32))
            .parts(&[__cache_p::KeyPart::new("id"), __cache_p::KeyPart::hashed("email")])
            .tags(&["users", "org:{org}"])
            .tenant();
        static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
            kind: __cache_p::Kind::Reads,
            function: "get_user",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            targets: &[
                __cache_p::Target {
                    text: "user(id, email)",
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
                __cache_p::Call::new(&__CACHE_SITE),
                __cache_shape,
                __cache_p::ParsedKey {
                    spec: __CACHE_KEY,
                    suffix: ::core::option::Option::None,
                    id: |__cache_out: &mut __cache_p::KeyWriter| {
                        __cache_out.part(&id);
                        __cache_out.hashed(&email);
                    },
                    tenant: |__cache_out: &mut __cache_p::KeyWriter| __cache_p::Tenancy::write(
                        &org,
                        __cache_out,
                    ),
                    tags: || {
                        ::std::vec![
                            __cache_p::Cow::Borrowed("users"), __cache_p::TagText::new()
                            .text("org:").value(& org).finish()
                        ]
                    },
                },
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
                ::core::option::Option::None:: < User > { return __cache_never; } {
                load(org, id, email). await } }
            ),
            |_| __cache_p::Decision::new(),
        )
        .await
}
