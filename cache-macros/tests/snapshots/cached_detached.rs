async fn get_user(
    db: &Db,
    org: &str,
    id: Uuid,
    patience: Duration,
) -> Result<Option<User>, DbError> {
    use ::cache_runtime::__private as __cache_p;
    let (__cache_shape, __cache_fill) = {
        #[allow(unused_imports)]
        use __cache_p::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
            ViaShareable as _, ViaUnshareable as _,
        };
        static __CACHE_SITE: __cache_p::Site = __cache_p::Site {
            kind: __cache_p::Kind::Reads,
            function: "get_user",
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            targets: &[
                __cache_p::Target {
                    text: "UserKey { org, id }",
                    spec: __cache_p::typed_target::<UserKey>(),
                },
            ],
        };
        __cache_p::inventory::submit! {
            __cache_p::SiteRef(& __CACHE_SITE)
        }
        let __cache_shape = (&&&__cache_p::Probe::<Result<Option<User>, DbError>>::NEW)
            .shape();
        __cache_p::must_share(__cache_shape);
        let __cache_sharing = (&__cache_p::SharingProbe::of(__cache_shape)).sharing();
        (
            __cache_shape,
            match __cache_p::enter(
                    __cache_p::Call::new(&__CACHE_SITE)
                        .policy(
                            __cache_p::Policy::new()
                                .local(__cache_p::Duration::new(10u64, 0u32))
                                .stale_while_revalidate(patience)
                                .hard_timeout(__cache_p::Duration::new(2u64, 0u32))
                                .refresh(__cache_p::Refresh::Ahead(0.8)),
                        )
                        .detached(),
                    __cache_shape,
                    __cache_p::Typed(
                        &(UserKey {
                            org: __cache_p::key_field(&org),
                            id: __cache_p::key_field(&id),
                        }),
                    ),
                    __cache_sharing,
                )
                .await
            {
                __cache_p::Entry::Ready(__cache_ret) => return __cache_ret,
                __cache_p::Entry::Load(__cache_fill) => __cache_fill,
            },
        )
    };
    let __cache_keep_org = __cache_p::own(&*org);
    let __cache_body = {
        let __cache_own_db = __cache_p::own(&*db);
        let __cache_own_org = __cache_p::own(&*org);
        async move {
            #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
            let db = __cache_own_db.lend();
            #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
            let org = __cache_own_org.lend();
            if let ::core::option::Option::Some(__cache_never) = ::core::option::Option::None::<
                Result<Option<User>, DbError>,
            > {
                return __cache_never;
            }
            { db.user(org, id).await }
        }
    };
    __cache_p::load_detached(
            __cache_fill,
            __cache_body,
            move |__cache_value| {
                #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
                let org = __cache_keep_org.lend();
                __cache_p::Decision::new()
                    .keep(__cache_p::apply(__cache_value, |ret| ret.org == org))
            },
            ::core::option::Option::Some(__cache_p::late(__cache_shape)),
        )
        .await
}
