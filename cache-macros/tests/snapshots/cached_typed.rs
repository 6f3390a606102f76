/// Docs.
pub async fn get_user(db: &Db, org: OrgId, id: Uuid) -> Result<Option<User>, DbError> {
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
    let __cache_sharing = {
        #[allow(unused_imports)]
        use ::cache_runtime::__private::{ViaShareable as _, ViaUnshareable as _};
        (&::cache_runtime::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = ::cache_runtime::__private::enter(
            ::cache_runtime::__private::Call::new(&__CACHE_SITE),
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
    ::cache_runtime::__private::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < Result < Option < User >, DbError > > {
                return __cache_never; } { db.user(org, id). await } }
            ),
            |_| ::cache_runtime::__private::Decision::new(),
        )
        .await
}
