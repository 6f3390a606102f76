//! The way in which what a function returns is held, found by method lookup as its shape is.

use std::any::Any;
use std::sync::Arc;

use super::shape::Shape;
use super::sharing::{Cloned, Shareable, Shared, SharedOfClones, Sharing, Unheld, Way};

/// Found by method lookup, `(&&&&shape).shared()`, where the value of a shape is an `Arc` of what can be cloned.
pub trait ViaArcOfClone {
    /// The shape.
    type Shape: Shape;
    /// It, and how its values are held.
    fn shared(&self) -> (Self::Shape, SharedOfClones);
}

impl<S: Shape<Value = Arc<U>>, U: Any + Clone + Send + Sync> ViaArcOfClone for &&&S {
    type Shape = S;
    fn shared(&self) -> (S, SharedOfClones) {
        (****self, SharedOfClones)
    }
}

/// Found where it is an `Arc` of anything else.
pub trait ViaArc {
    /// The shape.
    type Shape: Shape;
    /// It, and how its values are held.
    fn shared(&self) -> (Self::Shape, Shared);
}

impl<S: Shape<Value = Arc<U>>, U: Any + Send + Sync> ViaArc for &&S {
    type Shape = S;
    fn shared(&self) -> (S, Shared) {
        (***self, Shared)
    }
}

/// Found where it can be held in another way.
pub trait ViaShareable {
    /// The shape.
    type Shape: Shape;
    /// It, and how its values are held.
    fn shared(&self) -> (Self::Shape, Cloned);
}

impl<S: Shape> ViaShareable for &S
where
    S::Value: Shareable,
{
    type Shape = S;
    fn shared(&self) -> (S, Cloned) {
        (**self, Cloned)
    }
}

/// Found otherwise.
pub trait ViaUnshareable: Shape {
    /// It, and that its values are not held.
    fn shared(&self) -> (Self, Unheld) {
        (*self, Unheld)
    }
}

impl<S: Shape> ViaUnshareable for S {}

/// How a value is held, where `local = ..` on its key type says that it can be.
pub fn share<V: Shareable, S, W: Way<V>>(found: (S, W)) -> Option<Sharing<V>> {
    found.1.sharing()
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
    use super::super::sharing::{Held, Sharing, Way};
    use super::Shape;
    use super::{ViaArc as _, ViaArcOfClone as _, ViaShareable as _, ViaUnshareable as _};

    #[derive(Debug)]
    struct NotClone;

    /// The way of this shape's values.
    fn of<S: Shape, W: Way<S::Value>>((_, way): (S, W)) -> (impl Way<S::Value>, Option<Sharing<S::Value>>) {
        assert_eq!(way.holds(), way.sharing().is_some());
        (way, way.sharing())
    }

    #[test]
    fn what_can_be_cloned_is_held() {
        let shape = (&&&Probe::<Result<String, ()>>::NEW).shape();
        let (way, sharing) = of((&&&&shape).shared());
        let sharing = sharing.expect("a String can be held");
        let held = (sharing.hold)(&"Ada".to_owned());
        assert_eq!(((sharing.give)(&held).as_deref(), way.give(&held).as_deref()), (Some("Ada"), Some("Ada")));
        assert!((sharing.copy)(&held).is_none() && way.copy(&held).is_none(), "each hit has its own");
        let shape = (&&&Probe::<u8>::NEW).shape();
        let (way, other) = of((&&&&shape).shared());
        let given = (other.expect("a number can be held").give)(&held);
        assert_eq!((given, way.give(&held)), (None, None), "another type is not taken for it");
    }

    #[test]
    fn what_is_shared_is_held_as_it_is() {
        let shape = (&&&Probe::<Option<Arc<NotClone>>>::NEW).shape();
        let (way, sharing) = of((&&&&shape).shared());
        let sharing = sharing.expect("an Arc can be held");
        let value = Arc::new(NotClone);
        let held = (sharing.hold)(&value);
        for given in [(sharing.give)(&held), way.give(&held)] {
            assert!(given.is_some_and(|given| Arc::ptr_eq(&given, &value)));
        }
        assert!((sharing.copy)(&held).is_none() && way.copy(&held).is_none());
    }

    #[test]
    fn a_copy_of_what_is_shared_is_another_one() {
        let shape = (&&&Probe::<Arc<String>>::NEW).shape();
        let (way, sharing) = of((&&&&shape).shared());
        let sharing = sharing.expect("an Arc can be held");
        let value = Arc::new("Ada".to_owned());
        let held = (sharing.hold)(&value);
        for copy in [(sharing.copy)(&held), way.copy(&held)] {
            let copy = copy.expect("a String can be cloned");
            let given = way.give(&copy).expect("the same type");
            assert!(given == value && !Arc::ptr_eq(&given, &value));
        }
        let shape = (&&&Probe::<Arc<str>>::NEW).shape();
        let (way, text) = of((&&&&shape).shared());
        let text = text.expect("any Arc can be held");
        assert_eq!(way.give(&(text.hold)(&"Ada".into())).as_deref(), Some("Ada"));
    }

    #[test]
    fn what_cannot_is_not() {
        let shape = (&&&Probe::<NotClone>::NEW).shape();
        let (way, sharing) = of((&&&&shape).shared());
        let held: Held = Arc::new(7_u8);
        assert!(sharing.is_none() && way.give(&held).is_none() && way.copy(&held).is_none());
    }

    #[test]
    fn what_is_said_elsewhere_is_done() {
        let shape = (&&&Probe::<Arc<String>>::NEW).shape();
        let (_, sharing) = of((&&&&shape).shared());
        let held = (sharing.expect("an Arc can be held").hold)(&Arc::new("Ada".to_owned()));
        assert!(sharing.holds() && sharing.give(&held).is_some() && sharing.copy(&held).is_some());
        let none: Option<Sharing<Arc<String>>> = None;
        assert!(!none.holds() && none.give(&held).is_none() && none.copy(&held).is_none());
    }
}
