//! Shapes of the standard library.
//!
//! Numbers differ by type, although JSON writes them alike: reading a `u64` as a `u8` can fail. Wrappers that serde
//! does not write (`Box`, `Arc`, `Cell`, ..) and the different sequences are one shape.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock, atomic};
use std::time::{Duration, SystemTime};

use super::{CacheSchema, hash};

macro_rules! leaves {
    ($($kind:literal: $($shape:ty),+;)*) => { $( $(
        impl CacheSchema for $shape {
            const FINGERPRINT: u64 = hash::leaf($kind);
        }
    )+ )* };
}

leaves! {
    "u8": u8, atomic::AtomicU8;
    "u16": u16, atomic::AtomicU16;
    "u32": u32, atomic::AtomicU32;
    "u64": u64, atomic::AtomicU64;
    "u128": u128;
    "usize": usize, atomic::AtomicUsize;
    "i8": i8, atomic::AtomicI8;
    "i16": i16, atomic::AtomicI16;
    "i32": i32, atomic::AtomicI32;
    "i64": i64, atomic::AtomicI64;
    "i128": i128;
    "isize": isize, atomic::AtomicIsize;
    "f32": f32;
    "f64": f64;
    "bool": bool, atomic::AtomicBool;
    "char": char;
    "str": str, String;
    "path": Path, PathBuf;
    "unit": ();
    "duration": Duration;
    "system_time": SystemTime;
    "ip": IpAddr;
    "ipv4": Ipv4Addr;
    "ipv6": Ipv6Addr;
    "socket": SocketAddr;
    "socketv4": SocketAddrV4;
    "socketv6": SocketAddrV6;
}

macro_rules! non_zero {
    ($($number:ty),*) => { $(
        impl CacheSchema for NonZero<$number> {
            const FINGERPRINT: u64 = hash::ordered("nonzero", &[<$number>::FINGERPRINT]);
        }
    )* };
}

non_zero!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

macro_rules! transparent {
    ($($wrapper:ty),* $(,)?) => { $(
        impl<T: CacheSchema + ?Sized> CacheSchema for $wrapper {
            const FINGERPRINT: u64 = T::FINGERPRINT;
        }
    )* };
}

transparent!(&T, &mut T, Box<T>, Rc<T>, Arc<T>, RefCell<T>, Mutex<T>, RwLock<T>);

macro_rules! containers {
    ($($kind:literal: $($shape:ty),+;)*) => { $( $(
        impl<T: CacheSchema> CacheSchema for $shape {
            const FINGERPRINT: u64 = hash::ordered($kind, &[T::FINGERPRINT]);
        }
    )+ )* };
}

containers! {
    "option": Option<T>;
    "seq": [T], Vec<T>, VecDeque<T>, LinkedList<T>, BinaryHeap<T>, BTreeSet<T>;
    "range": Range<T>;
    "range_inclusive": RangeInclusive<T>;
    "range_from": RangeFrom<T>;
    "range_to": RangeTo<T>;
    "bound": Bound<T>;
}

impl<T: CacheSchema, S> CacheSchema for HashSet<T, S> {
    const FINGERPRINT: u64 = <[T]>::FINGERPRINT;
}

impl<K: CacheSchema, V: CacheSchema, S> CacheSchema for HashMap<K, V, S> {
    const FINGERPRINT: u64 = BTreeMap::<K, V>::FINGERPRINT;
}

impl<K: CacheSchema, V: CacheSchema> CacheSchema for BTreeMap<K, V> {
    const FINGERPRINT: u64 = hash::ordered("map", &[K::FINGERPRINT, V::FINGERPRINT]);
}

impl<T: CacheSchema, E: CacheSchema> CacheSchema for Result<T, E> {
    const FINGERPRINT: u64 = hash::ordered("result", &[T::FINGERPRINT, E::FINGERPRINT]);
}

impl<T: CacheSchema + ToOwned + ?Sized> CacheSchema for Cow<'_, T> {
    const FINGERPRINT: u64 = T::FINGERPRINT;
}

impl<T: CacheSchema> CacheSchema for Cell<T> {
    const FINGERPRINT: u64 = T::FINGERPRINT;
}

impl<T: CacheSchema> CacheSchema for Wrapping<T> {
    const FINGERPRINT: u64 = T::FINGERPRINT;
}

impl<T: CacheSchema> CacheSchema for Saturating<T> {
    const FINGERPRINT: u64 = T::FINGERPRINT;
}

impl<T: CacheSchema> CacheSchema for Reverse<T> {
    const FINGERPRINT: u64 = T::FINGERPRINT;
}

impl<T: ?Sized> CacheSchema for PhantomData<T> {
    const FINGERPRINT: u64 = <()>::FINGERPRINT;
}

impl<T: CacheSchema, const N: usize> CacheSchema for [T; N] {
    const FINGERPRINT: u64 = hash::array(T::FINGERPRINT, N);
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => { $(
        impl<$($name: CacheSchema),+> CacheSchema for ($($name,)+) {
            const FINGERPRINT: u64 = hash::tuple(&[$($name::FINGERPRINT),+]);
        }
    )* };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint<T: CacheSchema + ?Sized>() -> u64 {
        T::FINGERPRINT
    }

    #[test]
    fn wrappers_that_serde_does_not_write_do_not_count() {
        assert_eq!(fingerprint::<Box<u8>>(), fingerprint::<u8>());
        assert_eq!(fingerprint::<Arc<str>>(), fingerprint::<String>());
        assert_eq!(fingerprint::<Cow<'static, str>>(), fingerprint::<String>());
        assert_eq!(fingerprint::<VecDeque<u8>>(), fingerprint::<Vec<u8>>());
        assert_eq!(fingerprint::<HashMap<u8, u8>>(), fingerprint::<BTreeMap<u8, u8>>());
        assert_eq!(fingerprint::<[u8; 2]>(), fingerprint::<(u8, u8)>());
    }

    #[test]
    fn what_can_fail_to_decode_counts() {
        let all = [
            fingerprint::<u8>(),
            fingerprint::<u64>(),
            fingerprint::<i64>(),
            fingerprint::<NonZero<u64>>(),
            fingerprint::<f64>(),
            fingerprint::<bool>(),
            fingerprint::<char>(),
            fingerprint::<String>(),
            fingerprint::<()>(),
            fingerprint::<Option<u8>>(),
            fingerprint::<Option<Option<u8>>>(),
            fingerprint::<Vec<u8>>(),
            fingerprint::<Vec<Vec<u8>>>(),
            fingerprint::<[u8; 0]>(),
            fingerprint::<[u8; 1]>(),
            fingerprint::<[u8; 2]>(),
            fingerprint::<(u8, u16)>(),
            fingerprint::<(u16, u8)>(),
            fingerprint::<BTreeMap<u8, u16>>(),
            fingerprint::<BTreeMap<u16, u8>>(),
            fingerprint::<Result<u8, u16>>(),
            fingerprint::<Result<u16, u8>>(),
            fingerprint::<Duration>(),
            fingerprint::<SystemTime>(),
            fingerprint::<IpAddr>(),
            fingerprint::<Range<u8>>(),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "number {at} meets another");
        }
    }
}
