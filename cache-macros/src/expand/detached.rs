//! A body that can go on without its caller: it borrows nothing.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt as _;

use super::{at, future, mixed, respan};
use crate::detach::Lent;
use crate::func::Func;
use crate::scan::{any_ident, variable};

/// In: `{ db.user(id).await }` with `db: &Db`.
/// Out: `{ let __cache_own_db = p::own(&*db); async move { let db = __cache_own_db.lend(); { db.user(id).await } } }`.
pub(super) fn body(p: &TokenStream, func: &Func, lent: &[Lent]) -> TokenStream {
    let mixed = mixed();
    let (pin_type, body) = (future::pin_type(p, func), func.body());
    // What the body does not name is not cloned for it.
    let (own, lend): (TokenStream, TokenStream) =
        lent.iter().filter(|lent| names(&body, &lent.ident)).map(|lent| own(p, lent, "own")).unzip();
    quote_spanned! {mixed=> {
        #own
        async move { #lend #pin_type #body }
    }}
}

/// The two halves: `let __cache_own_db = p::own(&*db);` and `let db = __cache_own_db.lend();`.
pub(super) fn own(p: &TokenStream, lent: &Lent, kind: &str) -> (TokenStream, TokenStream) {
    let mixed = mixed();
    let Lent { ident, mutable, span } = lent;
    let (mut argument, span) = (ident.clone(), at(*span));
    argument.set_span(ident.span().located_at(span));
    let q = &respan(p, span);
    let own = Ident::new(&format!("__cache_{kind}_{}", ident.unraw()), mixed);
    // A name that is `mut` for the body's sake counts as changed out here as well. The borrow of what is borrowed keeps the
    // compiler from looking at the reference for a cause.
    let through = mutable.then(|| quote_spanned!(span=> *&mut));
    let mutability = mutable.then(|| quote_spanned!(mixed=> mut));
    let before = quote_spanned!(span=> let #own = #q::own(&*#through #argument););
    let inside = quote_spanned! {mixed=>
        #[allow(unused_mut, unused_variables, clippy::shadow_unrelated)]
        let #mutability #ident = #own.lend();
    };
    (before, inside)
}

/// Whether the body may use this name, be it in a macro or in a format string.
fn names(body: &TokenStream, ident: &Ident) -> bool {
    any_ident(body, &|found| found.unraw() == ident.unraw())
        || variable(body, &ident.unraw().to_string()).is_some_and(|found| matches!(found, TokenTree::Literal(_)))
}
