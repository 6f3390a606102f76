//! One static per annotated function.

use crate::key::KeySpec;

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
    /// The entries it concerns, in order.
    pub targets: &'static [Target],
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
        /// Resource, version, parts; for `version = auto` on a generic value the version is not known here.
        spec: fn() -> KeySpec,
        /// The type of the value, for readers and updaters.
        value: Option<fn() -> &'static str>,
    },
    /// A typed key that can be named here.
    Typed {
        /// `<K as TypedKey>::SPEC`.
        spec: fn() -> KeySpec,
        /// `type_name::<K::Value>()`.
        value: fn() -> &'static str,
        /// `type_name::<K>()`.
        key: fn() -> &'static str,
    },
    /// A key whose type depends on the call.
    Dynamic,
    /// `tag("..")`.
    Tag,
}

/// A site, as collected by `inventory`.
#[derive(Debug)]
pub struct SiteRef(pub &'static Site);

inventory::collect!(SiteRef);

/// A typed key, as collected by `inventory`: submitted by the derive for types without type parameters.
#[derive(Debug)]
pub struct KeyRef {
    /// `type_name::<K>()`.
    pub key: fn() -> &'static str,
    /// `type_name::<K::Value>()`.
    pub value: fn() -> &'static str,
    /// `<K as TypedKey>::SPEC`.
    pub spec: fn() -> KeySpec,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
}

inventory::collect!(KeyRef);
