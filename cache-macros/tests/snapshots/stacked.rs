#[tracing::instrument]
async fn rename(org: &str, id: u64) -> String {
    #[allow(unused_imports)]
    use updates as _;
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Invalidates,
        function: "rename",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "UserKey { org, id }",
                spec: ::cache_runtime::__private::typed_target::<UserKey>(),
            },
        ],
    };
    ::cache_runtime::__private::inventory::submit! {
        ::cache_runtime::__private::SiteRef(& __CACHE_SITE)
    }
    const __CACHE_KEY_100: ::cache_runtime::__private::KeySpec = ::cache_runtime::__private::KeySpec::new(
            "name",
        )
        .version(::cache_runtime::__private::Version::Fixed("2024"))
        .parts(&[::cache_runtime::__private::KeyPart::new("id")]);
    static __CACHE_SITE_1: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Updates,
        function: "rename",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "name(id)",
                spec: ::cache_runtime::__private::TargetSpec::Short {
                    spec: || __CACHE_KEY_100,
                    value: ::core::option::Option::Some(|| ::cache_runtime::__private::value_name({
                        #[allow(unused_imports)]
                        use ::cache_runtime::__private::{
                            ViaOption as _, ViaPlain as _, ViaResult as _,
                            ViaResultOption as _,
                        };
                        (&&&::cache_runtime::__private::Probe::<String>::NEW).shape()
                    })),
                },
            },
        ],
    };
    ::cache_runtime::__private::inventory::submit! {
        ::cache_runtime::__private::SiteRef(& __CACHE_SITE_1)
    }
    let __cache_shape = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        };
        (&&&::cache_runtime::__private::Probe::<String>::NEW).shape()
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
    let __cache_slot_0 = __cache_write
        .slot(
            ::cache_runtime::__private::stored_under(
                __cache_shape,
                ::cache_runtime::__private::ParsedKey {
                    spec: __CACHE_KEY_100,
                    suffix: ::core::option::Option::None,
                    id: |__cache_out: &mut ::cache_runtime::__private::KeyWriter| {
                        __cache_out.part(&id);
                    },
                    tenant: |_: &mut ::cache_runtime::__private::KeyWriter| {
                        ::cache_runtime::__private::Tenancy::Shared
                    },
                    tags: || ::std::vec![],
                },
            ),
        );
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < String > { return __cache_never; } { org
                .to_owned() } }
            ),
        )
        .await;
    match ::cache_runtime::__private::fate(__cache_shape, &__cache_ret) {
        ::cache_runtime::__private::Fate::Value(__cache_value) => {
            __cache_write
                .store(__cache_slot_0, __cache_value, ::core::option::Option::None);
        }
        ::cache_runtime::__private::Fate::None => {}
        ::cache_runtime::__private::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
