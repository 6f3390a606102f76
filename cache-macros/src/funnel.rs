//! From an attribute and a function to tokens, whatever goes wrong on the way.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Meta, ReturnType, Type};

use crate::args::{self, Which};
use crate::expand;
use crate::func::Func;
use crate::report::Report;
use crate::valid;

/// Expands one of the three attributes. With a mistake in it, the function comes out as it went in, beside the errors.
pub(crate) fn attribute(which: Which, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut func = match Func::parse(item.clone()) {
        Ok(func) => func,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let mut report = Report::default();
    let expanded = if which == Which::Cached {
        cached(args, &mut func, &mut report)
    } else {
        writes(which, args, &mut func, &mut report)
    };
    let unchanged = func.unchanged();
    match report.finish() {
        Some(errors) => quote!(#errors #unchanged),
        None => expanded.unwrap_or(unchanged),
    }
}

fn cached(args: TokenStream, func: &mut Func, report: &mut Report) -> Option<TokenStream> {
    for (which, attr) in take_ours(func, |_| true) {
        let message = match which {
            Which::Cached => "`#[cached]` is given twice; remove one".to_owned(),
            other => format!(
                "a function that is `#[cached]` does not always run, so it cannot have `#[{}]`; split it in two",
                other.name()
            ),
        };
        report.error(attr.path(), message);
    }
    check_function(Which::Cached, func, report);
    let given = parse(Which::Cached, args, func, report);
    let read = valid::read(given, func, report);
    read.filter(|_| report.is_empty()).map(|read| expand::cached(&read, func))
}

fn writes(which: Which, args: TokenStream, func: &mut Func, report: &mut Report) -> Option<TokenStream> {
    for (_, attr) in take_ours(func, |which| which == Which::Cached) {
        let message = format!(
            "a function that is `#[cached]` does not always run, so it cannot have `#[{}]`; split it in two",
            which.name()
        );
        report.error(attr.path(), message);
    }
    check_function(which, func, report);
    let mut all = vec![write(which, args, func, report)];
    let mut absorbed = TokenStream::new();
    // Attributes that are stacked act together: one task finishes them all, even when the caller is cancelled.
    for (which, attr) in take_ours(func, |_| true) {
        check_return(which, func, report);
        // Its import is used, although nothing resolves the attribute any more.
        let path = attr.path();
        absorbed.extend(quote!(#[allow(unused_imports)] use #path as _;));
        let args = match attr.meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        all.push(write(which, args, func, report));
    }
    given_once(all.iter().filter_map(|write| write.cache.as_ref()), "cache", report);
    given_once(all.iter().filter_map(|write| write.krate.as_ref()), "crate", report);
    report.is_empty().then(|| expand::writes(&all, &absorbed, func))
}

/// Attributes that act together use one cache.
fn given_once<T: quote::ToTokens>(mut given: impl Iterator<Item = T>, name: &str, report: &mut Report) {
    given.next();
    for again in given {
        report.error(again, format_args!("stacked attributes act together: give `{name}` on one of them"));
    }
}

fn write(which: Which, args: TokenStream, func: &Func, report: &mut Report) -> valid::Write {
    let given = parse(which, args, func, report);
    valid::write(which, given, func, report)
}

fn parse(which: Which, args: TokenStream, func: &Func, report: &mut Report) -> args::Given {
    let args = match func.self_name() {
        Some(name) => crate::scan::rename_self(args, name),
        None => args,
    };
    args::parse(which, args, &|word| func.param(word).is_some(), report)
}

/// Removes attributes of this crate from the function.
fn take_ours(func: &mut Func, wanted: impl Fn(Which) -> bool) -> Vec<(Which, Attribute)> {
    let mut ours = Vec::new();
    func.attrs.retain(|attr| {
        let path = attr.path();
        let last = path.segments.last();
        let which = Which::ALL.into_iter().find(|which| last.is_some_and(|last| last.ident == which.name()));
        match which {
            Some(which) if path.segments.len() <= 2 && wanted(which) => {
                ours.push((which, attr.clone()));
                false
            }
            _ => true,
        }
    });
    ours
}

fn check_function(which: Which, func: &Func, report: &mut Report) {
    let name = which.name();
    if !func.has_body() {
        report.error(
            &func.sig.ident,
            format_args!("a declaration has no body to run; put `#[{name}]` on the methods of the `impl`"),
        );
    } else if !func.is_async() {
        report.error(func.sig.fn_token, format_args!("`#[{name}]` goes on an `async fn`; write `async fn`"));
    }
    check_return(which, func, report);
}

/// Whether there is a value to store, as far as spelling tells.
fn check_return(which: Which, func: &Func, report: &mut Report) {
    if which == Which::Invalidates {
        return;
    }
    let name = which.name();
    let Some(ty) = func.returns() else {
        if matches!(func.sig.output, ReturnType::Default) {
            let end = func.sig.paren_token.span.close();
            report.push(syn::Error::new(
                end,
                format_args!("`#[{name}]` stores what the function returns; add a return type: `-> T`"),
            ));
        }
        return;
    };
    let message = match ty {
        Type::Never(_) => "a function that never returns has nothing to store",
        Type::Tuple(tuple) if tuple.elems.is_empty() => "there is nothing to store in `()`; return the value",
        Type::Reference(_) => "a reference cannot be stored; return an owned value, such as `String` for `&str`",
        Type::ImplTrait(_) if !func.is_async() => return,
        Type::ImplTrait(_) => "an `impl Trait` has no type to read it back as; name the type",
        Type::Path(path) if path.path.segments.last().is_some_and(ok_of_unit) => {
            "there is nothing to store in `()`; return the value"
        }
        _ => return,
    };
    report.error(ty.to_token_stream(), message);
}

/// `Result<(), E>`, `Option<()>`.
fn ok_of_unit(last: &syn::PathSegment) -> bool {
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else {
        return false;
    };
    let unit =
        matches!(args.args.first(), Some(syn::GenericArgument::Type(Type::Tuple(tuple))) if tuple.elems.is_empty());
    unit && (last.ident == "Result" || last.ident == "Option")
}
