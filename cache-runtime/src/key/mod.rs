//! Keys: what identifies an entry, and the text it becomes.
//!
//! The text is a contract with services in other languages:
//! `{prefix}:tenant-{tenant}:{resource}:{id}:{version}[:{suffix}]`. `docs/wire-format.md` specifies it.

mod convert;
mod external;
mod parts;
mod probe;
mod scratch;
mod short;
mod text;
mod typed;
mod writer;

pub use convert::KeyField;
pub use probe::ShortKey;
pub(crate) use scratch::{Asked, Lent, lend};
pub(crate) use short::Short;
pub(crate) use text::{KeyLayout, KeyText, Unversioned};
pub use typed::{KeyPart, KeySpec, Tenancy, TypedKey, Version};
pub use writer::KeyWriter;

/// Something that can stand in a cache key: a number, a string, an id type, a derived struct.
///
/// `#[derive(CacheKey)]` implements it for structs and enums of parts. Two different values of one type
/// must write different text, and equal values must write equal text: that is all an implementation promises.
///
/// ```
/// use cache_runtime::{CacheKey, KeyWriter};
///
/// struct Sku(u32);
///
/// impl CacheKey for Sku {
///     fn write_key(&self, out: &mut KeyWriter) {
///         out.display(self.0);
///     }
/// }
/// assert_eq!(cache_runtime::key_text(&Sku(7)), "7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a cache key",
    label = "not a key part",
    note = "derive it: `#[derive(CacheKey)]`, or pass something that is one, such as an id, a number or a string",
    note = "a type of `uuid`, `chrono`, `time` or `rust_decimal` needs the feature of that name on `cache-runtime`"
)]
pub trait CacheKey {
    /// Writes this part. The writer escapes, so that no text can be mistaken for the key's own punctuation.
    fn write_key(&self, out: &mut KeyWriter);

    /// Whether this is the absence of a value (`None`), which a tenant must not be.
    #[doc(hidden)]
    fn is_absent(&self) -> bool {
        false
    }
}

/// The text of one key part, escaped as in a key. For tools and tests.
pub fn key_text<K: CacheKey + ?Sized>(part: &K) -> String {
    let mut out = KeyWriter::new();
    out.part(part);
    out.into_text()
}
