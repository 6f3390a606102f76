//! Generated code trips no lint in the user's crate: the same annotated functions under one lint at a time.
//!
//! `cargo clippy` judges; running the test shows that the functions work.
#![allow(clippy::duplicate_mod, dead_code)]

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, CacheKey, KeyPart, KeySpec, KeyWriter, LoadTimeout, Tenancy, TypedKey};
use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// An error that can tell of a load that took too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Late;

impl From<LoadTimeout> for Late {
    fn from(_: LoadTimeout) -> Self {
        Self
    }
}

/// Its key.
pub(crate) struct ItemKey {
    org: String,
    id: u64,
}

impl ItemKey {
    fn new(org: &str, id: u64) -> Self {
        Self { org: org.to_owned(), id }
    }
}

impl CacheKey for ItemKey {
    fn write_key(&self, out: &mut KeyWriter) {
        self.write_id(out);
    }
}

impl TypedKey for ItemKey {
    type Value = Item;
    const SPEC: KeySpec = KeySpec::new("lint-item").parts(const { &[KeyPart::new("id")] }).tenant();

    fn write_id(&self, out: &mut KeyWriter) {
        out.part(&self.id);
    }
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        Tenancy::write(&self.org, out)
    }
}

/// A key that borrows.
pub(crate) struct NameKey<'a>(pub(crate) &'a str);

impl CacheKey for NameKey<'_> {
    fn write_key(&self, out: &mut KeyWriter) {
        self.write_id(out);
    }
}

impl TypedKey for NameKey<'_> {
    type Value = Item;
    const SPEC: KeySpec = KeySpec::new("lint-item").parts(const { &[KeyPart::new("name")] }).suffix("by-name");

    fn write_id(&self, out: &mut KeyWriter) {
        out.part(self.0);
    }
}

#[tokio::test]
async fn annotated_functions_work_under_lints() {
    use dead_code::{Store, borrowed, detached, in_place, short, stacked, tagged, typed, unit};
    let org = || "org".to_owned();
    let calls = async {
        assert_eq!(short("org", 1, org()).await, Some(org()));
        assert_eq!(typed(org(), 1, String::new()).await, Ok(Some(Item { id: 1, name: org() })));
        assert_eq!(borrowed(org()).await.name, org());
        let name = org();
        let detached = detached("org", 2, &name, Duration::from_secs(1)).await;
        assert_eq!(detached, Ok(Some(Item { id: 2, name: "orgorg".to_owned() })));
        assert_eq!(in_place(1, &mut [org()]).await, Ok(1));
        unit("org", 1).await;
        assert_eq!(stacked(org(), 1, "org").await, Ok(Item { id: 1, name: org() }));
        assert_eq!(tagged(org(), 0).await, None);
        let store = Store::new(org());
        assert_eq!(store.method(1).await.id, 1);
        assert_eq!(Arc::new(Store::new(org())).shared(2).await.id, 2);
        assert_eq!(store.generic(&org()).await, 3);
    };
    Cache::builder().build().expect("cache").scope(calls).await;
}

#[deny(clippy::absolute_paths)]
#[path = "annotated.rs"]
mod absolute_paths;
#[deny(absolute_paths_not_starting_with_crate)]
#[path = "annotated.rs"]
mod absolute_paths_not_starting_with_crate;
#[deny(clippy::allow_attributes)]
#[path = "annotated.rs"]
mod allow_attributes;
#[deny(clippy::allow_attributes_without_reason)]
#[path = "annotated.rs"]
mod allow_attributes_without_reason;
#[deny(clippy::async_yields_async)]
#[path = "annotated.rs"]
mod async_yields_async;
#[deny(clippy::await_holding_lock)]
#[path = "annotated.rs"]
mod await_holding_lock;
#[deny(clippy::blocks_in_conditions)]
#[path = "annotated.rs"]
mod blocks_in_conditions;
#[deny(clippy::clone_on_copy)]
#[path = "annotated.rs"]
mod clone_on_copy;
#[deny(clippy::cognitive_complexity)]
#[path = "annotated.rs"]
mod cognitive_complexity;
#[deny(dead_code)]
#[path = "annotated.rs"]
mod dead_code;
#[deny(clippy::default_numeric_fallback)]
#[path = "annotated.rs"]
mod default_numeric_fallback;
#[deny(clippy::diverging_sub_expression)]
#[path = "annotated.rs"]
mod diverging_sub_expression;
#[deny(elided_lifetimes_in_paths)]
#[path = "annotated.rs"]
mod elided_lifetimes_in_paths;
#[deny(clippy::explicit_auto_deref)]
#[path = "annotated.rs"]
mod explicit_auto_deref;
#[deny(explicit_outlives_requirements)]
#[path = "annotated.rs"]
mod explicit_outlives_requirements;
#[deny(clippy::future_not_send)]
#[path = "annotated.rs"]
mod future_not_send;
#[deny(clippy::ignored_unit_patterns)]
#[path = "annotated.rs"]
mod ignored_unit_patterns;
#[deny(clippy::implicit_clone)]
#[path = "annotated.rs"]
mod implicit_clone;
#[deny(clippy::inefficient_to_string)]
#[path = "annotated.rs"]
mod inefficient_to_string;
#[deny(clippy::items_after_statements)]
#[path = "annotated.rs"]
mod items_after_statements;
#[deny(clippy::large_futures)]
#[path = "annotated.rs"]
mod large_futures;
#[deny(clippy::large_stack_frames)]
#[path = "annotated.rs"]
mod large_stack_frames;
#[deny(clippy::let_and_return)]
#[path = "annotated.rs"]
mod let_and_return;
#[deny(let_underscore_drop)]
#[path = "annotated.rs"]
mod let_underscore_drop;
#[deny(clippy::let_underscore_untyped)]
#[path = "annotated.rs"]
mod let_underscore_untyped;
#[deny(clippy::let_unit_value)]
#[path = "annotated.rs"]
mod let_unit_value;
#[deny(clippy::manual_let_else)]
#[path = "annotated.rs"]
mod manual_let_else;
#[deny(clippy::match_single_binding)]
#[path = "annotated.rs"]
mod match_single_binding;
#[deny(clippy::min_ident_chars)]
#[path = "annotated.rs"]
mod min_ident_chars;
#[deny(clippy::missing_const_for_fn)]
#[path = "annotated.rs"]
mod missing_const_for_fn;
#[deny(missing_docs)]
#[path = "annotated.rs"]
mod missing_docs;
#[deny(clippy::mixed_attributes_style)]
#[path = "annotated.rs"]
mod mixed_attributes_style;
#[deny(clippy::needless_borrow)]
#[path = "annotated.rs"]
mod needless_borrow;
#[deny(clippy::needless_borrows_for_generic_args)]
#[path = "annotated.rs"]
mod needless_borrows_for_generic_args;
#[deny(clippy::needless_pass_by_value)]
#[path = "annotated.rs"]
mod needless_pass_by_value;
#[deny(clippy::needless_return)]
#[path = "annotated.rs"]
mod needless_return;
#[deny(clippy::no_effect_underscore_binding)]
#[path = "annotated.rs"]
mod no_effect_underscore_binding;
#[deny(non_snake_case)]
#[path = "annotated.rs"]
mod non_snake_case;
#[deny(non_upper_case_globals)]
#[path = "annotated.rs"]
mod non_upper_case_globals;
#[deny(clippy::op_ref)]
#[path = "annotated.rs"]
mod op_ref;
#[deny(clippy::panic)]
#[path = "annotated.rs"]
mod panic;
#[deny(clippy::pattern_type_mismatch)]
#[path = "annotated.rs"]
mod pattern_type_mismatch;
#[deny(clippy::redundant_clone)]
#[path = "annotated.rs"]
mod redundant_clone;
#[deny(clippy::redundant_closure)]
#[path = "annotated.rs"]
mod redundant_closure;
#[deny(clippy::redundant_closure_for_method_calls)]
#[path = "annotated.rs"]
mod redundant_closure_for_method_calls;
#[deny(clippy::redundant_else)]
#[path = "annotated.rs"]
mod redundant_else;
#[deny(redundant_lifetimes)]
#[path = "annotated.rs"]
mod redundant_lifetimes;
#[deny(clippy::ref_option)]
#[path = "annotated.rs"]
mod ref_option;
#[deny(clippy::semicolon_if_nothing_returned)]
#[path = "annotated.rs"]
mod semicolon_if_nothing_returned;
#[deny(clippy::shadow_reuse)]
#[path = "annotated.rs"]
mod shadow_reuse;
#[deny(clippy::shadow_same)]
#[path = "annotated.rs"]
mod shadow_same;
#[deny(clippy::shadow_unrelated)]
#[path = "annotated.rs"]
mod shadow_unrelated;
#[deny(clippy::significant_drop_in_scrutinee)]
#[path = "annotated.rs"]
mod significant_drop_in_scrutinee;
#[deny(clippy::significant_drop_tightening)]
#[path = "annotated.rs"]
mod significant_drop_tightening;
#[deny(clippy::single_match)]
#[path = "annotated.rs"]
mod single_match;
#[deny(clippy::single_match_else)]
#[path = "annotated.rs"]
mod single_match_else;
#[deny(single_use_lifetimes)]
#[path = "annotated.rs"]
mod single_use_lifetimes;
#[deny(clippy::std_instead_of_core)]
#[path = "annotated.rs"]
mod std_instead_of_core;
#[deny(clippy::too_many_lines)]
#[path = "annotated.rs"]
mod too_many_lines;
#[deny(clippy::toplevel_ref_arg)]
#[path = "annotated.rs"]
mod toplevel_ref_arg;
#[deny(trivial_casts)]
#[path = "annotated.rs"]
mod trivial_casts;
#[deny(trivial_numeric_casts)]
#[path = "annotated.rs"]
mod trivial_numeric_casts;
#[deny(clippy::unit_arg)]
#[path = "annotated.rs"]
mod unit_arg;
#[deny(unit_bindings)]
#[path = "annotated.rs"]
mod unit_bindings;
#[deny(unreachable_code)]
#[path = "annotated.rs"]
mod unreachable_code;
#[deny(unreachable_pub)]
#[path = "annotated.rs"]
mod unreachable_pub;
#[deny(unsafe_code)]
#[path = "annotated.rs"]
mod unsafe_code;
#[deny(clippy::unused_async)]
#[path = "annotated.rs"]
mod unused_async;
#[deny(unused_braces)]
#[path = "annotated.rs"]
mod unused_braces;
#[deny(unused_imports)]
#[path = "annotated.rs"]
mod unused_imports;
#[deny(unused_lifetimes)]
#[path = "annotated.rs"]
mod unused_lifetimes;
#[deny(unused_macro_rules)]
#[path = "annotated.rs"]
mod unused_macro_rules;
#[deny(unused_must_use)]
#[path = "annotated.rs"]
mod unused_must_use;
#[deny(unused_mut)]
#[path = "annotated.rs"]
mod unused_mut;
#[deny(unused_parens)]
#[path = "annotated.rs"]
mod unused_parens;
#[deny(unused_qualifications)]
#[path = "annotated.rs"]
mod unused_qualifications;
#[deny(unused_results)]
#[path = "annotated.rs"]
mod unused_results;
#[deny(unused_variables)]
#[path = "annotated.rs"]
mod unused_variables;
#[deny(clippy::unwrap_used)]
#[path = "annotated.rs"]
mod unwrap_used;
#[deny(clippy::use_self)]
#[path = "annotated.rs"]
mod use_self;
#[deny(clippy::used_underscore_binding)]
#[path = "annotated.rs"]
mod used_underscore_binding;
#[deny(clippy::used_underscore_items)]
#[path = "annotated.rs"]
mod used_underscore_items;
#[deny(clippy::useless_vec)]
#[path = "annotated.rs"]
mod useless_vec;
#[deny(variant_size_differences)]
#[path = "annotated.rs"]
mod variant_size_differences;
#[deny(clippy::wildcard_imports)]
#[path = "annotated.rs"]
mod wildcard_imports;
