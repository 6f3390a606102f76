async fn get_user(
    db: &Db,
    org: &str,
    id: Uuid,
    patience: Duration,
) -> Result<Option<User>, DbError> {
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Reads,
        function: "get_user",
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
    let __cache_shape = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        };
        (&&&::cache_runtime::__private::Probe::<Result<Option<User>, DbError>>::NEW)
            .shape()
    };
    ::cache_runtime::__private::must_share(__cache_shape);
    let __cache_sharing = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{ViaShareable as _, ViaUnshareable as _};
        (&::cache_runtime::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = ::cache_runtime::__private::enter(
            ::cache_runtime::__private::Call::new(&__CACHE_SITE)
                .policy(
                    ::cache_runtime::__private::Policy::new()
                        .local(::cache_runtime::__private::Duration::new(10u64, 0u32))
                        .stale_while_revalidate(patience)
                        .hard_timeout(
                            ::cache_runtime::__private::Duration::new(2u64, 0u32),
                        )
                        .refresh(::cache_runtime::__private::Refresh::Ahead(0.8)),
                )
                .detached(),
            __cache_shape,
            ::cache_runtime::__private::Typed(
                &(UserKey {
                    org: ::cache_runtime::__private::key_field(&org),
                    id: ::cache_runtime::__private::key_field(&id),
                }),
            ),
            __cache_sharing,
        )
        .await;
    let __cache_fill = match __cache_entry {
        ::cache_runtime::__private::Entry::Ready(__cache_ret) => return __cache_ret,
        ::cache_runtime::__private::Entry::Load(__cache_fill) => __cache_fill,
    };
    let __cache_keep_org = ::cache_runtime::__private::own(&*org);
    let __cache_body = {
        let __cache_own_db = ::cache_runtime::__private::own(&*db);
        let __cache_own_org = ::cache_runtime::__private::own(&*org);
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
    ::cache_runtime::__private::load_detached(
            __cache_fill,
            __cache_body,
            move |__cache_value| {
                #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
                let org = __cache_keep_org.lend();
                ::cache_runtime::__private::Decision::new()
                    .keep(
                        ::cache_runtime::__private::apply(
                            __cache_value,
                            |ret| ret.org == org,
                        ),
                    )
            },
            ::core::option::Option::Some(::cache_runtime::__private::late(__cache_shape)),
        )
        .await
}
