async fn create_user(db: &Db, org: OrgId, new: NewUser) -> Result<User, DbError> {
    static __CACHE_SITE: ::cache_runtime::__private::Site = ::cache_runtime::__private::Site {
        kind: ::cache_runtime::__private::Kind::Updates,
        function: "create_user",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            ::cache_runtime::__private::Target {
                text: "UserKey { org, id: ret.id }",
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
        (&&&::cache_runtime::__private::Probe::<Result<User, DbError>>::NEW).shape()
    };
    let mut __cache_write = ::cache_runtime::__private::Write::new(&__CACHE_SITE);
    let __cache_keep_org = ::core::clone::Clone::clone(&org);
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < User, DbError > > { return
                __cache_never; } { db.create(org, new). await } }
            ),
        )
        .await;
    match ::cache_runtime::__private::fate(__cache_shape, &__cache_ret) {
        ::cache_runtime::__private::Fate::Value(__cache_value) => {
            let ret = __cache_value;
            #[allow(clippy::shadow_unrelated)]
            let org = __cache_keep_org;
            let __cache_slot_0 = __cache_write
                .slot(
                    ::cache_runtime::__private::stored_under(
                        __cache_shape,
                        ::cache_runtime::__private::Typed(
                            &(UserKey {
                                org: ::cache_runtime::__private::key_field(&org),
                                id: ::cache_runtime::__private::key_field(&ret.id),
                            }),
                        ),
                    ),
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
