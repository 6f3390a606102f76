async fn get_user(
    db: &Db,
    org: &str,
    id: Uuid,
    patience: Duration,
) -> Result<Option<User>, DbError> {
    use ::cache_runtime::__private::{self as __cache_p, via::*};
    static __CACHE_SITE: __cache_p::Site = __cache_p::Site::typed::<
        UserKey,
    >("get_user", ::core::module_path!(), "UserKey { org, id }");
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
    let __cache_shape = (&&&__cache_p::Probe::<Result<Option<User>, DbError>>::NEW)
        .shape();
    __cache_p::must_share(__cache_shape);
    let __cache_entry = match __cache_p::enter(
        __cache_p::Call::new()
            .policy(
                __cache_p::Policy::new()
                    .local(__cache_p::Duration::new(10, 0))
                    .stale_while_revalidate(patience)
                    .hard_timeout(__cache_p::Duration::new(2, 0))
                    .refresh(__cache_p::Refresh::Ahead(0.8)),
            )
            .detached(),
        { (&&&&__cache_shape).shared() },
        __cache_p::Typed(
            &UserKey {
                org: __cache_p::field(&org),
                id: __cache_p::field(&id),
            },
        ),
    ) {
        __cache_p::Hit(__ret) => return __ret,
        __cache_p::Miss(__cache_enter) => __cache_enter.await,
    };
    if let __cache_p::Ready(__ret) = __cache_entry {
        return __ret;
    }
    let __cache_keep_org = __cache_p::own(&*org);
    let __cache_body = {
        let __cache_own_db = __cache_p::own(&*db);
        let __cache_own_org = __cache_p::own(&*org);
        async move {
            #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
            let db = __cache_own_db.lend();
            #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
            let org = __cache_own_org.lend();
            if false {
                return __cache_p::never(__cache_shape);
            }
            { db.user(org, id).await }
        }
    };
    __cache_p::load_detached(
            __cache_entry,
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
