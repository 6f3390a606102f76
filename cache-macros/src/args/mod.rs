//! Attributes, parsed: every argument once, nothing yet known about the function.

mod list;
mod parts;
mod policy;
mod tags;
mod time;
mod version;

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr, Path};

pub(crate) use self::list::{Raw, example, synonym};
pub(crate) use self::parts::{Part, Source};
pub(crate) use self::policy::{NAMES as POLICIES, Policies, Setting};
pub(crate) use self::tags::{Piece, Tag};
pub(crate) use self::time::Time;
pub(crate) use self::version::Version;

use crate::report::{Report, Slot};
use crate::scan::peel;

/// Which attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Cached,
    Invalidates,
    Updates,
}

impl Which {
    pub(crate) const ALL: [Self; 3] = [Self::Cached, Self::Invalidates, Self::Updates];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Invalidates => "invalidates",
            Self::Updates => "updates",
        }
    }

    /// The names of its arguments.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Cached => &[
                "resource",
                "key",
                "skip",
                "ttl",
                "version",
                "tags",
                "tenant",
                "suffix",
                "cache",
                "bypass",
                "cache_if",
                "cache_none",
                "local",
                "stale_if_error",
                "stale_while_revalidate",
                "soft_timeout",
                "hard_timeout",
                "refresh_ahead",
                "refresh",
                "jitter",
                "sliding",
                "revalidate",
                "crate",
            ],
            Self::Invalidates => &["resource", "key", "tenant", "suffix", "tag", "guard", "fence", "cache", "crate"],
            Self::Updates => {
                &["resource", "key", "ttl", "version", "tags", "tenant", "suffix", "tag", "cache", "crate"]
            }
        }
    }
}

/// The arguments of one attribute, or of one group `(resource = "..", key(..))` in it.
#[derive(Default)]
pub(crate) struct Given {
    /// Every argument could be read, so that what is missing was not meant to be there.
    pub(crate) complete: bool,
    pub(crate) keys: Vec<Expr>,
    pub(crate) groups: Vec<(TokenStream, Given)>,
    pub(crate) tag_targets: Vec<(TokenStream, Tag)>,
    pub(crate) resource: Slot<LitStr>,
    pub(crate) key: Slot<Vec<Part>>,
    pub(crate) skip: Slot<Vec<Ident>>,
    pub(crate) ttl: Slot<Time>,
    pub(crate) version: Slot<Version>,
    pub(crate) tags: Slot<Vec<Tag>>,
    pub(crate) tenant: Slot<Expr>,
    pub(crate) suffix: Slot<Expr>,
    pub(crate) cache: Slot<Expr>,
    pub(crate) bypass: Slot<Expr>,
    pub(crate) cache_if: Slot<Expr>,
    pub(crate) cache_none: Slot<Time>,
    pub(crate) policies: Policies,
    pub(crate) guard: Slot<Time>,
    pub(crate) fence: Slot<Time>,
    pub(crate) krate: Slot<Path>,
}

/// Parses what stands between the parentheses of `#[which(..)]`. `is_param` decides whether a lone word such as `key` is
/// a parameter that holds a key, or an argument without its value.
pub(crate) fn parse(
    which: Which,
    tokens: TokenStream,
    is_param: &dyn Fn(&Ident) -> bool,
    report: &mut Report,
) -> Given {
    let before = report.count();
    let mut given = Given::default();
    for raw in list::parse(which, tokens, report) {
        given.add(which, raw, is_param, report);
    }
    report.ok(given.policies.check());
    given.complete = report.count() == before;
    given
}

impl Given {
    fn add(&mut self, which: Which, raw: Raw, is_param: &dyn Fn(&Ident) -> bool, report: &mut Report) {
        match raw {
            Raw::Positional(expr) => match crate::scan::as_ident(&expr) {
                Some(word) if !is_param(word) && which.arguments().contains(&word.to_string().as_str()) => {
                    report.error(word, list::needs(&word.to_string()));
                }
                _ => self.keys.push(expr),
            },
            Raw::Group(tokens, inside) => {
                let given = parse(which, inside, is_param, report);
                self.groups.push((tokens, given));
            }
            Raw::List(name, inside) => self.add_list(which, &name, inside, report),
            Raw::Value(name, value) => self.add_value(which, &name, value, report),
        }
    }

    fn add_list(&mut self, which: Which, name: &Ident, inside: TokenStream, report: &mut Report) {
        if !list::known(which, name, report) {
            return;
        }
        match name.to_string().as_str() {
            "key" => {
                let parts = parts::key(inside, report);
                self.key.set(name, parts, report);
            }
            "skip" => {
                let names = parts::skip(inside, report);
                self.skip.set(name, names, report);
            }
            "tags" => {
                let tags = tags::parse(name, inside, report);
                self.tags.set(name, tags, report);
            }
            "tag" => {
                let text: TokenStream = quote::quote!(#name(#inside));
                for tag in tags::parse(name, inside, report) {
                    self.tag_targets.push((text.clone(), tag));
                }
            }
            other => report.error(name, format_args!("`{other}` takes a value: {}", list::example(other))),
        }
    }

    fn add_value(&mut self, which: Which, name: &Ident, value: Expr, report: &mut Report) {
        if !list::known(which, name, report) {
            return;
        }
        match name.to_string().as_str() {
            list @ ("key" | "skip" | "tags" | "tag") => list::wrong_form(list, &value, report),
            "resource" => {
                if let Some(text) = string(name, &value, report) {
                    self.resource.set(name, text, report);
                }
            }
            "suffix" => {
                if let Some(text) = literal(&value) {
                    check(name, &text, report);
                }
                self.suffix.set(name, value, report);
            }
            "ttl" => {
                if let Some(ttl) = time::ttl(value, report) {
                    self.ttl.set(name, ttl, report);
                }
            }
            "cache_none" => {
                if let Some(ttl) = time::cache_none(value, report) {
                    self.cache_none.set(name, ttl, report);
                }
            }
            policy if POLICIES.contains(&policy) => {
                report.ok(self.policies.add(name, value));
            }
            "guard" | "fence" => {
                if let Some(window) = time::window(&name.to_string(), value, report) {
                    let slot = if name == "guard" { &mut self.guard } else { &mut self.fence };
                    slot.set(name, window, report);
                }
            }
            "version" => {
                if let Some(version) = version::parse(&value, report) {
                    self.version.set(name, version, report);
                }
            }
            "crate" => match peel(&value) {
                Expr::Path(path) if path.qself.is_none() => self.krate.set(name, path.path.clone(), report),
                other => report.error(other, "`crate` is the path of cache-runtime here, such as `crate = my_name` or `crate = other::cache_runtime`"),
            },
            "tenant" => self.tenant.set(name, value, report),
            "cache" => self.cache.set(name, value, report),
            "bypass" => self.bypass.set(name, value, report),
            _ => self.cache_if.set(name, value, report),
        }
    }
}

/// A string literal.
pub(crate) fn literal(value: &Expr) -> Option<LitStr> {
    match peel(value) {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    }
}

/// A string literal that stands in a key.
fn string(name: &Ident, value: &Expr, report: &mut Report) -> Option<LitStr> {
    let Some(text) = literal(value) else {
        report.error(value, format_args!("`{name}` is a string, such as {}", list::example(&name.to_string())));
        return None;
    };
    check(name, &text, report).then_some(text)
}

fn check(name: &Ident, text: &LitStr, report: &mut Report) -> bool {
    crate::name::check(&name.to_string(), &text.value()).map_err(|message| report.error(text, message)).is_ok()
}
