async fn set_role(db: &Db, org: OrgId, id: Uuid, team: u64) -> Result<(), DbError> {
    use ::cache_runtime::__private as __cache_p;
    const __CACHE_KEY_1: __cache_p::KeySpec = __cache_p::KeySpec::new("team")
        .parts(&[__cache_p::KeyPart::new("team")]);
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
        kind: __cache_p::Kind::Invalidates,
        function: "set_role",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            __cache_p::Target {
                text: "UserKey { org, id }",
                spec: __cache_p::typed_target::<UserKey>(),
            },
            __cache_p::Target {
                text: "team(team)",
                spec: __cache_p::TargetSpec::Short {
                    spec: || __CACHE_KEY_1,
                    value: ::core::option::Option::None,
                },
            },
            __cache_p::Target {
                text: "tag(\"user-lists\")",
                spec: __cache_p::TargetSpec::Tag,
            },
            __cache_p::Target {
                text: "tag(\"org:{org}\")",
                spec: __cache_p::TargetSpec::Tag,
            },
        ],
    };
    __cache_p::inventory::submit! {
        __cache_p::SiteRef(& __CACHE_SITE)
    }
    let __cache_shape = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        };
        (&&&__cache_p::Probe::<Result<(), DbError>>::NEW).shape()
    };
    let mut __cache_write = __cache_p::Write::new(&__CACHE_SITE);
    __cache_write
        .remove(
            &__cache_p::Typed(
                &(UserKey {
                    org: __cache_p::key_field(&org),
                    id: __cache_p::key_field(&id),
                }),
            ),
        );
    __cache_write
        .remove(
            &__cache_p::ParsedKey {
                spec: __CACHE_KEY_1,
                suffix: ::core::option::Option::None,
                id: |__cache_out: &mut __cache_p::KeyWriter| {
                    __cache_out.part(&team);
                },
                tenant: |_: &mut __cache_p::KeyWriter| __cache_p::Tenancy::Shared,
                tags: || ::std::vec![],
            },
        );
    __cache_write.tag(__cache_p::Cow::Borrowed("user-lists"));
    __cache_write.tag(__cache_p::TagText::new().text("org:").value(&org).finish());
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < (), DbError > > { return
                __cache_never; } { db.set_role(org, id). await } }
            ),
        )
        .await;
    match __cache_p::fate(__cache_shape, &__cache_ret) {
        __cache_p::Fate::Value(_) => {}
        __cache_p::Fate::None => {}
        __cache_p::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
