//! Whether a value can be held decoded, for the local tier.

use std::any::Any;
use std::sync::Arc;

use super::shape::Shape;

/// A decoded value, whatever its type.
pub(crate) type Held = Arc<dyn Any + Send + Sync>;

/// How a value of this type enters and leaves the local tier.
pub struct Sharing<V> {
    pub(crate) hold: fn(&V) -> Held,
    pub(crate) give: fn(&Held) -> Option<V>,
    /// The same value on its own, where threads that are given it would count on one number.
    pub(crate) copy: fn(&Held) -> Option<Held>,
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

// Functions and no closures: of a closure, a pointer to it is one more function to compile.

fn cloned<V: Shareable>(value: &V) -> Held {
    Arc::new(value.clone())
}

#[allow(clippy::manual_map, reason = "a closure is one more function to compile")]
fn give_clone<V: Shareable>(held: &Held) -> Option<V> {
    match held.downcast_ref::<V>() {
        Some(value) => Some(value.clone()),
        None => None,
    }
}

fn no_copy(_: &Held) -> Option<Held> {
    None
}

fn as_it_is<U: Any + Send + Sync>(value: &Arc<U>) -> Held {
    Arc::clone(value) as Held
}

fn give_it<U: Any + Send + Sync>(held: &Held) -> Option<Arc<U>> {
    Arc::clone(held).downcast().ok()
}

fn copy<U: Any + Clone + Send + Sync>(held: &Held) -> Option<Held> {
    held.downcast_ref::<U>().map(|value| Arc::new(value.clone()) as Held)
}

impl<V: Shareable> Sharing<V> {
    /// By cloning.
    const CLONES: Self = Self { hold: cloned, give: give_clone::<V>, copy: no_copy };
}

impl<U: Any + Send + Sync> Sharing<Arc<U>> {
    /// As it is: an `Arc` in an `Arc` would be one more place to look.
    const IS_SHARED: Self = Self { hold: as_it_is, give: give_it, copy: no_copy };
}

impl<U: Any + Clone + Send + Sync> Sharing<Arc<U>> {
    const IS_SHARED_OF_CLONES: Self = Self { copy: copy::<U>, ..Self::IS_SHARED };
}

/// Found by method lookup, `(&&&&shape).sharing()`, where the value of a shape is an `Arc` of what can be cloned.
pub trait ViaArcOfClone {
    /// The value's type.
    type Value;
    /// How it is held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape<Value = Arc<U>>, U: Any + Clone + Send + Sync> ViaArcOfClone for &&&S {
    type Value = Arc<U>;
    fn sharing(&self) -> Option<Sharing<Arc<U>>> {
        Some(Sharing::IS_SHARED_OF_CLONES)
    }
}

/// Found where it is an `Arc` of anything else.
pub trait ViaArc {
    /// The value's type.
    type Value;
    /// How it is held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape<Value = Arc<U>>, U: Any + Send + Sync> ViaArc for &&S {
    type Value = Arc<U>;
    fn sharing(&self) -> Option<Sharing<Arc<U>>> {
        Some(Sharing::IS_SHARED)
    }
}

/// Found where it can be held in another way.
pub trait ViaShareable {
    /// The value's type.
    type Value;
    /// How it is held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape> ViaShareable for &S
where
    S::Value: Shareable,
{
    type Value = S::Value;
    fn sharing(&self) -> Option<Sharing<S::Value>> {
        Some(Sharing::CLONES)
    }
}

/// Found otherwise.
pub trait ViaUnshareable {
    /// The value's type.
    type Value;
    /// It is not held.
    fn sharing(&self) -> Option<Sharing<Self::Value>>;
}

impl<S: Shape> ViaUnshareable for S {
    type Value = S::Value;
    fn sharing(&self) -> Option<Sharing<S::Value>> {
        None
    }
}

/// How a value is held, where `local = ..` on its key type says that it can be.
pub fn share<V: Shareable>(found: Option<Sharing<V>>) -> Option<Sharing<V>> {
    found
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
    use std::sync::Arc;

    #[allow(unused_imports)]
    use super::super::shape::{Probe, ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _};
    use super::{ViaArc as _, ViaArcOfClone as _, ViaShareable as _, ViaUnshareable as _};

    #[derive(Debug)]
    struct NotClone;

    #[test]
    fn what_can_be_cloned_is_held() {
        let shape = (&&&Probe::<Result<String, ()>>::NEW).shape();
        let sharing = (&&&&shape).sharing().expect("a String can be held");
        let held = (sharing.hold)(&"Ada".to_owned());
        assert_eq!((sharing.give)(&held).as_deref(), Some("Ada"));
        assert!((sharing.copy)(&held).is_none(), "each hit has its own");
        let shape = (&&&Probe::<u8>::NEW).shape();
        let other = (&&&&shape).sharing().expect("a number can be held");
        assert_eq!((other.give)(&held), None, "another type is not taken for it");
    }

    #[test]
    fn what_is_shared_is_held_as_it_is() {
        let shape = (&&&Probe::<Option<Arc<NotClone>>>::NEW).shape();
        let sharing = (&&&&shape).sharing().expect("an Arc can be held");
        let value = Arc::new(NotClone);
        let held = (sharing.hold)(&value);
        assert!((sharing.give)(&held).is_some_and(|given| Arc::ptr_eq(&given, &value)));
        assert!((sharing.copy)(&held).is_none());
    }

    #[test]
    fn a_copy_of_what_is_shared_is_another_one() {
        let shape = (&&&Probe::<Arc<String>>::NEW).shape();
        let sharing = (&&&&shape).sharing().expect("an Arc can be held");
        let value = Arc::new("Ada".to_owned());
        let copy = (sharing.copy)(&(sharing.hold)(&value)).expect("a String can be cloned");
        let given = (sharing.give)(&copy).expect("the same type");
        assert!(given == value && !Arc::ptr_eq(&given, &value));
        let shape = (&&&Probe::<Arc<str>>::NEW).shape();
        let text = (&&&&shape).sharing().expect("any Arc can be held");
        let held = (text.hold)(&"Ada".into());
        assert_eq!((text.give)(&held).as_deref(), Some("Ada"));
    }

    #[test]
    fn what_cannot_is_not() {
        let shape = (&&&Probe::<NotClone>::NEW).shape();
        assert!((&&&&shape).sharing().is_none());
    }
}
