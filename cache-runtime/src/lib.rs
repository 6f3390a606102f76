//! Cache-aside by annotation.

mod key;
mod schema;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

pub use cache_macros::{CacheKey, CacheSchema};

pub use key::{CacheKey, KeyField, KeyPart, KeySpec, KeyText, KeyWriter, Tenancy, TypedKey, Version, key_text};
pub use schema::{CacheSchema, schema_of};
