//! Key parts of the standard library.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::{CacheKey, KeyWriter, Short};

macro_rules! displayed {
    ($($part:ty),* $(,)?) => { $(
        impl CacheKey for $part {
            fn write_key(&self, out: &mut KeyWriter) {
                out.display(self);
            }
        }
    )* };
}

macro_rules! numbers {
    ($($part:ty),* $(,)?) => { $(
        impl CacheKey for $part {
            #[inline]
            fn write_key(&self, out: &mut KeyWriter) {
                // Not to be compiled again into each function that has such a part.
                fn write(number: $part, text: &mut String) {
                    text.push_str(itoa::Buffer::new().format(number));
                }
                out.known(Short::number(*self), |text| write(*self, text));
            }
        }

        impl CacheKey for NonZero<$part> {
            #[inline]
            fn write_key(&self, out: &mut KeyWriter) {
                self.get().write_key(out);
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

displayed!(bool, char, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,);

impl CacheKey for str {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(self);
    }
}

impl CacheKey for String {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(self);
    }
}

/// Nanoseconds, such as `1500000000ns`.
impl CacheKey for Duration {
    fn write_key(&self, out: &mut KeyWriter) {
        out.display(self.as_nanos());
        out.text("ns");
    }
}

macro_rules! forwarded {
    ($($part:ty),* $(,)?) => { $(
        impl<T: CacheKey + ?Sized> CacheKey for $part {
            fn write_key(&self, out: &mut KeyWriter) {
                (**self).write_key(out);
            }
            fn is_absent(&self) -> bool {
                (**self).is_absent()
            }
        }
    )* };
}

forwarded!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: CacheKey + ToOwned + ?Sized> CacheKey for Cow<'_, T> {
    fn write_key(&self, out: &mut KeyWriter) {
        (**self).write_key(out);
    }
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: CacheKey> CacheKey for Option<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.option(self.as_ref());
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: CacheKey> CacheKey for [T] {
    fn write_key(&self, out: &mut KeyWriter) {
        out.list(|out| self.iter().for_each(|item| out.part(item)));
    }
}

impl<T: CacheKey, const N: usize> CacheKey for [T; N] {
    fn write_key(&self, out: &mut KeyWriter) {
        self.as_slice().write_key(out);
    }
}

impl<T: CacheKey> CacheKey for Vec<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        self.as_slice().write_key(out);
    }
}

impl<T: CacheKey> CacheKey for VecDeque<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.list(|out| self.iter().for_each(|item| out.part(item)));
    }
}

impl<T: CacheKey> CacheKey for BTreeSet<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.list(|out| self.iter().for_each(|item| out.part(item)));
    }
}

impl<K: CacheKey, V: CacheKey> CacheKey for BTreeMap<K, V> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.list(|out| self.iter().for_each(|pair| out.part(&pair)));
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),*)),* $(,)?) => { $(
        impl<$($name: CacheKey),*> CacheKey for ($($name,)*) {
            fn write_key(&self, out: &mut KeyWriter) {
                out.group(|_out| { $(_out.part(&self.$index);)* });
            }
        }
    )* };
}

tuples!(
    (),
    (A 0),
    (A 0, B 1),
    (A 0, B 1, C 2),
    (A 0, B 1, C 2, D 3),
    (A 0, B 1, C 2, D 3, E 4),
    (A 0, B 1, C 2, D 3, E 4, F 5),
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6),
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7),
);
