async fn get_user(org: String, id: u64) -> Result<Option<User>, DbError> {
    use ::cache_runtime::__private as __cache_p;
    let __cache_fill = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        const __CACHE_KEY: __cache_p::KeySpec = __cache_p::KeySpec::new("user")
            .parts(&[__cache_p::KeyPart::new("id")])
            .tags(&["users", "org:{org}", "team:{ret.team}", "{value.team.lead}@{org}"]);
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
                            (&&&__cache_p::Probe::<Result<Option<User>, DbError>>::NEW)
                                .shape(),
                        )),
                    },
                },
            ],
        };
        __cache_p::inventory::submit! {
            __cache_p::SiteRef(& __CACHE_SITE)
        }
        let __cache_shape = (&&&__cache_p::Probe::<Result<Option<User>, DbError>>::NEW)
            .shape();
        let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape)).sharing();
        match __cache_p::enter(
                __cache_p::Call::new(&__CACHE_SITE),
                __cache_shape,
                __cache_p::ParsedKey {
                    spec: __CACHE_KEY,
                    suffix: ::core::option::Option::None,
                    id: |__cache_out: &mut __cache_p::KeyWriter| {
                        __cache_out.part(&id);
                    },
                    tenant: |_: &mut __cache_p::KeyWriter| __cache_p::Tenancy::Shared,
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
    let __cache_keep_org = ::core::clone::Clone::clone(&org);
    __cache_p::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < Option < User >, DbError > > {
                return __cache_never; } { load(org, id). await } }
            ),
            |__cache_value| {
                #[allow(clippy::shadow_unrelated)]
                let org = __cache_keep_org;
                __cache_p::Decision::new()
                    .tags(
                        ::std::vec![
                            __cache_p::apply(__cache_value, | ret |
                            __cache_p::TagText::new().text("team:").value(& ret.team)
                            .finish()), __cache_p::apply(__cache_value, | value |
                            __cache_p::TagText::new().value(& value.team.lead).text("@")
                            .value(& org).finish())
                        ],
                    )
            },
        )
        .await
}
