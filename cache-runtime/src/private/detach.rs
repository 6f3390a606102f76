//! Bodies that can go on without their caller.

use std::borrow::Borrow;
use std::marker::PhantomData;

use super::shape::{Res, ResOpt, Shape};

/// What a borrowed argument points to, made owned so that a body in the background can use it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is borrowed, and a body in the background needs its own",
    label = "cannot be cloned into a task",
    note = "implement `Clone` for it, take it by value (such as an `Arc`), or write `revalidate = \"inline\"`"
)]
pub trait Detach {
    /// The owned form.
    type Owned: Borrow<Self> + Send + 'static;
    /// Makes it.
    fn detach(&self) -> Self::Owned;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Detach for T
where
    T::Owned: Send + 'static,
{
    type Owned = T::Owned;
    fn detach(&self) -> Self::Owned {
        self.to_owned()
    }
}

/// What was behind a `&T`, owned.
pub struct Own<T: ?Sized, O> {
    owned: O,
    borrowed: PhantomData<fn(&T)>,
}

/// Makes a borrowed argument owned.
pub fn own<T: Detach + ?Sized>(argument: &T) -> Own<T, T::Owned> {
    Own { owned: argument.detach(), borrowed: PhantomData }
}

impl<T: ?Sized, O: Borrow<T>> Own<T, O> {
    /// The argument again.
    pub fn lend(&self) -> &T {
        self.owned.borrow()
    }
}

/// A load took longer than the `hard_timeout`, and there was no stale value to serve. It goes on in the background,
/// unless the function has `revalidate = "inline"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadTimeout;

impl std::fmt::Display for LoadTimeout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the load took longer than its hard timeout")
    }
}

impl std::error::Error for LoadTimeout {}

/// A return type that can tell of a [`LoadTimeout`].
#[diagnostic::on_unimplemented(
    message = "`hard_timeout` needs a return type that can tell of it",
    label = "cannot be made of a `LoadTimeout`",
    note = "return a `Result<_, E>` whose error implements `From<cache_runtime::LoadTimeout>`"
)]
pub trait TimedOut: Shape {
    /// The error.
    fn timed_out() -> Self::Return;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<LoadTimeout>> TimedOut for Res<T, E> {
    fn timed_out() -> Self::Return {
        Err(LoadTimeout.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T, E: From<LoadTimeout>> TimedOut for ResOpt<T, E> {
    fn timed_out() -> Self::Return {
        Err(LoadTimeout.into())
    }
}

/// What a call returns when its load took too long.
pub fn late<S: TimedOut>(_shape: S) -> fn() -> S::Return {
    S::timed_out
}
