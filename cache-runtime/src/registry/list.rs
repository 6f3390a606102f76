//! The list of annotated functions, for people and tools.

use std::fmt::Write as _;
use std::time::Duration;

use crate::key::{KeyPart, KeySpec};
use crate::policy::{Policy, Refresh, Revalidate};
use crate::private::{Kind, Site, Target, TargetSpec};

/// One annotation.
#[derive(Clone, Copy, Debug)]
pub struct SiteInfo(pub(super) &'static Site);

impl SiteInfo {
    /// Reads, updates or invalidates.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// The function's name.
    pub fn function(&self) -> &'static str {
        self.0.function
    }
    /// The function's module.
    pub fn module(&self) -> &'static str {
        self.0.module
    }
    /// The file, as the compiler names it.
    pub fn file(&self) -> &'static str {
        self.0.file
    }
    /// The line of the attribute.
    pub fn line(&self) -> u32 {
        self.0.line
    }
    /// What it reads, stores or removes.
    pub fn targets(&self) -> impl Iterator<Item = TargetInfo> + use<> {
        self.0.targets().iter().map(TargetInfo)
    }
}

/// One entry, or set of entries, that an annotation concerns.
#[derive(Clone, Copy, Debug)]
pub struct TargetInfo(pub(super) &'static Target);

impl TargetInfo {
    /// As written in the attribute.
    pub fn text(&self) -> &'static str {
        self.0.text
    }
    pub(super) fn spec(&self) -> Option<KeySpec> {
        self.0.spec.facts()
    }
    /// The resource; `None` for tags and for keys whose type depends on the call.
    pub fn resource(&self) -> Option<&'static str> {
        self.spec().map(|spec| spec.resource)
    }
    /// The suffix.
    pub fn suffix(&self) -> Option<&'static str> {
        self.spec().and_then(|spec| spec.suffix)
    }
    /// The version, as it stands in the key.
    pub fn version(&self) -> Option<String> {
        self.spec().map(|spec| spec.version.text().into_owned())
    }
    /// How long an entry lives, where that does not depend on the call or the cache.
    pub fn ttl(&self) -> Option<Duration> {
        self.spec().and_then(|spec| spec.ttl)
    }
    /// The freshness policies, where they do not depend on the call: those of a typed key, or of a key that is spelled in the
    /// attribute. What the attribute gives beside a typed key, and what the cache adds, is not among them.
    pub fn policy(&self) -> Policy {
        self.spec().map_or(Policy::new(), |spec| spec.policy)
    }
    /// The parts of the id.
    pub fn parts(&self) -> &'static [KeyPart] {
        self.spec().map_or(&[], |spec| spec.parts)
    }
    /// The tags, as written.
    pub fn tags(&self) -> &'static [&'static str] {
        self.spec().map_or(&[], |spec| spec.tags)
    }
    /// The type of the value, where it is known without a call.
    pub fn value(&self) -> Option<&'static str> {
        match self.0.spec {
            TargetSpec::Short { value, .. } => value.map(|name| name()),
            TargetSpec::Typed { value, .. } => Some(value()),
            TargetSpec::Dynamic | TargetSpec::Tag => None,
        }
    }
    /// The typed key, if it is one.
    pub fn key(&self) -> Option<&'static str> {
        match self.0.spec {
            TargetSpec::Typed { key, .. } => Some(key()),
            _ => None,
        }
    }
    /// The key with names in place of values: `{prefix}:tenant-{tenant}:user:{id}:v2`.
    pub fn pattern(&self) -> Option<String> {
        let spec = self.spec()?;
        let parts: Vec<String> = spec.parts.iter().map(pattern_part).collect();
        let id = if parts.is_empty() { "()".to_owned() } else { parts.join(",") };
        let tenant = if spec.tenant { "{tenant}" } else { "global" };
        let mut pattern = format!("{{prefix}}:tenant-{tenant}:{}:{id}:{}", spec.resource, spec.version.text());
        if let Some(suffix) = spec.suffix {
            let _ = write!(pattern, ":{suffix}");
        }
        Some(pattern)
    }
}

/// What a policy sets, as arguments: ` local=10s jitter=0.1`, with a space in front of each.
fn arguments(policy: &Policy) -> String {
    let mut out = String::new();
    let times = [
        ("local", policy.local),
        ("stale_if_error", policy.stale_if_error),
        ("stale_while_revalidate", policy.stale_while_revalidate),
        ("soft_timeout", policy.soft_timeout),
        ("hard_timeout", policy.hard_timeout),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            let _ = write!(out, " {name}={time:?}");
        }
    }
    let _ = match policy.refresh {
        Some(Refresh::Never) => write!(out, " refresh=never"),
        Some(Refresh::Ahead(share)) => write!(out, " refresh_ahead={share}"),
        Some(Refresh::Probabilistic) => write!(out, " refresh=probabilistic"),
        None => Ok(()),
    };
    if let Some(jitter) = policy.jitter {
        let _ = write!(out, " jitter={jitter}");
    }
    if let Some(sliding) = policy.sliding {
        let _ = write!(out, " sliding={sliding}");
    }
    let _ = match policy.revalidate {
        Some(Revalidate::Background) => write!(out, " revalidate=background"),
        Some(Revalidate::Inline) => write!(out, " revalidate=inline"),
        None => Ok(()),
    };
    out
}

fn pattern_part(part: &KeyPart) -> String {
    format!("{}{{{}}}", if part.hashed { "#" } else { "" }, part.name)
}

/// Every annotation that is linked into the program, by file and line.
pub fn sites() -> Vec<SiteInfo> {
    let mut all: Vec<SiteInfo> = Site::all().into_iter().map(SiteInfo).collect();
    all.sort_by_key(|site| (site.0.file, site.0.line, site.0.function));
    all
}

/// A table of [`sites`], one line per annotation and target.
pub fn table() -> String {
    let mut out = String::new();
    for site in sites() {
        let verb = match site.kind() {
            Kind::Reads => "reads",
            Kind::Updates => "updates",
            Kind::Invalidates => "invalidates",
        };
        for target in site.targets() {
            let what = target.pattern().unwrap_or_else(|| target.text().to_owned());
            let policy = arguments(&target.policy());
            let ttl = target.ttl().map_or_else(|| "-".to_owned(), |ttl| format!("{ttl:?}"));
            let _ = writeln!(
                out,
                "{what}  ttl {ttl}{policy}  tags {:?}  {verb} in {}::{} ({}:{})",
                target.tags(),
                site.module(),
                site.function(),
                site.file(),
                site.line()
            );
        }
    }
    out
}
