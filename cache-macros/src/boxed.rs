//! Methods as `#[async_trait]` leaves them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{
    Expr, ExprAsync, ExprCall, GenericArgument, Pat, PathArguments, ReturnType, Signature, Stmt, Type, TypeParamBound,
};

use crate::func::statements;

/// `Box::pin(async move { PREFIX; let __ret: R = BODY; __ret })`, taken apart.
pub(crate) struct Boxed {
    /// What the future gives.
    pub(crate) output: Type,
    /// The user's body.
    pub(crate) body: TokenStream,
    /// The patterns of parameters, which are bound inside the future, and the names under which they come in.
    pub(crate) patterns: Vec<(Pat, String)>,
    /// What `self` is called inside.
    pub(crate) self_name: Option<Ident>,
    before: Vec<Stmt>,
    call: ExprCall,
    future: ExprAsync,
    prefix: Vec<Stmt>,
}

impl Boxed {
    pub(crate) fn find(sig: &Signature, body: &Group) -> Option<Self> {
        let ReturnType::Type(_, returned) = &sig.output else {
            return None;
        };
        let output = output(returned)?.clone();
        let mut before = statements(body).ok()?;
        let Some(Stmt::Expr(Expr::Call(mut call), None)) = before.pop() else {
            return None;
        };
        let Expr::Path(path) = &*call.func else {
            return None;
        };
        if path.path.segments.last()?.ident != "pin" || call.args.len() != 1 {
            return None;
        }
        let Some(Expr::Async(future)) = call.args.pop() else {
            return None;
        };
        call.args = Punctuated::new();
        let (prefix, body) = split(&future);
        let lets = prefix.iter().filter_map(|stmt| match stmt {
            Stmt::Local(local) => Some(local),
            _ => None,
        });
        let mut patterns = Vec::new();
        let mut self_name = None;
        for local in lets {
            let from = local.init.as_ref().map(|init| init.expr.to_token_stream().to_string()).unwrap_or_default();
            match &local.pat {
                Pat::Ident(name) if from == "self" => self_name = Some(name.ident.clone()),
                // `let (a, b) = { let __arg1 = __arg1; __arg1 };`
                pat => {
                    let came = from.split(' ').find(|word| word.starts_with("__"));
                    patterns.extend(came.map(|name| (pat.clone(), name.to_owned())));
                }
            }
        }
        Some(Self { output, body, patterns, self_name, before, call, future, prefix })
    }

    /// The whole body again, with `inside` instead of the user's.
    pub(crate) fn around(&self, inside: TokenStream) -> TokenStream {
        let Self { before, call, future, prefix, .. } = self;
        let (path, token, capture) = (&call.func, &future.async_token, &future.capture);
        let mut block = Group::new(Delimiter::Brace, quote!(#(#prefix)* #inside));
        block.set_span(Span::mixed_site().located_at(future.block.brace_token.span.join()));
        quote!(#(#before)* #path(#token #capture #block))
    }
}

/// What comes before the user's body, and the body.
fn split(future: &ExprAsync) -> (Vec<Stmt>, TokenStream) {
    let stmts = &future.block.stmts;
    let body_of = |stmt: &Stmt| match stmt {
        Stmt::Local(local) if matches!(local.pat, Pat::Type(_)) => {
            local.init.as_ref().map(|init| init.expr.to_token_stream())
        }
        _ => None,
    };
    match stmts.as_slice() {
        // let __ret: R = BODY; __ret
        [prefix @ .., value, Stmt::Expr(Expr::Path(_), None)] if body_of(value).is_some() => {
            (prefix.to_vec(), body_of(value).unwrap_or_default())
        }
        // let _: () = BODY;
        [prefix @ .., value] if body_of(value).is_some() => (prefix.to_vec(), body_of(value).unwrap_or_default()),
        _ => (Vec::new(), future.block.to_token_stream()),
    }
}

/// `R` of `Pin<Box<dyn Future<Output = R> + ..>>`.
fn output(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(group) => output(&group.elem),
        Type::Paren(paren) => output(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(args) = &last.arguments else {
                return None;
            };
            if last.ident != "Pin" && last.ident != "Box" {
                return None;
            }
            args.args.iter().find_map(|arg| match arg {
                GenericArgument::Type(ty) => output(ty),
                _ => None,
            })
        }
        Type::TraitObject(object) => object.bounds.iter().find_map(future_output),
        _ => None,
    }
}

fn future_output(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return None;
    };
    if last.ident != "Future" {
        return None;
    }
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(&assoc.ty),
        _ => None,
    })
}
