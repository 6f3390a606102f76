//! Code for the tags of an entry: those of its key, and those that name its value. Nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Member, Path};

use super::tags::{Piece, Tag};
use super::valid::{Key, KeyField, Role, Typed};

/// `fn tags(&self)` and `fn value_tags(&self)`, where there are such tags.
pub(super) fn tags(key: &Key<'_>, typed: &Typed<'_>) -> TokenStream {
    let p = &key.private;
    let (late, early): (Vec<&Tag>, Vec<&Tag>) = typed.tags.iter().partition(|tag| tag.is_late());
    let tags = (!early.is_empty()).then(|| {
        let arms = arms(key, &early, |tag, fields| text(p, tag, fields));
        quote! {
            fn tags(&self) -> ::std::vec::Vec<#p::Cow<'static, str>> {
                match self { #arms }
            }
        }
    });
    let value_tags = (!late.is_empty()).then(|| {
        let arms = arms(key, &late, |tag, fields| late_text(p, typed, tag, fields));
        let value = typed.value;
        quote! {
            fn value_tags(&self) -> ::std::vec::Vec<#p::ValueTag<#value>> {
                match self { #arms }
            }
        }
    });
    quote!(#tags #value_tags)
}

/// `Self::A { 0: __cache_0, .. } => vec![..],` for each shape, binding only what the tags use.
fn arms(key: &Key<'_>, tags: &[&Tag], text: impl Fn(&Tag, &[&KeyField<'_>]) -> TokenStream) -> TokenStream {
    let every = [Role::Part, Role::Hash, Role::Tenant, Role::Skip];
    let used = |name: &String| {
        tags.iter().any(|tag| tag.pieces.iter().any(|piece| matches!(piece, Piece::Field(field) if field == name)))
    };
    let arms = key.shapes.iter().map(|shape| {
        let fields: Vec<_> = shape.with(&every).filter(|field| used(&field.name)).collect();
        let bindings = fields.iter().map(|KeyField { member, variable, .. }| quote!(#member: #variable));
        let path = shape.variant.map_or_else(|| quote!(Self), |variant| quote!(Self::#variant));
        let rest = (fields.len() < shape.fields.len()).then(|| quote!(..));
        let texts = tags.iter().map(|tag| text(tag, &fields));
        quote!(#path { #(#bindings,)* #rest } => ::std::vec![#(#texts),*],)
    });
    arms.collect()
}

fn text(p: &Path, tag: &Tag, fields: &[&KeyField<'_>]) -> TokenStream {
    if let [Piece::Text(text)] = tag.pieces.as_slice() {
        return quote!(#p::Cow::Borrowed(#text));
    }
    let calls = tag.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(.text(#text)),
        Piece::Field(name) => {
            let variable = variable(tag, fields, name);
            quote!(.value(#variable))
        }
        Piece::Value(_) => TokenStream::new(),
    });
    quote!(#p::TagText::new() #(#calls)* .finish())
}

fn late_text(p: &Path, typed: &Typed<'_>, tag: &Tag, fields: &[&KeyField<'_>]) -> TokenStream {
    let value = typed.value;
    let span = tag.literal.span().resolved_at(Span::call_site());
    let calls = tag.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(.text(#text)),
        Piece::Field(name) => {
            let variable = variable(tag, fields, name);
            quote!(.key(#variable))
        }
        // What is wrong with the field is said at the tag.
        Piece::Value(path) => {
            let members = path.iter().filter_map(|name| syn::parse_str::<Member>(name).ok()).map(|mut member| {
                match &mut member {
                    Member::Named(name) => name.set_span(span),
                    Member::Unnamed(index) => index.span = span,
                }
                member
            });
            let variable = Ident::new("__cache_value", span);
            quote::quote_spanned!(span=> .value(|#variable| #p::tag_text(&#variable #(.#members)*)))
        }
    });
    quote!(#p::ValueTag::<#value>::new() #(#calls)*)
}

/// The variable of the key's field, at the tag.
fn variable(tag: &Tag, fields: &[&KeyField<'_>], name: &str) -> Option<Ident> {
    let span = tag.literal.span().resolved_at(Span::call_site());
    fields.iter().find(|field| field.name == name).map(|field| Ident::new(&field.variable.to_string(), span))
}
