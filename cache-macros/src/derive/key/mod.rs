//! `#[derive(CacheKey)]`.

mod expand;
mod parse;
mod tags;
mod tags_expand;
mod typed;
mod valid;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use super::report::Report;

pub(super) fn derive(input: &DeriveInput, report: &mut Report) -> TokenStream {
    let parsed = parse::parse(input, report);
    match valid::validate(input, &parsed, report) {
        Some(key) if !report.failed() => expand::expand(input, &key),
        _ => expand::dummy(input, &parsed),
    }
}
