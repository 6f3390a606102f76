async fn save_user(id: u64, new: NewUser) -> Result<User, DbError> {
    const __CACHE_KEY: ::cache_runtime::__private::KeySpec = ::cache_runtime::__private::KeySpec::new(
            "user",
        )
        .ttl(::cache_runtime::__private::Duration::new(300u64, 0u32))
        .parts(&[::cache_runtime::__private::KeyPart::new("id")])
        .tags(&["users", "team:{ret.team}"]);
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Updates,
        function: "save_user",
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
                            Result<User, DbError>,
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
        (&&&::cache_runtime::__private::Probe::<Result<User, DbError>>::NEW).shape()
    };
    let mut __cache_write = ::cache_runtime::__private::Write::new(&__CACHE_SITE);
    let __cache_slot_0 = __cache_write
        .slot(
            ::cache_runtime::__private::stored_under(
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
                        ::std::vec![::cache_runtime::__private::Cow::Borrowed("users")]
                    },
                },
            ),
        );
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < User, DbError > > { return
                __cache_never; } { save(id, new). await } }
            ),
        )
        .await;
    match ::cache_runtime::__private::fate(__cache_shape, &__cache_ret) {
        ::cache_runtime::__private::Fate::Value(__cache_value) => {
            __cache_write
                .tags(
                    &__cache_slot_0,
                    ::std::vec![
                        ::cache_runtime::__private::apply(__cache_value, | ret |
                        ::cache_runtime::__private::TagText::new().text("team:").value(&
                        ret.team).finish())
                    ],
                );
            __cache_write
                .store(
                    __cache_slot_0,
                    __cache_value,
                    ::core::option::Option::Some(
                        ::cache_runtime::__private::Duration::new(300u64, 0u32),
                    ),
                );
        }
        ::cache_runtime::__private::Fate::None => {}
        ::cache_runtime::__private::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
