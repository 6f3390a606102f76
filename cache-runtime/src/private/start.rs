//! How the registry learns of functions and keys: each adds itself before `main`.
//!
//! A static in a section of the executable names a function that the system calls at the start, as the crates `ctor` and
//! `inventory` have it. `cache-macros` writes it, as an expansion then has five lines of it and not twenty.

use std::any::type_name;
use std::sync::{Mutex, PoisonError};

use super::site::{KeyRef, Site};
use crate::key::TypedKey;

static SITES: List<Site> = List(Mutex::new(Vec::new()));
static KEYS: List<KeyRef> = List(Mutex::new(Vec::new()));

/// What has been added so far. A library that is loaded later adds to it then.
struct List<T: 'static>(Mutex<Vec<&'static T>>);

impl<T> List<T> {
    fn add(&self, new: &'static T) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There, functions for the start may be called again.
        if cfg!(target_family = "wasm") && all.iter().any(|old| std::ptr::eq(*old, new)) {
            return;
        }
        all.push(new);
    }

    fn get(&self) -> Vec<&'static T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Site {
    /// Adds it to the registry.
    pub fn list(&'static self) {
        SITES.add(self);
    }

    /// Those of the program, in no order.
    pub(crate) fn all() -> Vec<&'static Self> {
        SITES.get()
    }
}

/// Adds a typed key to the registry.
#[cold]
pub extern "C" fn list<K: TypedKey>() {
    KEYS.add(
        const { &KeyRef { key: type_name::<K>, value: type_name::<K::Value>, spec: &K::SPEC, place: K::SPEC.place } },
    );
}

impl KeyRef {
    /// Those of the program, in no order: the derive lists types without type parameters.
    pub fn all() -> Vec<&'static Self> {
        KEYS.get()
    }
}
