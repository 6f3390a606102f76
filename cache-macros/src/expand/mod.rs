//! Valid attributes into code. Nothing here can fail; `ARCHITECTURE.md` shows what comes out.

mod cached;
mod detached;
mod future;
mod key;
mod policy;
mod site;
mod tags;
mod value;
mod write;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

pub(crate) use self::cached::expand as cached;
pub(crate) use self::policy::policy;
pub(crate) use self::write::expand as writes;

use crate::detach::Lent;
use crate::func::Func;
use crate::scan::variable;

/// Names that cannot meet the user's.
fn mixed() -> Span {
    Span::mixed_site()
}

/// An invented name at a place of the user's, so that errors point there.
fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// A short name for `::cache_runtime::__private`, or that of `crate = ..`, and the item that gives it.
/// `traits` brings the traits that find shapes into scope as well; they have no names.
fn private(krate: Option<&Path>, traits: bool) -> (TokenStream, TokenStream) {
    let mixed = mixed();
    let path = match krate {
        Some(path) => quote_spanned!(mixed=> #path::__private),
        None => quote_spanned!(mixed=> ::cache_runtime::__private),
    };
    let import = if traits {
        quote_spanned!(mixed=> use #path::{self as __cache_p, via::*};)
    } else {
        quote_spanned!(mixed=> use #path as __cache_p;)
    };
    (quote_spanned!(mixed=> __cache_p), import)
}

/// The same path, elsewhere, so that an error about what follows it points there.
pub(crate) fn respan(path: &TokenStream, span: Span) -> TokenStream {
    let respan = |mut token: proc_macro2::TokenTree| {
        token.set_span(span);
        token
    };
    path.clone().into_iter().map(respan).collect()
}

/// Finds the shape of the return type by method lookup, on its own.
fn shape(p: &TokenStream, func: &Func) -> TokenStream {
    lookup(p, &probe(p, func))
}

/// The same where the traits are in scope already.
fn bare_shape(p: &TokenStream, func: &Func) -> TokenStream {
    let (mixed, probe) = (mixed(), probe(p, func));
    quote_spanned!(mixed=> (&&&#probe).shape())
}

fn probe(p: &TokenStream, func: &Func) -> TokenStream {
    let (span, ty) = (func.return_span(), func.return_type());
    let q = &respan(p, span);
    quote_spanned!(span=> #q::Probe::<#ty>::NEW)
}

fn lookup(p: &TokenStream, probe: &TokenStream) -> TokenStream {
    let mixed = mixed();
    quote_spanned! {mixed=> {
        use #p::via::*;
        (&&&#probe).shape()
    }}
}

/// Parameters that an expression needs after the body may have moved them: copies, made before.
///
/// In: `ttl = plan.ttl(ret)` with `plan: Plan`. Out: `let __cache_keep_plan = Clone::clone(&plan);` before the body and
/// `let plan = __cache_keep_plan;` around the expression. A reference needs no copy, unless it is `lent`: then the expressions
/// are evaluated where the caller may be gone.
struct Kept {
    before: TokenStream,
    after: TokenStream,
}

fn keep(p: &TokenStream, func: &Func, lent: &[Lent], expressions: &[TokenStream]) -> Kept {
    let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
    let mixed = mixed();
    for param in &func.params {
        let ident = &param.ident;
        let name = ident.to_string();
        let name = name.trim_start_matches("r#");
        let Some(used) = expressions.iter().find_map(|tokens| variable(tokens, name)) else {
            continue;
        };
        if let Some(lent) = lent.iter().find(|lent| lent.ident == *ident) {
            let (own, lend) = detached::own(p, lent, "keep");
            before.extend(own);
            after.extend(lend);
            continue;
        }
        if param.reference {
            continue;
        }
        let span = at(used.span());
        let kept = Ident::new(&format!("__cache_keep_{name}"), mixed);
        before.extend(quote_spanned!(span=> let #kept = ::core::clone::Clone::clone(&#ident);));
        // The parameter's own name, as the expression uses it; the lint is about names that users choose.
        after.extend(quote_spanned!(mixed=> #[allow(clippy::shadow_unrelated)] let #ident = #kept;));
    }
    Kept { before, after }
}

/// `{ .. }` unless there is nothing to put before the expression.
fn block(before: &TokenStream, expression: TokenStream) -> TokenStream {
    if before.is_empty() { expression } else { quote!({ #before #expression }) }
}
