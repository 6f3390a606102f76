//! Whether the call sites agree: what the compiler cannot see, because the sites do not know of each other.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use super::list::{SiteInfo, TargetInfo, sites};
use crate::key::{KeyPart, KeySpec};
use crate::private::{KeyRef, Kind};

/// One disagreement, with the places to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Two places share resource, suffix and version, and store different types.
    ValueTypes {
        /// `resource`, or `resource (suffix, version)`.
        entry: String,
        /// The first type and where.
        first: (String, String),
        /// The second type and where.
        second: (String, String),
    },
    /// Two places share resource, suffix and version, and name different key parts.
    KeyParts {
        /// `resource`, or `resource (suffix, version)`.
        entry: String,
        /// The first parts and where.
        first: (String, String),
        /// The second parts and where.
        second: (String, String),
    },
    /// A short-form `#[invalidates]` names a resource (and suffix) that nobody caches.
    NobodyCaches {
        /// The resource.
        entry: String,
        /// Where.
        at: String,
    },
    /// A short-form `#[invalidates]` names other key parts than those who cache the resource.
    InvalidatesOtherParts {
        /// The resource.
        entry: String,
        /// The parts named, and where.
        named: (String, String),
        /// The parts cached, and where.
        cached: (String, String),
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ValueTypes { entry, first, second } => write!(
                f,
                "{entry} holds `{}` at {} and `{}` at {}: give them one type, or different suffixes or versions",
                first.0, first.1, second.0, second.1
            ),
            Self::KeyParts { entry, first, second } => write!(
                f,
                "{entry} has the key parts {} at {} and {} at {}: spell them alike and in one order",
                first.0, first.1, second.0, second.1
            ),
            Self::NobodyCaches { entry, at } => {
                write!(f, "nobody caches {entry}, which {at} invalidates: check the resource and the suffix")
            }
            Self::InvalidatesOtherParts { entry, named, cached } => write!(
                f,
                "{entry} is cached by {} at {}, but invalidated by {} at {}: name the same parts",
                cached.0, cached.1, named.0, named.1
            ),
        }
    }
}

/// All disagreements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The disagreements.
    pub fn list(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} disagreements between cached functions", self.0.len())?;
        self.0.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl Error for Problems {}

/// What one place says of an entry.
struct Said {
    spec: KeySpec,
    value: Option<&'static str>,
    at: String,
    kind: Kind,
    short: bool,
}

/// Compares every annotation and typed key that is linked into the program. Call it in a test.
///
/// # Errors
///
/// The disagreements found.
pub fn verify() -> Result<(), Problems> {
    let said: Vec<Said> = sites()
        .iter()
        .flat_map(|site| site.targets().filter_map(|target| said(*site, target)).collect::<Vec<_>>())
        .chain(KeyRef::all().into_iter().map(|key| Said {
            spec: *key.spec,
            value: Some((key.value)()),
            at: format!("{}:{}", key.place.file(), key.place.line()),
            kind: Kind::Reads,
            short: false,
        }))
        .collect();
    let mut problems = stored_alike(&said);
    problems.extend(
        said.iter().filter(|one| one.short && one.kind == Kind::Invalidates).filter_map(|one| aimed(one, &said)),
    );
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

fn said(site: SiteInfo, target: TargetInfo) -> Option<Said> {
    Some(Said {
        spec: target.spec()?,
        value: target.value(),
        at: format!("{}:{} ({})", site.file(), site.line(), site.function()),
        kind: site.kind(),
        short: target.key().is_none(),
    })
}

/// Each pair of places that stores under one resource, suffix and version.
fn stored_alike(said: &[Said]) -> Vec<Problem> {
    let mut first: BTreeMap<(&str, Option<&str>, String), &Said> = BTreeMap::new();
    let mut problems = Vec::new();
    for one in said.iter().filter(|one| !(one.short && one.kind == Kind::Invalidates)) {
        let view = (one.spec.resource, one.spec.suffix, one.spec.version.text().into_owned());
        let Some(other) = first.get(&view) else {
            first.insert(view, one);
            continue;
        };
        if let (Some(a), Some(b)) = (other.value, one.value)
            && a != b
        {
            problems.push(Problem::ValueTypes {
                entry: entry(&one.spec),
                first: (a.to_owned(), other.at.clone()),
                second: (b.to_owned(), one.at.clone()),
            });
        }
        if !alike(&other.spec, &one.spec) {
            problems.push(Problem::KeyParts {
                entry: entry(&one.spec),
                first: (parts(&other.spec), other.at.clone()),
                second: (parts(&one.spec), one.at.clone()),
            });
        }
    }
    problems
}

/// What is wrong with a short-form invalidation.
fn aimed(one: &Said, said: &[Said]) -> Option<Problem> {
    let same = |other: &&Said| {
        other.kind != Kind::Invalidates
            && other.spec.resource == one.spec.resource
            && other.spec.suffix == one.spec.suffix
    };
    let mut cached = said.iter().filter(same).peekable();
    let Some(first) = cached.peek() else {
        return Some(Problem::NobodyCaches { entry: view(&one.spec), at: one.at.clone() });
    };
    let (cached_parts, at) = (parts(&first.spec), first.at.clone());
    if cached.any(|other| alike(&other.spec, &one.spec)) {
        return None;
    }
    Some(Problem::InvalidatesOtherParts {
        entry: view(&one.spec),
        named: (parts(&one.spec), one.at.clone()),
        cached: (cached_parts, at),
    })
}

fn alike(a: &KeySpec, b: &KeySpec) -> bool {
    a.tenant == b.tenant && a.parts == b.parts
}

fn parts(spec: &KeySpec) -> String {
    let name = |part: &KeyPart| if part.hashed { format!("hash({})", part.name) } else { part.name.to_owned() };
    let names: Vec<String> = spec.parts.iter().map(name).collect();
    format!("({}{})", if spec.tenant { "tenant; " } else { "" }, names.join(", "))
}

fn view(spec: &KeySpec) -> String {
    spec.suffix.map_or_else(|| format!("`{}`", spec.resource), |suffix| format!("`{}` ({suffix})", spec.resource))
}

fn entry(spec: &KeySpec) -> String {
    format!("{} {}", view(spec), spec.version.text())
}
