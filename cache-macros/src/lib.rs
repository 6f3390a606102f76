//! Macros of `cache-runtime`. Depend on `cache-runtime`, which re-exports them.

mod args;
mod boxed;
mod derive;
mod duration;
mod expand;
mod func;
mod funnel;
mod name;
mod report;
mod scan;
mod text;
mod valid;

use proc_macro::TokenStream;

use crate::args::Which;

#[doc = include_str!("derive/key/README.md")]
#[proc_macro_derive(CacheKey, attributes(cache))]
pub fn derive_cache_key(input: TokenStream) -> TokenStream {
    derive::key(input.into()).into()
}

#[doc = include_str!("derive/schema/README.md")]
#[proc_macro_derive(CacheSchema, attributes(cache_schema))]
pub fn derive_cache_schema(input: TokenStream) -> TokenStream {
    derive::schema(input.into()).into()
}

/// Caches what an async function returns.
#[proc_macro_attribute]
pub fn cached(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Cached, args.into(), item.into()).into()
}

/// Removes entries when an async function has succeeded.
#[proc_macro_attribute]
pub fn invalidates(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Invalidates, args.into(), item.into()).into()
}

/// Stores what an async function returns, when it has succeeded.
#[proc_macro_attribute]
pub fn updates(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Updates, args.into(), item.into()).into()
}
