//! What expansions learn from a type that they cannot spell.

use std::any::type_name;

use super::key::KeyOf;
use super::shape::{CacheValue, Fate, Probe, Shape};
use super::tags::ValueTag;
use crate::key::Version;
use crate::schema::CacheSchema;

/// The probe for the type of `returned`, where the type has no name (`impl Trait`).
pub fn probe<R>(returned: &R) -> Probe<R> {
    let _ = returned;
    Probe::NEW
}

/// How a returned value came out, given its shape.
pub fn fate<S: Shape>(shape: S, returned: &S::Return) -> Fate<'_, S::Value> {
    let _ = shape;
    S::fate(returned)
}

/// The name of the type of the value inside a return type, as the shape of it says; read from the name of the whole, so that
/// the registry asks for no shape.
pub(super) fn value_of<R>() -> &'static str {
    let whole = type_name::<R>();
    let value = first_argument(whole, "core::result::Result<").unwrap_or(whole);
    first_argument(value, "core::option::Option<").unwrap_or(value)
}

/// `T` of `Name<T, ..>`.
fn first_argument<'a>(name: &'a str, generic: &str) -> Option<&'a str> {
    let inside = name.strip_prefix(generic)?.strip_suffix('>')?;
    let mut depth = 0_usize;
    let mut before = '\0';
    for (at, letter) in inside.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(&inside[..at]),
            _ => {}
        }
        before = letter;
    }
    Some(inside)
}

/// `version = auto`.
pub fn auto_version<S: Shape>(shape: S) -> Version
where
    S::Value: CacheSchema,
{
    let _ = shape;
    Version::Auto(<S::Value as CacheSchema>::FINGERPRINT)
}

/// A key, and the tags that the value which is stored under it will add.
pub struct Stored<K, V> {
    pub(super) key: K,
    pub(super) tags: Vec<ValueTag<V>>,
}

/// The key, if what the function returns can be stored under it.
pub fn stored_under<S, K>(shape: S, key: K) -> Stored<K, S::Value>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let _ = shape;
    Stored { tags: key.late_tags(), key }
}

#[cfg(test)]
mod tests {
    use super::value_of;
    use std::any::type_name;

    type Fallible<T> = Result<T, std::io::Error>;

    #[test]
    fn the_name_of_a_value_is_in_that_of_its_return_type() {
        assert_eq!(value_of::<u8>(), "u8");
        assert_eq!(value_of::<Option<String>>(), type_name::<String>());
        assert_eq!(value_of::<Option<Option<u8>>>(), type_name::<Option<u8>>());
        assert_eq!(value_of::<Fallible<(u8, [u16; 2])>>(), type_name::<(u8, [u16; 2])>());
        assert_eq!(value_of::<Fallible<Option<Vec<(u8, u8)>>>>(), type_name::<Vec<(u8, u8)>>());
        assert_eq!(value_of::<Fallible<Result<u8, u16>>>(), type_name::<Result<u8, u16>>());
        assert_eq!(value_of::<Fallible<fn(u8) -> u16>>(), type_name::<fn(u8) -> u16>());
    }
}
