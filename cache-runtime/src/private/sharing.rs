//! Whether a value can be held decoded, for the local tier, and how.

use std::any::Any;
use std::sync::Arc;

/// A decoded value, whatever its type.
pub(crate) type Held = Arc<dyn Any + Send + Sync>;

/// How a value of this type enters and leaves the local tier, for those who are compiled once for all ways.
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

/// The same for a local hit, which is so short that a call through a pointer is a part of it.
pub trait Way<V>: Copy {
    /// Whether a hit is given what is held as it is.
    const IS_SHARED: bool = false;

    /// For all others. `None` where the value is not held.
    fn sharing(self) -> Option<Sharing<V>>;

    /// Whether it is held.
    fn holds(self) -> bool {
        true
    }

    /// What a hit is given.
    fn give(self, held: &Held) -> Option<V>;

    /// What a hit is given that has what is held as it is.
    fn given(self, held: Held) -> Option<V> {
        self.give(&held)
    }

    /// The same value on its own.
    fn copy(self, held: &Held) -> Option<Held> {
        let _ = held;
        None
    }
}

/// As it is said elsewhere.
impl<V> Way<V> for Option<Sharing<V>> {
    fn sharing(self) -> Self {
        self
    }
    fn holds(self) -> bool {
        self.is_some()
    }
    fn give(self, held: &Held) -> Option<V> {
        (self?.give)(held)
    }
    fn copy(self, held: &Held) -> Option<Held> {
        (self?.copy)(held)
    }
}

/// Not at all.
#[derive(Clone, Copy)]
pub struct Unheld;

impl<V> Way<V> for Unheld {
    fn sharing(self) -> Option<Sharing<V>> {
        None
    }
    fn holds(self) -> bool {
        false
    }
    fn give(self, _: &Held) -> Option<V> {
        None
    }
}

/// A value that the local tier can hold: each hit gives a clone of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be held in the local tier",
    label = "each hit of the local tier gives a clone",
    note = "derive `Clone` on a type that owns what it holds, or return an `Arc` of it"
)]
pub trait Shareable: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Sync + 'static> Shareable for V {}

/// By cloning.
#[derive(Clone, Copy)]
pub struct Cloned;

impl<V: Shareable> Way<V> for Cloned {
    fn sharing(self) -> Option<Sharing<V>> {
        Some(Sharing { hold: hold_clone, give: give_clone::<V>, copy: no_copy })
    }
    fn give(self, held: &Held) -> Option<V> {
        give_clone(held)
    }
}

/// As it is: an `Arc` in an `Arc` would be one more place to look.
#[derive(Clone, Copy)]
pub struct Shared;

impl<U: Any + Send + Sync> Way<Arc<U>> for Shared {
    const IS_SHARED: bool = true;

    fn sharing(self) -> Option<Sharing<Arc<U>>> {
        Some(Sharing { hold: hold_it, give: give_it::<U>, copy: no_copy })
    }
    fn give(self, held: &Held) -> Option<Arc<U>> {
        give_it(held)
    }
    #[inline]
    fn given(self, held: Held) -> Option<Arc<U>> {
        held.downcast().ok()
    }
}

/// Likewise, of what can be cloned.
#[derive(Clone, Copy)]
pub struct SharedOfClones;

impl<U: Any + Clone + Send + Sync> Way<Arc<U>> for SharedOfClones {
    const IS_SHARED: bool = true;

    fn sharing(self) -> Option<Sharing<Arc<U>>> {
        Some(Sharing { hold: hold_it, give: give_it::<U>, copy: copy::<U> })
    }
    fn give(self, held: &Held) -> Option<Arc<U>> {
        give_it(held)
    }
    #[inline]
    fn given(self, held: Held) -> Option<Arc<U>> {
        held.downcast().ok()
    }
    fn copy(self, held: &Held) -> Option<Held> {
        copy::<U>(held)
    }
}

// Functions and no closures: of a closure, a pointer to it is one more function to compile.

fn hold_clone<V: Shareable>(value: &V) -> Held {
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

fn hold_it<U: Any + Send + Sync>(value: &Arc<U>) -> Held {
    Arc::clone(value) as Held
}

#[inline]
fn give_it<U: Any + Send + Sync>(held: &Held) -> Option<Arc<U>> {
    Arc::clone(held).downcast().ok()
}

fn copy<U: Any + Clone + Send + Sync>(held: &Held) -> Option<Held> {
    held.downcast_ref::<U>().map(|value| Arc::new(value.clone()) as Held)
}
