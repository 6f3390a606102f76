//! Whether a value can be held decoded, for the local tier.

use std::any::Any;
use std::sync::Arc;

use super::shape::Shape;

/// A decoded value, whatever its type.
pub(crate) type Held = Arc<dyn Any + Send + Sync>;

/// How a value of this type enters and leaves the local tier.
pub struct Sharing<V> {
    pub(crate) hold: fn(&V) -> Held,
    pub(crate) give: fn(&(dyn Any + Send + Sync)) -> Option<V>,
}

impl<V> Clone for Sharing<V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for Sharing<V> {}

/// A value that the local tier can hold: each hit gives a clone of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be held in the local tier",
    label = "each hit of the local tier gives a clone",
    note = "derive `Clone` on a type that owns what it holds, or return an `Arc` of it"
)]
pub trait Shareable: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Sync + 'static> Shareable for V {}

impl<V: Shareable> Sharing<V> {
    /// By cloning.
    pub fn new() -> Self {
        Self { hold: |value| Arc::new(value.clone()), give: |held| held.downcast_ref::<V>().cloned() }
    }
}

impl<V: Shareable> Default for Sharing<V> {
    fn default() -> Self {
        Self::new()
    }
}

/// Found by method lookup where the value of a shape can be held: `(&shape).sharing()`.
pub trait ViaShareable {
    /// The value's type.
    type Value;
    /// How it is held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape> ViaShareable for S
where
    S::Value: Shareable,
{
    type Value = S::Value;
    fn sharing(&self) -> Option<Sharing<S::Value>> {
        Some(Sharing::new())
    }
}

/// Found by method lookup otherwise.
pub trait ViaUnshareable {
    /// The value's type.
    type Value;
    /// It is not held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape> ViaUnshareable for &S {
    type Value = S::Value;
    fn sharing(&self) -> Option<Sharing<S::Value>> {
        None
    }
}

/// How a value is held, where `local = ..` on its key type says that it can be.
pub fn share<V: Shareable>() -> Sharing<V> {
    Sharing::new()
}

/// `local = ..` asks for a value that can be held.
pub const fn must_share<S: Shape>(_shape: S)
where
    S::Value: Shareable,
{
}

#[cfg(test)]
#[allow(clippy::needless_borrow, reason = "as expansions spell it, whatever the type")]
mod tests {
    #[allow(unused_imports)]
    use super::super::shape::{Probe, ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _};
    use super::{ViaShareable as _, ViaUnshareable as _};

    struct NotClone;

    #[test]
    fn what_can_be_cloned_is_held() {
        let shape = (&&&Probe::<Result<String, ()>>::NEW).shape();
        let sharing = (&shape).sharing().expect("a String can be held");
        let held = (sharing.hold)(&"Ada".to_owned());
        assert_eq!((sharing.give)(&*held).as_deref(), Some("Ada"));
        assert_eq!((sharing.give)(&7_u8), None, "another type is not taken for it");
    }

    #[test]
    fn what_cannot_is_not() {
        let shape = (&&&Probe::<NotClone>::NEW).shape();
        assert!((&shape).sharing().is_none());
    }
}
