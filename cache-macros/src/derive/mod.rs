//! The derives: parse, then validate, then expand; a file per phase.

mod args;
mod duration;
mod generics;
mod key;
mod report;
mod schema;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path, parse_quote};

use report::Report;

/// `#[derive(CacheKey)]`.
pub(crate) fn key(input: TokenStream) -> TokenStream {
    run(input, key::derive)
}

/// `#[derive(CacheSchema)]`.
pub(crate) fn schema(input: TokenStream) -> TokenStream {
    run(input, schema::derive)
}

/// Every error of the input, and then code, real or dummy, so that only the errors are red.
fn run(input: TokenStream, derive: fn(&DeriveInput, &mut Report) -> TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let code = derive(&input, &mut report);
    let errors = report.into_compile_errors();
    quote!(#errors #code)
}

/// Where the runtime is, unless `crate = ..` says otherwise.
fn runtime() -> Path {
    parse_quote!(::cache_runtime)
}
