//! What a function returns, told apart by traits and not by spelling.
//!
//! The expansion writes `(&&&Probe::<R>::NEW).shape()`. Method lookup takes the candidate that needs the fewest
//! references removed, so `Result<Option<T>, E>` is found before `Result<T, E>` and `Option<T>`, and those before a
//! plain `T`; aliases have been resolved by then. (Autoref-based specialisation, D. Tolnay 2019.)

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that can be stored: anything that serde can write and read back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cached",
    label = "cannot be stored and read back",
    note = "derive serde's traits: `#[derive(serde::Serialize, serde::Deserialize)]`, on a type without borrowed fields"
)]
pub trait CacheValue: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> CacheValue for T {}

/// Stands for the return type `R`.
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

/// How a returned value came out.
pub enum Fate<'a, V> {
    /// A value: it can be stored.
    Value(&'a V),
    /// There is none.
    None,
    /// The body failed.
    Err,
}

/// A class of return types.
pub trait Shape: Copy {
    /// The whole return type.
    type Return;
    /// The type of the value inside.
    type Value;

    /// Looks inside.
    fn fate(returned: &Self::Return) -> Fate<'_, Self::Value>;
    /// What a hit returns.
    fn some(value: Self::Value) -> Self::Return;
    /// What a remembered "there is none" returns; `None` where the type has no such value.
    fn none() -> Option<Self::Return>;
}

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident<$($p:ident),*>, $via:ident, $receiver:ty, $returned:ty) => {
        $(#[$doc])*
        pub struct $name<$($p),*>(PhantomData<fn() -> $returned>);

        impl<$($p),*> Clone for $name<$($p),*> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$($p),*> Copy for $name<$($p),*> {}

        /// Finds the shape by method lookup.
        pub trait $via {
            /// The shape found.
            type Shape;
            /// Names the shape.
            fn shape(&self) -> Self::Shape;
        }

        impl<$($p),*> $via for $receiver {
            type Shape = $name<$($p),*>;
            fn shape(&self) -> Self::Shape {
                $name(PhantomData)
            }
        }
    };
}

shape!(
    /// `Result<Option<T>, E>`.
    ResOpt<T, E>, ViaResultOption, &&Probe<Result<Option<T>, E>>, Result<Option<T>, E>
);
shape!(
    /// `Result<T, E>`.
    Res<T, E>, ViaResult, &Probe<Result<T, E>>, Result<T, E>
);
shape!(
    /// `Option<T>`.
    Opt<T>, ViaOption, &Probe<Option<T>>, Option<T>
);
shape!(
    /// Anything else.
    Plain<T>, ViaPlain, Probe<T>, T
);

/// The shape of a value alone.
pub const fn plain<T>() -> Plain<T> {
    Plain(PhantomData)
}

impl<T, E> Shape for ResOpt<T, E> {
    type Return = Result<Option<T>, E>;
    type Value = T;

    fn fate(returned: &Self::Return) -> Fate<'_, T> {
        match returned {
            Ok(Some(value)) => Fate::Value(value),
            Ok(None) => Fate::None,
            Err(_) => Fate::Err,
        }
    }
    fn some(value: T) -> Self::Return {
        Ok(Some(value))
    }
    fn none() -> Option<Self::Return> {
        Some(Ok(None))
    }
}

impl<T, E> Shape for Res<T, E> {
    type Return = Result<T, E>;
    type Value = T;

    fn fate(returned: &Self::Return) -> Fate<'_, T> {
        match returned {
            Ok(value) => Fate::Value(value),
            Err(_) => Fate::Err,
        }
    }
    fn some(value: T) -> Self::Return {
        Ok(value)
    }
    fn none() -> Option<Self::Return> {
        None
    }
}

impl<T> Shape for Opt<T> {
    type Return = Option<T>;
    type Value = T;

    fn fate(returned: &Self::Return) -> Fate<'_, T> {
        match returned {
            Some(value) => Fate::Value(value),
            None => Fate::None,
        }
    }
    fn some(value: T) -> Self::Return {
        Some(value)
    }
    fn none() -> Option<Self::Return> {
        Some(None)
    }
}

impl<T> Shape for Plain<T> {
    type Return = T;
    type Value = T;

    fn fate(returned: &Self::Return) -> Fate<'_, T> {
        Fate::Value(returned)
    }
    fn some(value: T) -> Self::Return {
        value
    }
    fn none() -> Option<Self::Return> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    type Aliased<T> = Result<T, std::io::Error>;

    macro_rules! name {
        ($returned:ty) => {{
            #[allow(unused_imports)]
            use super::{ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _};
            type_name_of_val(&(&&&Probe::<$returned>::NEW).shape()).replace("cache_runtime::__private::shape::", "")
        }};
    }

    #[test]
    fn aliases_are_seen_through() {
        assert_eq!(name!(u8), "Plain<u8>");
        assert_eq!(name!(Option<u8>), "Opt<u8>");
        assert_eq!(name!(Aliased<u8>), "Res<u8, std::io::error::Error>");
        assert_eq!(name!(Aliased<Option<u8>>), "ResOpt<u8, std::io::error::Error>");
        assert_eq!(name!(Option<Option<u8>>), "Opt<core::option::Option<u8>>");
    }
}
