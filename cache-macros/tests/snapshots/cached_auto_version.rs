async fn get_user(db: &Db, id: u64) -> sqlx::Result<User> {
    const __CACHE_KEY: my::cache::__private::KeySpec = my::cache::__private::KeySpec::new(
            "user",
        )
        .parts(&[my::cache::__private::KeyPart::new("id")]);
    static __CACHE_SITE: my::cache::__private::Site = my::cache::__private::Site {
        kind: my::cache::__private::Kind::Reads,
        function: "get_user",
        module: ::core::module_path!(),
        file: ::core::file!(),
        line: ::core::line!(),
        targets: &[
            my::cache::__private::Target {
                text: "user(id)",
                spec: my::cache::__private::TargetSpec::Short {
                    spec: || {
                        __CACHE_KEY
                            .version(
                                my::cache::__private::auto_version({
                                    #[allow(unused_imports)]
                                    use my::cache::__private::{
                                        ViaOption as _, ViaPlain as _, ViaResult as _,
                                        ViaResultOption as _,
                                    };
                                    (&&&my::cache::__private::Probe::<sqlx::Result<User>>::NEW)
                                        .shape()
                                }),
                            )
                    },
                    value: ::core::option::Option::Some(|| my::cache::__private::value_name({
                        #[allow(unused_imports)]
                        use my::cache::__private::{
                            ViaOption as _, ViaPlain as _, ViaResult as _,
                            ViaResultOption as _,
                        };
                        (&&&my::cache::__private::Probe::<sqlx::Result<User>>::NEW)
                            .shape()
                    })),
                },
            },
        ],
    };
    my::cache::__private::inventory::submit! {
        my::cache::__private::SiteRef(& __CACHE_SITE)
    }
    let __cache_shape = {
        #[allow(unused_imports)]
        use my::cache::__private::{
            ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        };
        (&&&my::cache::__private::Probe::<sqlx::Result<User>>::NEW).shape()
    };
    let __cache_sharing = {
        #[allow(unused_imports)]
        use my::cache::__private::{ViaShareable as _, ViaUnshareable as _};
        (&my::cache::__private::SharingProbe::of(__cache_shape)).sharing()
    };
    let __cache_entry = my::cache::__private::enter(
            my::cache::__private::Call::new(&__CACHE_SITE),
            __cache_shape,
            my::cache::__private::ParsedKey {
                spec: __CACHE_KEY
                    .version(my::cache::__private::auto_version(__cache_shape)),
                suffix: ::core::option::Option::None,
                id: |__cache_out: &mut my::cache::__private::KeyWriter| {
                    __cache_out.part(&id);
                },
                tenant: |_: &mut my::cache::__private::KeyWriter| {
                    my::cache::__private::Tenancy::Shared
                },
                tags: || ::std::vec![],
            },
            __cache_sharing,
        )
        .await;
    let __cache_fill = match __cache_entry {
        my::cache::__private::Entry::Ready(__cache_ret) => return __cache_ret,
        my::cache::__private::Entry::Load(__cache_fill) => __cache_fill,
    };
    my::cache::__private::load(
            __cache_fill,
            ::core::pin::pin!(
                async move { if let ::core::option::Option::Some(__cache_never) =
                ::core::option::Option::None:: < sqlx::Result < User > > { return
                __cache_never; } { db.user(id). await } }
            ),
            |_| my::cache::__private::Decision::new(),
        )
        .await
}
