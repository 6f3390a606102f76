//! Macros of `cache-runtime`. Depend on `cache-runtime`, which re-exports them.

mod derive;

use proc_macro::TokenStream;

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
