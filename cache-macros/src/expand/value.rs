//! Expressions over the returned value.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use super::mixed;
use crate::args::Time;
use crate::func::Func;
use crate::scan::{peel, variable};

/// `ret` as the user's tokens spell it, if the expression names it.
pub(super) fn ret(func: &Func, tokens: impl ToTokens) -> Option<Ident> {
    let found = func.ret_is_special().then(|| variable(tokens, "ret")).flatten()?;
    Some(match found {
        TokenTree::Ident(ident) => ident,
        other => Ident::new("ret", other.span()),
    })
}

/// A closure over the value, called; or an expression that names `ret`, with `ret` bound.
pub(super) fn over(p: &TokenStream, func: &Func, expr: &Expr, value: &TokenStream) -> TokenStream {
    let mixed = mixed();
    if let Expr::Closure(closure) = peel(expr) {
        return quote_spanned!(mixed=> #p::apply(#value, #closure));
    }
    match ret(func, expr) {
        Some(ret) => quote_spanned!(mixed=> #p::apply(#value, |#ret| #expr)),
        None => expr.to_token_stream(),
    }
}

/// A duration that does not depend on the value.
pub(super) fn early(p: &TokenStream, func: &Func, time: &Time) -> Option<TokenStream> {
    match time {
        Time::Fixed(_) => constant(p, time),
        Time::Expr(expr) if ret(func, expr).is_none() => Some(expr.to_token_stream()),
        Time::Expr(_) | Time::Closure(_) => None,
    }
}

/// A duration that does.
pub(super) fn late(p: &TokenStream, func: &Func, time: &Time, value: &TokenStream) -> Option<TokenStream> {
    match time {
        Time::Closure(closure) => Some(over(p, func, &Expr::Closure(closure.clone()), value)),
        Time::Expr(expr) => ret(func, expr).map(|_| over(p, func, expr, value)),
        Time::Fixed(_) => None,
    }
}

/// A duration that is known while compiling.
pub(super) fn constant(p: &TokenStream, time: &Time) -> Option<TokenStream> {
    let Time::Fixed(duration) = time else {
        return None;
    };
    let secs = Literal::u64_unsuffixed(duration.as_secs());
    let nanos = Literal::u32_unsuffixed(duration.subsec_nanos());
    let mixed = mixed();
    Some(quote_spanned!(mixed=> #p::Duration::new(#secs, #nanos)))
}
