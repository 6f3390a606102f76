//! Questions about tokens and expressions.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;
use syn::ext::IdentExt as _;

/// The first use of the variable `name`: not a field or method (`.name`), not a field's label (`name:`), not in a path.
pub(crate) fn variable(tokens: impl ToTokens, name: &str) -> Option<TokenTree> {
    find(tokens.into_token_stream(), &mut |ident| ident.unraw() == name)
}

/// The first variable that satisfies `wanted`.
fn find(tokens: TokenStream, wanted: &mut dyn FnMut(&Ident) -> bool) -> Option<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if wanted(ident) && !is_label(&tokens, at) => {
                return Some(token.clone());
            }
            TokenTree::Group(group) => {
                if let Some(found) = find(group.stream(), wanted) {
                    return Some(found);
                }
            }
            TokenTree::Literal(literal) => {
                // `format!("{ret}")` names a variable inside a string.
                let text = literal.to_string();
                let mut inside = text.split('{').skip(1).map(|rest| {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                    &rest[..end]
                });
                let names_it = inside.any(|name| syn::parse_str::<Ident>(name).is_ok_and(|ident| wanted(&ident)));
                if text.starts_with(['"', 'r']) && names_it {
                    return Some(token.clone());
                }
            }
            _ => {}
        }
    }
    None
}

fn is_label(tokens: &[TokenTree], at: usize) -> bool {
    let punct = |at: Option<usize>, wanted: char| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == wanted))
    };
    let before = |back: usize| at.checked_sub(back);
    let field = punct(before(1), '.') && !punct(before(2), '.');
    let label = punct(Some(at + 1), ':');
    let in_path = punct(before(1), ':') && punct(before(2), ':');
    field || label || in_path
}

/// Whether any identifier, wherever it stands, satisfies `wanted`.
pub(crate) fn any_ident(tokens: impl ToTokens, wanted: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_token_stream().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => wanted(&ident),
        TokenTree::Group(group) => any_ident(group.stream(), wanted),
        _ => false,
    })
}

/// `self` replaced by the name that an outer macro gave it.
pub(crate) fn rename_self(tokens: TokenStream, to: &Ident) -> TokenStream {
    rename(tokens, "self", to)
}

/// Every `from` replaced.
pub(crate) fn rename(tokens: TokenStream, from: &str, to: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == from => {
                let mut renamed = to.clone();
                renamed.set_span(to.span().located_at(ident.span()));
                TokenTree::Ident(renamed)
            }
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), rename(group.stream(), from, to));
                renamed.set_span(group.span());
                TokenTree::Group(renamed)
            }
            other => other,
        })
        .collect()
}

/// The expression without the invisible groups that `macro_rules` adds, and without parentheses.
pub(crate) fn peel(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Group(group) => &group.expr,
            Expr::Paren(paren) => &paren.expr,
            other => return other,
        };
    }
}

/// A variable on its own.
pub(crate) fn as_ident(expr: &Expr) -> Option<&Ident> {
    match peel(expr) {
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// The root of `root`, `root.field`, `root.field.0`.
pub(crate) fn place_root(expr: &Expr) -> Option<&Ident> {
    match peel(expr) {
        Expr::Field(field) => place_root(&field.base),
        other => as_ident(other),
    }
}
