//! Boxes whose contents are made in their place.
//!
//! `Box::new` and `Box::pin` make what they are given first, and then copy it as a whole: were memory lacking, it would have to be
//! dropped where it is. The future of a call is a thousand bytes of which a few mean anything at first.

use std::future::Future;
use std::pin::Pin;

/// As `Box::new`.
#[inline(always)]
pub(crate) fn boxed<T>(make: impl FnOnce() -> T) -> Box<T> {
    let place = Box::new_uninit();
    Box::write(place, make())
}

/// As `Box::pin`.
#[inline(always)]
pub(crate) fn pinned<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::into_pin(boxed(make))
}
