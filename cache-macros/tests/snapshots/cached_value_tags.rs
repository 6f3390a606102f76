async fn get_user(org: String, id: u64) -> Result<Option<User>, DbError> {
    const __CACHE_KEY: ::cache_runtime::__private::KeySpec = ::cache_runtime::__private::KeySpec::new(
            "user",
        )
        .parts(&[::cache_runtime::__private::KeyPart::new("id")])
        .tags(&["users", "org:{org}", "team:{ret.team}", "{value.team.lead}@{org}"]);
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
                        (&&&::cache_runtime::__private::Probe::<
                            Result<Option<User>, DbError>,
                        >::NEW)
                            .shape()
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
        (&&&::cache_runtime::__private::Probe::<Result<Option<User>, DbError>>::NEW)
            .shape()
    };
    let __cache_sharing = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{ViaShareable as _, ViaUnshareable as _};
        (&::cache_runtime::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = ::cache_runtime::__private::enter(
            ::cache_runtime::__private::Call::new(&__CACHE_SITE),
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
                tags: || {
                    ::std::vec![
                        ::cache_runtime::__private::Cow::Borrowed("users"),
                        ::cache_runtime::__private::TagText::new().text("org:").value(&
                        org).finish()
                    ]
                },
            },
            __cache_sharing,
        )
        .await;
    let __cache_fill = match __cache_entry {
        ::cache_runtime::__private::Entry::Ready(__cache_ret) => return __cache_ret,
        ::cache_runtime::__private::Entry::Load(__cache_fill) => __cache_fill,
    };
    let __cache_keep_org = ::core::clone::Clone::clone(&org);
    ::cache_runtime::__private::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < Option < User >, DbError > > {
                return __cache_never; } { load(org, id). await } }
            ),
            |__cache_value| {
                #[allow(clippy::shadow_unrelated)]
                let org = __cache_keep_org;
                ::cache_runtime::__private::Decision::new()
                    .tags(
                        ::std::vec![
                            ::cache_runtime::__private::apply(__cache_value, | ret |
                            ::cache_runtime::__private::TagText::new().text("team:")
                            .value(& ret.team).finish()),
                            ::cache_runtime::__private::apply(__cache_value, | value |
                            ::cache_runtime::__private::TagText::new().value(& value.team
                            .lead).text("@").value(& org).finish())
                        ],
                    )
            },
        )
        .await
}
