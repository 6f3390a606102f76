//! Schemas: a fingerprint of a type's shape, known at compile time, for `version = auto`.

mod external;
pub mod hash;
mod std_impls;

/// A fingerprint of a type's shape as serde writes and reads it.
///
/// Two types with one fingerprint read each other's bytes; a change that could break reading changes the
/// fingerprint, and with `version = auto` the key, so that a changed type never meets old bytes.
/// `#[derive(CacheSchema)]` implements it, and documents what counts.
///
/// By hand, for a type with its own `Serialize`, name the shape and change the name when the shape changes:
///
/// ```
/// use cache_runtime::CacheSchema;
///
/// struct Money { cents: i64 }
///
/// impl CacheSchema for Money {
///     const FINGERPRINT: u64 = cache_runtime::schema_of("money, as text, 1");
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the shape of `{Self}` is not known at compile time",
    label = "no `CacheSchema`",
    note = "derive it: `#[derive(CacheSchema)]`, or write the version by hand: `version = 2`",
    note = "for a field of a foreign type, name its shape: `#[cache_schema(opaque = \"..\")]`",
    note = "a type of `uuid`, `chrono`, `time` or `rust_decimal` needs the feature of that name on `cache-runtime`"
)]
pub trait CacheSchema {
    /// The fingerprint. It depends on the shape alone, never on the compiler, the platform or the module.
    const FINGERPRINT: u64;
}

/// The fingerprint of a shape that is known by a name only, for implementations by hand.
pub const fn schema_of(name: &str) -> u64 {
    hash::opaque(name)
}

/// Stands for a type inside itself, where its own fingerprint is not known yet.
#[derive(Debug)]
pub struct Recursion;

impl CacheSchema for Recursion {
    const FINGERPRINT: u64 = hash::leaf("recursion");
}
