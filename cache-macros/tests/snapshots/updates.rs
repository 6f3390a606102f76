async fn create_user(db: &Db, org: OrgId, new: NewUser) -> Result<User, DbError> {
    use ::cache_runtime::__private as __cache_p;
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::updates(
        "create_user",
        ::core::module_path!(),
        &[__cache_p::Target::typed::<UserKey>("UserKey { org, id: ret.id }")],
    );
    extern "C" fn __cache_list() {
        __CACHE_SITE.list()
    }
    #[used]
    #[cfg_attr(
        target_vendor = "apple",
        unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")
    )]
    #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
    #[cfg_attr(
        not(any(target_vendor = "apple", windows)),
        unsafe(link_section = ".init_array")
    )]
    static __CACHE_START: extern "C" fn() = __cache_list;
    let __cache_shape = {
        use __cache_p::via::*;
        (&&&__cache_p::Probe::<Result<User, DbError>>::NEW).shape()
    };
    let mut __cache_write = __cache_p::Write::new(&__CACHE_SITE);
    let __cache_keep_org = ::core::clone::Clone::clone(&org);
    let __cache_ret = __cache_write
        .run(
            ::core::pin::pin!(
                async move { if false { return __cache_p::never(__cache_shape); } db
                .create(org, new). await }
            ),
        )
        .await;
    match __cache_p::fate(__cache_shape, &__cache_ret) {
        __cache_p::Fate::Value(__cache_value) => {
            let ret = __cache_value;
            #[allow(clippy::shadow_unrelated)]
            let org = __cache_keep_org;
            let __cache_slot_0 = __cache_write
                .slot(
                    __cache_p::stored_under(
                        __cache_shape,
                        __cache_p::Typed(
                            &UserKey {
                                org: __cache_p::field(&org),
                                id: __cache_p::field(&ret.id),
                            },
                        ),
                    ),
                );
            __cache_write
                .store(
                    __cache_slot_0,
                    __cache_value,
                    ::core::option::Option::Some(__cache_p::Duration::new(300, 0)),
                );
        }
        __cache_p::Fate::None => {}
        __cache_p::Fate::Err => __cache_write.abandon(),
    }
    __cache_write.finish().await;
    __cache_ret
}
