//! Attributes against the function they stand on. What comes out can be expanded without a further question.

mod tokens;
mod variables;

use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Expr, LitStr, Path};

use crate::args::{Given, Part, Policies, Source, Tag, Time, Version, Which};
use crate::detach::{self, Lent};
use crate::func::Func;
use crate::report::{Report, closest, list};
use crate::scan::{peel, variable};

/// A valid `#[cached]`.
pub(crate) struct Read {
    pub(crate) target: Target,
    pub(crate) cache: Option<Expr>,
    pub(crate) bypass: Option<Expr>,
    pub(crate) cache_if: Option<Expr>,
    pub(crate) none_ttl: Option<Time>,
    pub(crate) policies: Policies,
    /// The borrowed parameters, where the body may run in the background.
    pub(crate) detached: Option<Vec<Lent>>,
    pub(crate) krate: Option<Path>,
}

/// A valid `#[invalidates]` or `#[updates]`.
pub(crate) struct Write {
    pub(crate) which: Which,
    pub(crate) targets: Vec<Target>,
    pub(crate) guard: Option<Time>,
    pub(crate) fence: Option<Time>,
    pub(crate) cache: Option<Expr>,
    pub(crate) krate: Option<Path>,
}

/// What an attribute reads, stores or removes.
pub(crate) struct Target {
    pub(crate) text: String,
    pub(crate) key: Key,
    pub(crate) ttl: Option<Time>,
    /// Names the returned value, so it is evaluated after the body.
    pub(crate) after: bool,
}

/// How it is named.
pub(crate) enum Key {
    Typed(Expr),
    Short(Box<Short>),
    Tag(Tag),
}

/// A key spelled in the attribute.
pub(crate) struct Short {
    pub(crate) resource: LitStr,
    pub(crate) parts: Vec<Part>,
    pub(crate) version: Option<Version>,
    pub(crate) tags: Vec<Tag>,
    /// Those that name the value, which is there after the body.
    pub(crate) value_tags: Vec<Tag>,
    pub(crate) tenant: Option<Expr>,
    pub(crate) suffix: Option<Expr>,
}

/// Checks `#[cached]`.
pub(crate) fn read(mut given: Given, func: &Func, report: &mut Report) -> Option<Read> {
    let check = Check { which: Which::Cached, func };
    check.variables(&given, report);
    for extra in given.keys.iter().skip(1) {
        report.error(extra, "one function caches under one key; remove this one");
    }
    let ttl = std::mem::take(&mut given.ttl).take();
    let key = if given.keys.is_empty() {
        check.short(&mut given, report).map(|short| Key::Short(Box::new(short)))
    } else {
        check.typed_alone(&given, report);
        check.typed(given.keys.swap_remove(0), report)
    };
    let target = key.map(|key| check.target(key, ttl));
    let detached = given.policies.background().map(|why| detach::plan(func, why, report));
    Some(Read {
        target: target?,
        cache: given.cache.take(),
        bypass: given.bypass.take(),
        cache_if: given.cache_if.take(),
        none_ttl: given.cache_none.take(),
        policies: given.policies,
        detached,
        krate: given.krate.take(),
    })
}

/// Checks `#[invalidates]` and `#[updates]`.
pub(crate) fn write(which: Which, mut given: Given, func: &Func, report: &mut Report) -> Write {
    let check = Check { which, func };
    check.variables(&given, report);
    let mut targets = Vec::new();
    let only_short = given.keys.is_empty() && given.groups.is_empty() && given.tag_targets.is_empty();
    if given.resource.name().is_some() || given.key.name().is_some() || only_short {
        let ttl = std::mem::take(&mut given.ttl).take();
        if let Some(short) = check.short(&mut given, report) {
            targets.push(check.target(Key::Short(Box::new(short)), ttl));
        }
    } else {
        check.typed_alone(&given, report);
        if let Some(name) = given.ttl.name().filter(|_| given.keys.len() != 1) {
            report.error(name, "with several targets, write `ttl` into the group of one, or on the key type");
        }
    }
    let mut ttl = std::mem::take(&mut given.ttl).take();
    for key in given.keys {
        if let Some(key) = check.typed(key, report) {
            targets.push(check.target(key, ttl.take()));
        }
    }
    for (tokens, mut group) in given.groups {
        check.variables(&group, report);
        let whole = [group.cache.name(), group.krate.name(), group.guard.name(), group.fence.name()];
        for name in whole.into_iter().flatten() {
            report
                .error(name, format_args!("`{name}` holds for the whole attribute; write it outside the parentheses"));
        }
        if let Some(key) = group.keys.first() {
            report.error(key, "a typed key needs no parentheses around it");
        } else if !group.groups.is_empty() || !group.tag_targets.is_empty() {
            report.error(tokens, "parentheses hold one target: `(resource = \"user\", key(id))`");
        } else {
            let ttl = std::mem::take(&mut group.ttl).take();
            if let Some(short) = check.short(&mut group, report) {
                targets.push(check.target(Key::Short(Box::new(short)), ttl));
            }
        }
    }
    for (_, tag) in given.tag_targets {
        targets.push(check.target(Key::Tag(tag), None));
    }
    if let Some(name) = given.guard.name() {
        let unguarded = targets.iter().find_map(|target| match &target.key {
            Key::Tag(_) => Some("which entries carry a tag is not known before the body, so a tag cannot be guarded"),
            _ if target.after => Some("a key that names `ret` is not known before the body, so it cannot be guarded"),
            _ => None,
        });
        if let Some(reason) = unguarded {
            report.error(name, format_args!("{reason}; write that target into an `#[invalidates]` of its own"));
        }
    }
    Write {
        which,
        targets,
        guard: given.guard.take(),
        fence: given.fence.take(),
        cache: given.cache.take(),
        krate: given.krate.take(),
    }
}

struct Check<'a> {
    which: Which,
    func: &'a Func,
}

impl Check<'_> {
    fn target(&self, key: Key, ttl: Option<Time>) -> Target {
        let text = match &key {
            Key::Typed(expr) => crate::text::of(&expr.to_token_stream()),
            Key::Tag(tag) => format!("tag({:?})", tag.text.value()),
            Key::Short(short) => short.text(),
        };
        let mut target = Target { text, key, ttl, after: false };
        target.after = self.func.ret_is_special() && variable(target.tokens(), "ret").is_some();
        target
    }

    /// A key expression that can be one.
    fn typed(&self, expr: Expr, report: &mut Report) -> Option<Key> {
        let name = self.which.name();
        match peel(&expr) {
            Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => report.error(text, format_args!("a string is no key; for a resource, write `resource = {:?}`", text.value())),
                _ => report.error(literal, format_args!("a literal is no key; write `#[{name}(UserKey {{ id }})]` or `#[{name}(resource = \"user\", key(id))]`")),
            },
            Expr::Infer(_) | Expr::Closure(_) | Expr::Range(_) | Expr::Array(_) | Expr::Assign(_) | Expr::Tuple(_) => {
                report.error(&expr, "not a key; write an expression that makes one, such as `UserKey { id }`");
            }
            _ => return Some(Key::Typed(expr)),
        }
        None
    }

    /// Nothing that belongs to the key type is said again beside a typed key.
    fn typed_alone(&self, given: &Given, report: &mut Report) {
        let names = [
            given.resource.name(),
            given.key.name(),
            given.skip.name(),
            given.version.name(),
            given.tenant.name(),
            given.suffix.name(),
            given.tags.name(),
        ];
        for name in names.into_iter().flatten() {
            report.error(name, format_args!("`{name}` belongs to the key type: write it there, in `#[cache({name} ..)]` or as a field, and remove it here"));
        }
    }

    fn short(&self, given: &mut Given, report: &mut Report) -> Option<Short> {
        let which = self.which.name();
        let resource = std::mem::take(&mut given.resource);
        let (key, skip) = (std::mem::take(&mut given.key), std::mem::take(&mut given.skip));
        if let (Some(_), Some(both)) = (key.name(), skip.name()) {
            report.error(both, "`key` and `skip` exclude each other; keep the one that is shorter");
        }
        let any = [
            key.name(),
            skip.name(),
            given.version.name(),
            given.tags.name(),
            given.suffix.name(),
            given.tenant.name(),
        ];
        match (resource.name(), any.into_iter().flatten().next()) {
            _ if !given.complete => {}
            (None, Some(name)) => report.error(name, "whose key is this? write `resource = \"user\"` too"),
            (None, None) => report.push(syn::Error::new(
                Span::call_site(),
                format_args!("`#[{which}]` needs a key: `#[{which}(UserKey {{ id }})]` or `#[{which}(resource = \"user\", key(id))]`"),
            )),
            (Some(name), _) if key.name().is_none() && skip.name().is_none() => {
                let rest = if self.which == Which::Cached { "; or `skip(..)` the others" } else { "" };
                report.error(name, format_args!("which parameters make the key? write `key(..)`{rest}; {}", self.parameters()));
            }
            (Some(_), _) => {}
        }
        let parts = match (key.take(), skip.take()) {
            (Some(parts), _) => {
                for part in &parts {
                    self.part(part, report);
                }
                parts
            }
            (None, Some(names)) => self.all_but(&names, report),
            (None, None) => Vec::new(),
        };
        let tags = std::mem::take(&mut given.tags).take().unwrap_or_default();
        let (value_tags, tags) = tags.into_iter().partition(|tag| tag.value_name(self.func).is_some());
        Some(Short {
            resource: resource.take()?,
            parts,
            version: std::mem::take(&mut given.version).take(),
            tags,
            value_tags,
            tenant: std::mem::take(&mut given.tenant).take(),
            suffix: std::mem::take(&mut given.suffix).take(),
        })
    }

    fn part(&self, part: &Part, report: &mut Report) {
        let Source::Param(ident) = &part.source else {
            return;
        };
        let ret = ident == "ret" && self.func.ret_is_special();
        if !ret && self.func.param(ident).is_none() {
            self.unknown(ident, report);
        }
    }

    fn all_but(&self, skipped: &[Ident], report: &mut Report) -> Vec<Part> {
        for name in skipped {
            if self.func.param(name).is_none() {
                self.unknown(name, report);
            }
        }
        let kept =
            self.func.params.iter().filter(|param| !skipped.iter().any(|name| name.unraw() == param.ident.unraw()));
        kept.map(|param| Part {
            name: param.ident.unraw().to_string(),
            hashed: false,
            source: Source::Param(param.ident.clone()),
        })
        .collect()
    }

    fn unknown(&self, ident: &Ident, report: &mut Report) {
        let names: Vec<String> = self.func.params.iter().map(|param| param.ident.to_string()).collect();
        let near = closest(&ident.to_string(), &names.iter().map(String::as_str).collect::<Vec<_>>())
            .map(|near| format!("did you mean `{near}`? "))
            .unwrap_or_default();
        report.error(ident, format_args!("`{ident}` is not a parameter; {near}{}", self.parameters()));
    }

    fn parameters(&self) -> String {
        let names: Vec<String> = self.func.params.iter().map(|param| param.ident.to_string()).collect();
        if names.is_empty() {
            return "there are no parameters; an entry for all calls is `key()`".to_owned();
        }
        format!("the parameters are {}", list(&names))
    }
}
