//! `key(id, org = ctx.org, hash(email))` and `skip(db)`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, Member, Token, parenthesized, token};

use crate::report::Report;
use crate::scan::{as_ident, peel, place_root};

/// One part of a key that is spelled in the attribute.
pub(crate) struct Part {
    /// What the registry calls it.
    pub(crate) name: String,
    pub(crate) hashed: bool,
    pub(crate) source: Source,
}

/// Where a part comes from.
pub(crate) enum Source {
    /// A parameter, which must exist.
    Param(Ident),
    /// Any expression.
    Expr(Expr),
}

pub(super) fn key(inside: TokenStream, report: &mut Report) -> Vec<Part> {
    let parts = Punctuated::<Raw, Token![,]>::parse_terminated.parse2(inside);
    let Some(raw) = report.ok(parts) else {
        return Vec::new();
    };
    let mut parts: Vec<Part> = Vec::new();
    for raw in raw {
        let Some(part) = one(raw, report) else {
            continue;
        };
        if parts.iter().any(|earlier| earlier.name == part.name) {
            let tokens = match &part.source {
                Source::Param(ident) => ident.to_token_stream(),
                Source::Expr(expr) => expr.to_token_stream(),
            };
            report.error(
                tokens,
                format_args!("`{}` is in the key twice; remove one, or name it: `other = ..`", part.name),
            );
        } else {
            parts.push(part);
        }
    }
    parts
}

struct Raw {
    name: Option<Ident>,
    hashed: bool,
    expr: Expr,
}

impl syn::parse::Parse for Raw {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut name = None;
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            name = Some(input.call(Ident::parse_any)?);
            input.parse::<Token![=]>()?;
        }
        let hash = input.fork().parse::<Ident>().is_ok_and(|ident| ident == "hash") && input.peek2(token::Paren);
        if !hash {
            return Ok(Self { name, hashed: false, expr: input.parse()? });
        }
        let word: Ident = input.parse()?;
        let inside;
        parenthesized!(inside in input);
        if inside.is_empty() {
            return Err(syn::Error::new(word.span(), "`hash` needs the part that it hashes: `hash(email)`"));
        }
        let expr = inside.parse()?;
        if !inside.is_empty() {
            return Err(inside.error("`hash` takes one part; write `hash(a), hash(b)`"));
        }
        Ok(Self { name, hashed: true, expr })
    }
}

fn one(Raw { name, hashed, expr }: Raw, report: &mut Report) -> Option<Part> {
    if let Some(name) = name {
        return Some(Part { name: name.unraw().to_string(), hashed, source: Source::Expr(expr) });
    }
    if let Some(text) = super::literal(&expr) {
        report.error(&expr, format_args!("a key is made of values: write `key({})`", text.value()));
        return None;
    }
    if matches!(peel(&expr), Expr::Infer(_)) {
        report.error(&expr, "`_` is no part of a key; name the parameter");
        return None;
    }
    match as_ident(&expr) {
        Some(ident) if ident == "self" => {
            report.error(ident, "`self` as a whole is no key; name a field: `key(self.id)`");
            return None;
        }
        Some(ident) => {
            let name = ident.unraw().to_string();
            return Some(Part { name, hashed, source: Source::Param(ident.clone()) });
        }
        None => {}
    }
    match (peel(&expr), place_root(&expr)) {
        (Expr::Field(field), Some(_)) => {
            let name = match &field.member {
                Member::Named(name) => name.unraw().to_string(),
                Member::Unnamed(index) => format!("field{}", index.index),
            };
            Some(Part { name, hashed, source: Source::Expr(expr) })
        }
        _ => {
            let error = syn::Error::new(expr.span(), "name this part of the key: `name = ..`");
            report.push(error);
            None
        }
    }
}

pub(super) fn skip(inside: TokenStream, report: &mut Report) -> Vec<Ident> {
    let names = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(inside);
    let Some(names) = report.ok(names) else {
        return Vec::new();
    };
    names
        .iter()
        .filter_map(|expr| {
            let ident = as_ident(expr);
            match ident {
                Some(ident) if ident == "self" => {
                    report.error(ident, "`self` is never part of the key; remove it");
                    return None;
                }
                Some(_) => {}
                None => report.error(expr, "`skip` takes names of parameters: `skip(db)`"),
            }
            ident.cloned()
        })
        .collect()
}
