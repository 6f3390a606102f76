//! `version = 2`, `version = "2024-05"`, `version = auto`.

use syn::{Expr, Lit};

use crate::report::Report;
use crate::scan::{as_ident, peel};

/// The version of the value's shape.
pub(crate) enum Version {
    Fixed(String),
    Auto,
}

const SYNTAX: &str = "write `version = 2`, `version = \"v2\"` or `version = auto`";

pub(super) fn parse(value: &Expr, report: &mut Report) -> Option<Version> {
    let read = match peel(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().is_empty() => {
                Ok(Version::Fixed(format!("v{}", number.base10_digits())))
            }
            Lit::Str(text) => crate::name::check("version", &text.value()).map(|()| Version::Fixed(text.value())),
            _ => Err(SYNTAX.to_owned()),
        },
        other if as_ident(other).is_some_and(|ident| ident == "auto") => Ok(Version::Auto),
        _ => Err(format!("the version is part of the key's text and must be known here; {SYNTAX}")),
    };
    read.map_err(|message| report.error(value, message)).ok()
}
