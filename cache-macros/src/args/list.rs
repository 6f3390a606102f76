//! The comma-separated list, and what to say about names that are not in it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Token, parenthesized, token};

use super::Which;
use crate::report::{Report, closest, list};

/// One argument, before its meaning.
pub(crate) enum Raw {
    /// `name = value`.
    Value(Ident, Expr),
    /// `name(..)`.
    List(Ident, TokenStream),
    /// `(name = value, ..)`.
    Group(TokenStream, TokenStream),
    /// Anything else: a key.
    Positional(Expr),
}

/// Splits the arguments. After a mistake it goes on behind the next comma.
pub(super) fn parse(which: Which, tokens: TokenStream, report: &mut Report) -> Vec<Raw> {
    let parser = |input: ParseStream<'_>| {
        let mut args = Vec::new();
        while !input.is_empty() {
            match one(which, input) {
                Ok(raw) => args.push(raw),
                Err(error) => {
                    report.push(error);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            if input.is_empty() {
                break;
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            } else {
                report.push(input.error("expected `,` before this"));
            }
        }
        Ok(args)
    };
    parser.parse2(tokens).unwrap_or_default()
}

fn one(which: Which, input: ParseStream<'_>) -> syn::Result<Raw> {
    let word = input.fork().call(Ident::parse_any).ok();
    if let Some(name) = word {
        if is_assignment(input) {
            input.call(Ident::parse_any)?;
            let equals: Token![=] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(syn::Error::new_spanned(equals, needs(&name.to_string())));
            }
            return Ok(Raw::Value(name, input.parse()?));
        }
        if input.peek2(token::Paren) && is_list(which, &name) {
            input.call(Ident::parse_any)?;
            let inside;
            parenthesized!(inside in input);
            return Ok(Raw::List(name, inside.parse()?));
        }
    }
    if input.peek(token::Paren) && which != Which::Cached {
        let ahead = input.fork();
        let inside;
        parenthesized!(inside in ahead);
        if is_assignment(&inside) {
            let tokens: TokenTree = input.parse()?;
            return Ok(Raw::Group(tokens.into(), inside.parse()?));
        }
    }
    input.parse().map(Raw::Positional)
}

fn is_assignment(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>])
}

/// Whether `name(..)` is an argument and not a call that gives a key.
fn is_list(which: Which, name: &Ident) -> bool {
    let text = name.to_string();
    let lowercase = text.starts_with(|c: char| c.is_ascii_lowercase());
    let slip = || closest(&text, which.arguments()).is_some();
    ALL.contains(&text.as_str()) || (lowercase && slip())
}

/// Every argument of any of the attributes, and `hash`, which belongs into `key(..)`.
const ALL: [&str; 27] = [
    "resource",
    "key",
    "skip",
    "ttl",
    "version",
    "tags",
    "tag",
    "tenant",
    "suffix",
    "cache",
    "bypass",
    "cache_if",
    "cache_none",
    "guard",
    "fence",
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
    "hash",
];

/// Whether the attribute has such an argument; otherwise says what to write.
pub(super) fn known(which: Which, name: &Ident, report: &mut Report) -> bool {
    let valid = which.arguments();
    let text = name.unraw().to_string();
    if valid.contains(&text.as_str()) {
        return true;
    }
    let attribute = which.name();
    let message = if let Some(reason) = elsewhere(which, &text) {
        reason.to_owned()
    } else {
        match closest(&text, valid).or_else(|| synonym(&text).filter(|name| valid.contains(name))) {
            Some(near) => {
                format!("`#[{attribute}]` has no argument `{text}`; did you mean `{near}`? ({})", example(near))
            }
            None => format!("`#[{attribute}]` has no argument `{text}`; it takes a key and {}", list(valid)),
        }
    };
    report.error(name, message);
    false
}

/// Arguments that exist, but not here.
fn elsewhere(which: Which, name: &str) -> Option<&'static str> {
    Some(match (which, name) {
        (Which::Invalidates, "ttl") => {
            "an invalidation stores nothing, so it has no `ttl`; write it on the `#[cached]` function"
        }
        (Which::Invalidates, "version") => "an invalidation removes the entry in every version; remove `version`",
        (Which::Invalidates, "tags") => "to invalidate by tag, write `tag(\"..\")`",
        (Which::Invalidates | Which::Updates, "skip") => "name the parts of the key instead: `key(id)`",
        (Which::Invalidates | Which::Updates, "bypass" | "cache_if" | "cache_none") => {
            "this argument belongs to `#[cached]`: a write always acts on success"
        }
        (Which::Invalidates | Which::Updates, policy) if super::POLICIES.contains(&policy) => {
            "this argument is about reading: write it on the `#[cached]` function, or on the key type in `#[cache(..)]`"
        }
        (Which::Cached | Which::Updates, "guard" | "fence") => {
            "this argument belongs to `#[invalidates]`: it keeps readers from filling around an invalidation"
        }
        (Which::Cached, "tag") => "`tag(..)` invalidates; to tag the entry, write `tags(\"..\")`",
        (_, "hash") => "`hash(..)` belongs into the key: `key(hash(email))`",
        (_, "result" | "option") => {
            "not needed: `Result` and `Option` are recognised, and only `Ok` and `Some` are cached"
        }
        (_, "sync_writes" | "sync_lock" | "single_flight") => "not needed: one caller per key runs the body, always",
        _ => return None,
    })
}

/// What other caches call it.
pub(crate) fn synonym(name: &str) -> Option<&'static str> {
    Some(match name {
        "time" | "expire" | "expires" | "expiry" | "expiration" | "expires_in" | "timeout" | "lifetime" | "max_age"
        | "duration" | "ttl_secs" | "ttl_seconds" | "ttl_ms" | "time_to_live" => "ttl",
        "name" | "prefix" | "namespace" | "entity" | "region" | "kind" | "table" => "resource",
        "id" | "ids" | "args" | "params" | "by" | "on" | "convert" | "key_by" => "key",
        "ignore" | "exclude" | "except" | "without" => "skip",
        "ver" | "schema" | "schema_version" | "revision" => "version",
        "group" | "groups" | "label" | "labels" => "tags",
        "cache_when" | "condition" | "when" | "r#if" | "if" | "store_if" => "cache_if",
        "unless" | "disable" | "disabled" | "no_cache" => "bypass",
        "negative" | "negative_ttl" | "cache_null" | "none" | "none_ttl" => "cache_none",
        "store" | "backend" | "with" | "client" | "redis" | "pool" | "ty" => "cache",
        "org" | "account" | "workspace" => "tenant",
        "view" | "variant" => "suffix",
        "lock" | "protect" => "guard",
        "replica_lag" | "delay" => "fence",
        "l1" | "near" | "near_cache" | "memory" | "in_memory" | "in_process" | "local_ttl" | "memory_ttl" => "local",
        "grace" | "stale" | "stale_ttl" | "fail_safe" | "failsafe" | "stale_on_error" | "serve_stale"
        | "keep_stale" => "stale_if_error",
        "swr" | "stale_time" | "stale_while_refresh" => "stale_while_revalidate",
        "soft" | "factory_soft_timeout" => "soft_timeout",
        "hard" | "factory_hard_timeout" | "factory_timeout" | "load_timeout" | "deadline" => "hard_timeout",
        "eager_refresh" | "early_refresh" | "refresh_after" | "refresh_after_write" | "prefetch" => "refresh_ahead",
        "xfetch" | "early_expiration" | "beta" => "refresh",
        "spread" | "randomize" | "ttl_jitter" | "jitter_ratio" => "jitter",
        "idle" | "tti" | "time_to_idle" | "touch" | "sliding_expiration" | "expire_after_access" => "sliding",
        "background" | "inline" => "revalidate",
        "krate" | "cache_runtime" => "crate",
        _ => return None,
    })
}

/// What to write for an argument that came without its value.
pub(super) fn needs(name: &str) -> String {
    format!("`{name}` needs a value: {}", example(name))
}

/// How an argument is written.
pub(crate) fn example(name: &str) -> &'static str {
    match name {
        "resource" => "`resource = \"user\"`",
        "key" => "`key(id)`",
        "skip" => "`skip(db)`",
        "ttl" => "`ttl = \"30m\"`",
        "version" => "`version = 2`",
        "tags" => "`tags(\"users\")`",
        "tag" => "`tag(\"users\")`",
        "tenant" => "`tenant = org`",
        "suffix" => "`suffix = \"profile\"`",
        "cache" => "`cache = self.cache`",
        "bypass" => "`bypass = fresh`",
        "cache_if" => "`cache_if = |user| user.active`",
        "cache_none" => "`cache_none = \"30s\"`",
        "guard" => "`guard = \"5s\"`",
        "fence" => "`fence = \"500ms\"`",
        "local" => "`local = \"10s\"`",
        "stale_if_error" => "`stale_if_error = \"1h\"`",
        "stale_while_revalidate" => "`stale_while_revalidate = \"30s\"`",
        "soft_timeout" => "`soft_timeout = \"100ms\"`",
        "hard_timeout" => "`hard_timeout = \"2s\"`",
        "refresh_ahead" => "`refresh_ahead = 0.8`",
        "refresh" => "`refresh = \"probabilistic\"`",
        "jitter" => "`jitter = 0.1`",
        "sliding" => "`sliding = true`",
        "revalidate" => "`revalidate = \"inline\"`",
        "crate" => "`crate = cache_runtime`",
        _ => "`name = value`",
    }
}

/// `key = "id"`, where `key(id)` is meant.
pub(super) fn wrong_form(name: &str, value: &Expr, report: &mut Report) {
    let inside = match super::literal(value) {
        Some(text) if matches!(name, "key" | "skip") && syn::parse_str::<Ident>(&text.value()).is_ok() => text.value(),
        Some(text) if matches!(name, "tags" | "tag") => format!("{:?}", text.value()),
        _ => match crate::scan::as_ident(value) {
            Some(ident) if matches!(name, "key" | "skip") => ident.to_string(),
            _ => {
                report.error(value, format_args!("`{name}` takes a list: {}", example(name)));
                return;
            }
        },
    };
    report.error(value, format_args!("`{name}` takes a list: write `{name}({inside})`"));
}
