//! `#[derive(CacheSchema)]`.

mod expand;
mod parse;
mod rename;
mod serde_args;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use super::report::Report;

pub(super) fn derive(input: &DeriveInput, report: &mut Report) -> TokenStream {
    let parsed = parse::parse(input, report);
    if report.failed() { expand::dummy(input, &parsed) } else { expand::expand(input, &parsed) }
}
