//! Reads `#[cache(name, name = .., name(..))]` argument by argument, going on after a mistake.

use proc_macro2::TokenTree;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Meta, Result, Token, parenthesized};

use super::report::Report;

/// Calls `each` at every argument, with the input just behind its name.
pub(super) fn each_arg(
    report: &mut Report,
    attribute: &Attribute,
    example: &str,
    mut each: impl FnMut(&mut Report, &Ident, ParseStream<'_>) -> Result<()>,
) {
    let Meta::List(list) = &attribute.meta else {
        let name = attribute.path();
        report.at(&attribute.meta, format_args!("`{}` needs arguments: `{example}`", quote::quote!(#name)));
        return;
    };
    let done = list.parse_args_with(|input: ParseStream<'_>| {
        while !input.is_empty() {
            let arg = input.call(Ident::parse_any).and_then(|name| {
                each(report, &name, input)?;
                if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected `,`")) }
            });
            if let Err(error) = arg {
                report.push(error);
                skip_to_comma(input);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    });
    if let Err(error) = done {
        report.push(error);
    }
}

/// `= value`.
pub(super) fn value<T: Parse>(name: &Ident, input: ParseStream<'_>, example: &str) -> Result<T> {
    assign(name, input, example)?;
    let fork = input.fork();
    fork.parse::<T>().map_err(|error| syn::Error::new(error.span(), format_args!("{error}; write `{example}`")))?;
    input.parse()
}

/// The `=` of an argument that needs a value.
pub(super) fn assign(name: &Ident, input: ParseStream<'_>, example: &str) -> Result<()> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(name, format_args!("`{name}` needs a value: `{example}`")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(name, format_args!("`{name}` needs a value: `{example}`")));
    }
    Ok(())
}

/// Says that an argument takes no value, if it has one.
pub(super) fn flag(name: &Ident, input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(syn::Error::new_spanned(name, format_args!("`{name}` takes no value: write `{name}` alone")))
}

/// `(item, item)`.
pub(super) fn items<T: Parse>(name: &Ident, input: ParseStream<'_>, example: &str) -> Result<Vec<T>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new_spanned(name, format_args!("`{name}` takes a list: `{example}`")));
    }
    let content;
    parenthesized!(content in input);
    let items = content
        .parse_terminated(T::parse, Token![,])
        .map_err(|error| syn::Error::new(error.span(), format_args!("{error}; write `{example}`")))?;
    if items.is_empty() {
        return Err(syn::Error::new_spanned(
            name,
            format_args!("`{name}` is empty: write `{example}`, or leave it out"),
        ));
    }
    Ok(items.into_iter().collect())
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}
