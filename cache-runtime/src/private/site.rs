//! One static per annotated function.

use std::any::type_name;
use std::panic::Location;

use super::infer::value_of;
use crate::key::{KeySpec, TypedKey};

/// What an annotation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `#[cached]`: reads through the cache.
    Reads,
    /// `#[updates]`: writes through.
    Updates,
    /// `#[invalidates]`: removes.
    Invalidates,
}

/// The facts of one annotation.
#[derive(Debug)]
pub struct Site {
    /// What it does.
    pub kind: Kind,
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()`.
    pub module: &'static str,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
    targets: Targets,
}

/// The entries that an annotation concerns, in order. A read has one.
#[derive(Debug)]
enum Targets {
    One(Target),
    All(&'static [Target]),
}

impl Site {
    /// The site of a `#[cached]`.
    #[track_caller]
    pub const fn reads(function: &'static str, module: &'static str, target: Target) -> Self {
        Self::new(Kind::Reads, function, module, Targets::One(target))
    }

    /// The same with a typed key that can be named.
    #[track_caller]
    pub const fn typed<K: TypedKey>(function: &'static str, module: &'static str, text: &'static str) -> Self {
        Self::reads(function, module, Target::typed::<K>(text))
    }

    /// That of an `#[updates]`.
    #[track_caller]
    pub const fn updates(function: &'static str, module: &'static str, targets: &'static [Target]) -> Self {
        Self::new(Kind::Updates, function, module, Targets::All(targets))
    }

    /// That of an `#[invalidates]`.
    #[track_caller]
    pub const fn invalidates(function: &'static str, module: &'static str, targets: &'static [Target]) -> Self {
        Self::new(Kind::Invalidates, function, module, Targets::All(targets))
    }

    #[track_caller]
    const fn new(kind: Kind, function: &'static str, module: &'static str, targets: Targets) -> Self {
        let place = Location::caller();
        Self { kind, function, module, file: place.file(), line: place.line(), targets }
    }

    /// The entries it concerns, in order.
    pub(crate) const fn targets(&self) -> &[Target] {
        match &self.targets {
            Targets::One(target) => std::slice::from_ref(target),
            Targets::All(targets) => targets,
        }
    }
}

/// One entry, or set of entries, that an annotation concerns.
#[derive(Debug)]
pub struct Target {
    /// As written in the attribute.
    pub text: &'static str,
    /// The facts that are known without calling the function.
    pub spec: TargetSpec,
}

/// What is known of a target.
#[derive(Debug)]
pub enum TargetSpec {
    /// Spelled in the attribute. `value` names the value type; `None` where it depends on generics.
    Short {
        /// Resource, version, parts; for `version = auto` the version is not known here.
        spec: &'static KeySpec,
        /// The same with its version, for `version = auto` on a value that is not generic.
        versioned: Option<fn() -> KeySpec>,
        /// The type of the value, for readers and updaters.
        value: Option<fn() -> &'static str>,
    },
    /// A typed key that can be named here.
    Typed {
        /// `<K as TypedKey>::SPEC`.
        spec: &'static KeySpec,
        /// `type_name::<K::Value>`.
        value: fn() -> &'static str,
        /// `type_name::<K>`.
        key: fn() -> &'static str,
    },
    /// A key whose type depends on the call.
    Dynamic,
    /// `tag("..")`.
    Tag,
}

impl Target {
    /// Spelled in the attribute.
    pub const fn short(text: &'static str, spec: &'static KeySpec) -> Self {
        Self { text, spec: TargetSpec::Short { spec, versioned: None, value: None } }
    }

    /// Likewise, for what a function that returns an `R` reads or stores.
    pub const fn of<R>(text: &'static str, spec: &'static KeySpec) -> Self {
        Self { text, spec: TargetSpec::Short { spec, versioned: None, value: Some(value_of::<R>) } }
    }

    /// `version = auto`: the facts with the version, which only a call can find out.
    #[must_use]
    pub const fn auto(mut self, spec: fn() -> KeySpec) -> Self {
        if let TargetSpec::Short { versioned, .. } = &mut self.spec {
            *versioned = Some(spec);
        }
        self
    }

    /// A typed key that can be named.
    pub const fn typed<K: TypedKey>(text: &'static str) -> Self {
        Self {
            text,
            spec: TargetSpec::Typed { spec: const { &K::SPEC }, value: type_name::<K::Value>, key: type_name::<K> },
        }
    }

    /// A key whose type depends on the call.
    pub const fn dynamic(text: &'static str) -> Self {
        Self { text, spec: TargetSpec::Dynamic }
    }

    /// `tag("..")`.
    pub const fn tag(text: &'static str) -> Self {
        Self { text, spec: TargetSpec::Tag }
    }
}

impl TargetSpec {
    /// The facts of the key, where it has some.
    pub(crate) fn facts(&self) -> Option<KeySpec> {
        match self {
            Self::Short { versioned: Some(spec), .. } => Some(spec()),
            Self::Short { spec, .. } | Self::Typed { spec, .. } => Some(**spec),
            Self::Dynamic | Self::Tag => None,
        }
    }
}

/// A typed key, as the registry knows it.
#[derive(Debug)]
pub struct KeyRef {
    /// `type_name::<K>`.
    pub key: fn() -> &'static str,
    /// `type_name::<K::Value>`.
    pub value: fn() -> &'static str,
    /// `<K as TypedKey>::SPEC`.
    pub spec: &'static KeySpec,
    /// Where its `SPEC` is written, which is where it is derived.
    pub place: &'static Location<'static>,
}
