//! The macros of `cache-runtime`. Depend on `cache-runtime`, which re-exports them; what they write calls into it.
//!
//! Each macro leaves the function as it is: name, signature, attributes and documentation stay, and the body is used
//! once, word for word. A mistake in an attribute is an error at that place, which says what to write; all mistakes
//! are reported together, and the function still exists for the code that calls it.

mod args;
mod boxed;
mod derive;
mod detach;
mod duration;
mod expand;
mod func;
mod funnel;
mod name;
mod report;
mod scan;
#[cfg(test)]
mod snapshots;
mod start;
mod text;
mod valid;

use proc_macro::TokenStream;

use crate::args::Which;

#[doc = include_str!("../docs/cached.md")]
#[proc_macro_attribute]
pub fn cached(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Cached, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/invalidates.md")]
#[proc_macro_attribute]
pub fn invalidates(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Invalidates, args.into(), item.into()).into()
}

#[doc = include_str!("../docs/updates.md")]
#[proc_macro_attribute]
pub fn updates(args: TokenStream, item: TokenStream) -> TokenStream {
    funnel::attribute(Which::Updates, args.into(), item.into()).into()
}

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
