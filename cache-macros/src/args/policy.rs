//! `local`, `stale_if_error` and the other arguments about freshness, which `#[cached]` and key types share.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use super::list::example;
use super::time::{self, Time};
use crate::scan::peel;

/// Their names.
pub(crate) const NAMES: [&str; 10] = [
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
];

/// What one of them says.
pub(crate) enum Setting {
    Time(Time),
    Ahead(f64),
    Jitter(f64),
    Sliding(bool),
    /// A variant of `Refresh`.
    Refresh(&'static str),
    /// A variant of `Revalidate`.
    Revalidate(&'static str),
}

/// An argument, as given.
struct Argument {
    name: Ident,
    value: Expr,
    setting: Setting,
}

/// Those that are given.
#[derive(Default)]
pub(crate) struct Policies(Vec<Argument>);

impl Policies {
    /// Reads `name = value`, where `name` is one of [`NAMES`].
    pub(crate) fn add(&mut self, name: &Ident, value: Expr) -> syn::Result<()> {
        let error = |tokens: &dyn ToTokens, message: String| syn::Error::new_spanned(tokens, message);
        if self.get(&name.to_string()).is_some() {
            return Err(error(name, format!("`{name}` is given twice; remove one")));
        }
        let word = name.to_string();
        if let (true, Some(other)) = (word.starts_with("refresh"), self.either(&["refresh", "refresh_ahead"])) {
            return Err(error(name, format!("`{name}` and `{}` exclude each other; keep one", other.name)));
        }
        let setting = read(&word, &value).map_err(|message| error(&value, message))?;
        self.0.push(Argument { name: name.clone(), value, setting });
        Ok(())
    }

    /// What is wrong between them: callers must not be promised more patience than the load gets.
    pub(crate) fn check(&self) -> syn::Result<()> {
        match (self.fixed("soft_timeout"), self.fixed("hard_timeout")) {
            (Some((soft, value)), Some((hard, _))) if soft > hard => Err(syn::Error::new_spanned(
                value,
                format_args!("the `soft_timeout` ends after the `hard_timeout` of {hard:?}; write a shorter one"),
            )),
            _ => Ok(()),
        }
    }

    pub(crate) fn settings(&self) -> impl Iterator<Item = (&Ident, &Setting)> {
        self.0.iter().map(|argument| (&argument.name, &argument.setting))
    }

    /// The names as given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        self.0.iter().map(|argument| &argument.name)
    }

    /// The durations that are expressions.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = TokenStream> {
        self.0.iter().filter_map(|argument| match &argument.setting {
            Setting::Time(Time::Expr(expr)) => Some(expr.to_token_stream()),
            _ => None,
        })
    }

    /// Whether nothing in it depends on the call.
    pub(crate) fn is_constant(&self) -> bool {
        self.expressions().next().is_none()
    }

    /// Whether this one is given, and not to turn something off.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|argument| match &argument.setting {
            Setting::Time(Time::Fixed(time)) => !time.is_zero(),
            Setting::Refresh(word) => *word != "Never",
            _ => true,
        })
    }

    /// The argument for which the body must be able to run without its caller.
    pub(crate) fn background(&self) -> Option<&Ident> {
        let place = |wanted: &str| {
            self.get("revalidate")
                .filter(|given| matches!(given.setting, Setting::Revalidate(place) if place == wanted))
        };
        if place("Inline").is_some() {
            return None;
        }
        let asking = ["stale_while_revalidate", "soft_timeout", "hard_timeout", "refresh_ahead", "refresh"];
        let asking = asking.into_iter().filter(|name| self.has(name)).find_map(|name| self.get(name));
        asking.or_else(|| place("Background")).map(|argument| &argument.name)
    }

    fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    fn either(&self, names: &[&str]) -> Option<&Argument> {
        names.iter().find_map(|name| self.get(name))
    }

    fn fixed(&self, name: &str) -> Option<(Duration, &Expr)> {
        self.get(name).and_then(|argument| match argument.setting {
            Setting::Time(Time::Fixed(time)) => Some((time, &argument.value)),
            _ => None,
        })
    }
}

fn read(name: &str, value: &Expr) -> Result<Setting, String> {
    let form = |what: &str| format!("{what}; write {}", example(name));
    match name {
        "refresh_ahead" => match number(value) {
            Some(share) if share > 0.0 && share < 1.0 => Ok(Setting::Ahead(share)),
            _ => Err(form("`refresh_ahead` is a share of the ttl, more than 0 and less than 1")),
        },
        "jitter" => match number(value) {
            Some(share) if (0.0..=1.0).contains(&share) => Ok(Setting::Jitter(share)),
            _ => Err(form("`jitter` is a share of the ttl, from 0 to 1")),
        },
        "sliding" => match peel(value) {
            Expr::Lit(ExprLit { lit: Lit::Bool(sliding), .. }) => Ok(Setting::Sliding(sliding.value)),
            _ => Err(form("`sliding` is `true` or `false`")),
        },
        "refresh" => match text(value).as_deref() {
            Some("probabilistic") => Ok(Setting::Refresh("Probabilistic")),
            Some("never") => Ok(Setting::Refresh("Never")),
            _ if number(value).is_some() => {
                Err("a share of the ttl is `refresh_ahead`; write `refresh_ahead = 0.8`".into())
            }
            _ => Err(form("`refresh` is \"probabilistic\" or \"never\"")),
        },
        "revalidate" => match text(value).as_deref() {
            Some("inline") => Ok(Setting::Revalidate("Inline")),
            Some("background") => Ok(Setting::Revalidate("Background")),
            _ => Err(form("`revalidate` is \"inline\" or \"background\"")),
        },
        _ => duration(name, value).map(Setting::Time),
    }
}

/// Zero turns off what a key or a builder turns on, but nobody can wait for no time at all.
fn duration(name: &str, value: &Expr) -> Result<Time, String> {
    match peel(value) {
        Expr::Closure(_) => {
            Err(format!("there may be no value when `{name}` is needed; write how long: {}", example(name)))
        }
        Expr::Lit(literal) if matches!(literal.lit, Lit::Bool(_)) => Err(format!("write how long: {}", example(name))),
        _ => match time::read(name, value)? {
            Some(time) if time.is_zero() && name.ends_with("timeout") => {
                Err(format!("a `{name}` of zero lets no load end; write a longer one, such as {}", example(name)))
            }
            Some(time) => Ok(Time::Fixed(time)),
            None => Ok(Time::Expr(value.clone())),
        },
    }
}

fn text(value: &Expr) -> Option<String> {
    super::literal(value).map(|text| text.value())
}

/// A number with or without a point, and perhaps a sign.
fn number(value: &Expr) -> Option<f64> {
    match peel(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        _ => None,
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
