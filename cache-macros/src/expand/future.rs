//! The function's body as a future.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::{mixed, respan};
use crate::func::Func;
use crate::scan::any_ident;

/// In: `{ db.user(id).await }`.
/// Out: `async move { if false { return p::never(__cache_shape); } db.user(id).await }`.
pub(super) fn future(p: &TokenStream, func: &Func) -> TokenStream {
    let (mixed, pin_type, body) = (mixed(), pin_type(p, func), func.body());
    match statements(&body) {
        Some(group) => {
            let statements = group.stream();
            let mut block = Group::new(Delimiter::Brace, quote!(#pin_type #statements));
            // What is wrong with its value is the user's own mistake, and no macro's.
            block.set_span(group.span());
            quote_spanned!(mixed=> async move #block)
        }
        None => quote_spanned!(mixed=> async move { #pin_type #body }),
    }
}

/// `if false { return .. }`, so that `?` in the body knows what it converts into: what `__cache_shape` says.
pub(super) fn pin_type(p: &TokenStream, func: &Func) -> TokenStream {
    if any_ident(func.return_type(), &|ident| ident == "impl") {
        return TokenStream::new();
    }
    let span = func.return_span();
    let q = respan(p, span);
    quote_spanned!(span=> if false { return #q::never(__cache_shape); })
}

/// The braces of a body whose statements can stand behind one of ours. Items cannot: there is a lint against it. Where there is
/// nothing, an error is shown at the braces only while they are a block of their own.
fn statements(body: &TokenStream) -> Option<Group> {
    const ITEMS: [&str; 13] = [
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "mod",
        "static",
        "struct",
        "trait",
        "type",
        "union",
        "use",
    ];
    let mut tokens = body.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return None };
    let is_item = |token| matches!(token, TokenTree::Ident(ident) if ITEMS.iter().any(|word| ident == word));
    let stays =
        group.delimiter() != Delimiter::Brace || group.stream().is_empty() || group.stream().into_iter().any(is_item);
    (!stays).then_some(group)
}
