//! `tags("users", "org:{org}")`: texts with placeholders, like those of `format!`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, LitStr, Token};

use crate::report::Report;

/// One tag.
pub(crate) struct Tag {
    pub(crate) text: LitStr,
    pub(crate) pieces: Vec<Piece>,
}

/// A stretch of a tag.
pub(crate) enum Piece {
    Text(String),
    Value(Expr),
}

pub(super) fn parse(name: &Ident, inside: TokenStream, report: &mut Report) -> Vec<Tag> {
    let tags = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(inside);
    let Some(tags) = report.ok(tags) else {
        return Vec::new();
    };
    if tags.is_empty() {
        report.error(name, format_args!("`{name}` is empty; write `{name}(\"users\")`"));
    }
    let mut seen: Vec<Tag> = Vec::new();
    for expr in &tags {
        let Some(text) = super::literal(expr) else {
            report.error(
                expr,
                format_args!("a tag is a string, such as `{name}(\"users\")` or `{name}(\"org:{{org}}\")`"),
            );
            continue;
        };
        if seen.iter().any(|tag| tag.text.value() == text.value()) {
            report.error(&text, "this tag is given twice; remove one");
            continue;
        }
        if let Some(pieces) = report.ok(template(&text)) {
            seen.push(Tag { text, pieces });
        }
    }
    seen
}

/// Splits `org:{org}` into its pieces; `{{` and `}}` are braces.
fn template(literal: &LitStr) -> syn::Result<Vec<Piece>> {
    let error = |message: &str| syn::Error::new(literal.span(), message);
    let text = literal.value();
    if text.is_empty() {
        return Err(error("an empty tag; write its name, such as \"users\""));
    }
    let (mut pieces, mut plain) = (Vec::new(), String::new());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, tail) = rest.split_at(at);
        plain.push_str(before);
        if let Some(tail) = tail.strip_prefix("{{") {
            plain.push('{');
            rest = tail;
        } else if let Some(tail) = tail.strip_prefix("}}") {
            plain.push('}');
            rest = tail;
        } else if let Some(tail) = tail.strip_prefix('{') {
            let Some((inside, tail)) = tail.split_once('}') else {
                return Err(error("a `{` without its `}`; write `{{` for a brace"));
            };
            if inside.trim().is_empty() {
                return Err(error("an empty `{}` in a tag; name the parameter, such as \"org:{org}\""));
            }
            let value = syn::LitStr::new(inside, literal.span()).parse().map_err(|_| {
                error(&format!("`{{{inside}}}` is not an expression; name a parameter, such as \"org:{{org}}\""))
            })?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Value(value));
            rest = tail;
        } else {
            return Err(error("a `}` without its `{`; write `}}` for a brace"));
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}
