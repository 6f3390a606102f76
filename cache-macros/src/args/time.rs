//! `ttl`, `cache_none`, `guard` and `fence`.

use std::time::Duration;

use quote::ToTokens;
use syn::{Expr, ExprClosure, Lit, UnOp};

use crate::report::Report;
use crate::scan::peel;

/// How long.
pub(crate) enum Time {
    /// Known here.
    Fixed(Duration),
    /// An expression of type `Duration`.
    Expr(Expr),
    /// A closure over the value.
    Closure(ExprClosure),
}

pub(super) fn ttl(value: Expr, report: &mut Report) -> Option<Time> {
    match peel(&value) {
        Expr::Closure(closure) if closure.inputs.len() != 1 => {
            report.error(closure, "a `ttl` closure takes the value: `ttl = |user| user.ttl()`");
            None
        }
        Expr::Closure(closure) => Some(Time::Closure(closure.clone())),
        _ => fixed("ttl", value, report),
    }
}

pub(super) fn cache_none(value: Expr, report: &mut Report) -> Option<Time> {
    match peel(&value) {
        Expr::Closure(closure) => {
            report.error(closure, "`cache_none` is for when there is no value; write how long: `cache_none = \"30s\"`");
            None
        }
        Expr::Lit(lit) if matches!(lit.lit, Lit::Bool(_)) => {
            report.error(lit, "write how long \"there is none\" is remembered: `cache_none = \"30s\"`");
            None
        }
        _ => fixed("cache_none", value, report),
    }
}

pub(super) fn window(name: &str, value: Expr, report: &mut Report) -> Option<Time> {
    match peel(&value) {
        Expr::Closure(closure) => {
            report.error(
                closure,
                format_args!("there is no value when `{name}` is needed; write how long: `{name} = \"5s\"`"),
            );
            None
        }
        Expr::Lit(lit) if matches!(lit.lit, Lit::Bool(_)) => {
            report.error(lit, format_args!("write how long: `{name} = \"5s\"`"));
            None
        }
        _ => fixed(name, value, report),
    }
}

fn fixed(name: &str, value: Expr, report: &mut Report) -> Option<Time> {
    let said = |message: String| match name {
        "guard" | "fence" => message.replace("would cache nothing", "would keep nobody from filling"),
        _ => message,
    };
    match read(name, &value).and_then(|time| time.map(crate::duration::nonzero).transpose()) {
        Ok(Some(time)) => Some(Time::Fixed(time)),
        Ok(None) => Some(Time::Expr(value)),
        Err(message) => {
            report.error(&value, said(message));
            None
        }
    }
}

/// A duration that is known here; nothing for an expression.
pub(super) fn read(name: &str, value: &Expr) -> Result<Option<Duration>, String> {
    let read = match peel(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => crate::duration::read(&text.value()),
            Lit::Int(number) if number.suffix().is_empty() => {
                number.base10_parse().map_err(|_| format!("`{number}` is too long")).and_then(crate::duration::seconds)
            }
            Lit::Int(number) => {
                Err(format!("write the seconds without a type, `{}`, or a unit, \"{0}s\"", number.base10_digits()))
            }
            Lit::Float(_) => {
                Err(format!("a number is whole seconds; for less write a unit, such as `{name} = \"1500ms\"`"))
            }
            _ => Err(format!("not a duration; write `{name} = \"30m\"`")),
        },
        Expr::Unary(minus) if matches!(minus.op, UnOp::Neg(_)) && matches!(*minus.expr, Expr::Lit(_)) => {
            Err(format!("a duration cannot be negative; write `{name} = \"30m\"`"))
        }
        Expr::Tuple(_) | Expr::Array(_) | Expr::Infer(_) | Expr::Range(_) => {
            Err(format!("not a duration; write `{name} = \"30m\"` or an expression of type `Duration`"))
        }
        _ => return Ok(None),
    };
    read.map(Some)
}

impl ToTokens for Time {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        match self {
            Self::Fixed(_) => {}
            Self::Expr(expr) => expr.to_tokens(tokens),
            Self::Closure(closure) => closure.to_tokens(tokens),
        }
    }
}
