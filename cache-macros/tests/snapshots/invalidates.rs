async fn set_role(db: &Db, org: OrgId, id: Uuid, team: u64) -> Result<(), DbError> {
    const __CACHE_KEY_1: ::cache_runtime::__private::KeySpec = ::cache_runtime::__private::KeySpec::new(
            "team",
        )
        .parts(&[::cache_runtime::__private::KeyPart::new("team")]);
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Invalidates,
        function: "set_role",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "UserKey { org, id }",
                spec: ::cache_runtime::__private::typed_target::<UserKey>(),
            },
            ::cache_runtime::__private::Target {
                text: "team(team)",
                spec: ::cache_runtime::__private::TargetSpec::Short {
                    spec: || __CACHE_KEY_1,
                    value: ::core::option::Option::None,
                },
            },
            ::cache_runtime::__private::Target {
                text: "tag(\"user-lists\")",
                spec: ::cache_runtime::__private::TargetSpec::Tag,
            },
            ::cache_runtime::__private::Target {
                text: "tag(\"org:{org}\")",
                spec: ::cache_runtime::__private::TargetSpec::Tag,
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
        (&&&::cache_runtime::__private::Probe::<Result<(), DbError>>::NEW).shape()
    };
    let mut __cache_write = ::cache_runtime::__private::Write::new(&__CACHE_SITE);
    __cache_write
        .remove(
            &::cache_runtime::__private::Typed(
                &(UserKey {
                    org: ::cache_runtime::__private::key_field(&org),
                    id: ::cache_runtime::__private::key_field(&id),
                }),
            ),
        );
    __cache_write
        .remove(
            &::cache_runtime::__private::ParsedKey {
                spec: __CACHE_KEY_1,
                suffix: ::core::option::Option::None,
                id: |__cache_out: &mut ::cache_runtime::__private::KeyWriter| {
                    __cache_out.part(&team);
                },
                tenant: |_: &mut ::cache_runtime::__private::KeyWriter| {
                    ::cache_runtime::__private::Tenancy::Shared
                },
                tags: || ::std::vec![],
            },
        );
    __cache_write.tag(::cache_runtime::__private::Cow::Borrowed("user-lists"));
    __cache_write
        .tag(
            ::cache_runtime::__private::TagText::new().text("org:").value(&org).finish(),
        );
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < (), DbError > > { return
                __cache_never; } { db.set_role(org, id). await } }
            ),
        )
        .await;
    match ::cache_runtime::__private::fate(__cache_shape, &__cache_ret) {
        ::cache_runtime::__private::Fate::Value(_) => {}
        ::cache_runtime::__private::Fate::None => {}
        ::cache_runtime::__private::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
