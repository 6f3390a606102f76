//! How a parameter becomes a field of a key without being moved.

use std::borrow::Cow;
use std::sync::Arc;

/// Makes a key's field from a borrowed parameter: a clone, a borrow, or an owned copy where the field asks for one.
///
/// The macros use it for shorthand fields, so that `UserKey { org, id }` leaves `org` and `id` to the body.
#[diagnostic::on_unimplemented(
    message = "a key field of type `{Self}` cannot be made from `{P}`",
    label = "wrong type for this key field",
    note = "name the field and write an expression: `field: expr`"
)]
pub trait KeyField<'a, P: ?Sized> {
    /// Makes the field from the parameter.
    fn key_field(parameter: &'a P) -> Self;
}

impl<'a, T: Clone> KeyField<'a, T> for T {
    fn key_field(parameter: &'a T) -> Self {
        parameter.clone()
    }
}

impl<'a, T: Clone> KeyField<'a, &T> for T {
    fn key_field(parameter: &'a &T) -> Self {
        (*parameter).clone()
    }
}

impl<'a> KeyField<'a, &str> for String {
    fn key_field(parameter: &'a &str) -> Self {
        (*parameter).to_owned()
    }
}

impl<'a> KeyField<'a, Cow<'_, str>> for String {
    fn key_field(parameter: &'a Cow<'_, str>) -> Self {
        parameter.clone().into_owned()
    }
}

impl<'a> KeyField<'a, Option<&str>> for Option<String> {
    fn key_field(parameter: &'a Option<&str>) -> Self {
        parameter.map(str::to_owned)
    }
}

impl<'a> KeyField<'a, &str> for Arc<str> {
    fn key_field(parameter: &'a &str) -> Self {
        Arc::from(*parameter)
    }
}

impl<'a> KeyField<'a, String> for Arc<str> {
    fn key_field(parameter: &'a String) -> Self {
        Arc::from(parameter.as_str())
    }
}

impl<'a> KeyField<'a, String> for &'a str {
    fn key_field(parameter: &'a String) -> Self {
        parameter
    }
}

impl<'a> KeyField<'a, &String> for &'a str {
    fn key_field(parameter: &'a &String) -> Self {
        parameter
    }
}

impl<'a> KeyField<'a, Cow<'_, str>> for &'a str {
    fn key_field(parameter: &'a Cow<'_, str>) -> Self {
        parameter
    }
}

impl<'a> KeyField<'a, Arc<str>> for &'a str {
    fn key_field(parameter: &'a Arc<str>) -> Self {
        parameter
    }
}

impl<'a, T> KeyField<'a, Vec<T>> for &'a [T] {
    fn key_field(parameter: &'a Vec<T>) -> Self {
        parameter
    }
}

impl<'a, T: Clone> KeyField<'a, &[T]> for Vec<T> {
    fn key_field(parameter: &'a &[T]) -> Self {
        parameter.to_vec()
    }
}
