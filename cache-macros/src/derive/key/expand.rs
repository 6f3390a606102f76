//! Code for `CacheKey`: the key as a part of another, and what all implementations share. Nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{DeriveInput, Generics, Ident, Member, Path, parse_quote};

use super::parse::{Parsed, VersionArg};
use super::typed::typed_impls;
use super::valid::{Key, KeyField, Role, Shape};
use crate::derive::{generics, runtime, words};

const WRITTEN: [Role; 3] = [Role::Part, Role::Hash, Role::Tenant];
pub(super) const ID: [Role; 2] = [Role::Part, Role::Hash];

pub(super) fn expand(input: &DeriveInput, key: &Key<'_>) -> TokenStream {
    let Key { runtime, private: p, .. } = key;
    let name = &input.ident;
    let bounded = with_bounds(input, key);
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let write_key = match key.shapes.as_slice() {
        // The parts of the id, in parentheses.
        [shape] if key.typed.is_some() && shape.named && shape.variant.is_none() && same_as_id(shape) => {
            quote!(#p::group(self, __cache_out);)
        }
        _ => each_shape(key, &WRITTEN, |shape| write_part(key, shape)),
    };
    let is_absent = transparent(&key.shapes).map(|_| {
        let ask = each_shape(key, &WRITTEN, |shape| {
            let ask = quote!(#p::CacheKey::is_absent);
            shape.with(&WRITTEN).map(|field| call_at(field, &ask, |variable| variable)).collect()
        });
        quote! {
            fn is_absent(&self) -> ::core::primitive::bool {
                #ask
            }
        }
    });
    let typed = key.typed.as_ref().map(|typed| typed_impls(input, key, typed, &bounded));
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::CacheKey for #name #ty_generics #where_clause {
            fn write_key(&self, __cache_out: &mut #runtime::KeyWriter) {
                #write_key
            }
            #is_absent
        }
        #typed
    }
}

/// Implementations that do nothing, so that a mistake in the attribute is the only error.
pub(super) fn dummy(input: &DeriveInput, parsed: &Parsed) -> TokenStream {
    let p = &parsed.args.runtime.get().cloned().unwrap_or_else(runtime);
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let typed = parsed.args.value.get().map(|value| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #p::__private::TypedKey for #name #ty_generics #where_clause {
                type Value = #value;
                const SPEC: #p::__private::KeySpec = #p::__private::KeySpec::new("");
                fn write_id(&self, _: &mut #p::__private::KeyWriter) {}
            }
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #p::__private::CacheKey for #name #ty_generics #where_clause {
                fn write_key(&self, _: &mut #p::__private::KeyWriter) {}
            }
            #typed
        };
    }
}

/// `match self { Self::A { 0: __cache_0, .. } => .., .. }`, binding only what the arms use; a struct names its fields itself.
pub(super) fn each_shape(key: &Key<'_>, roles: &[Role], arm: impl Fn(&Shape<'_>) -> TokenStream) -> TokenStream {
    if let [shape] = key.shapes.as_slice()
        && shape.variant.is_none()
    {
        return arm(shape);
    }
    let arms = key.shapes.iter().map(|shape| {
        let body = arm(shape);
        let used = |field: &&KeyField<'_>| roles.contains(&field.role);
        let bindings =
            shape.fields.iter().filter(used).map(|KeyField { member, variable, .. }| quote!(#member: #variable));
        let rest = shape.fields.iter().any(|field| !used(&field)).then(|| quote!(..));
        let variant = shape.variant;
        (quote!(Self::#variant { #(#bindings,)* #rest }), body)
    });
    let (patterns, bodies): (Vec<_>, Vec<_>) = arms.unzip();
    quote!(match self { #(#patterns => { #bodies })* })
}

/// The one written field of a newtype, which the newtype writes as its own.
fn transparent<'a>(shapes: &'a [Shape<'_>]) -> Option<&'a KeyField<'a>> {
    let [shape] = shapes else { return None };
    let mut written = shape.with(&WRITTEN);
    let field = written.next().filter(|_| !shape.named && shape.variant.is_none() && written.next().is_none())?;
    (field.role != Role::Hash).then_some(field)
}

/// Whether it has fields in its id, and writes no others.
fn same_as_id(shape: &Shape<'_>) -> bool {
    shape.with(&ID).next().is_some() && shape.with(&[Role::Tenant]).next().is_none()
}

/// As a part of another key: `(a,b)`, `Name` or `Name(a,b)`; a newtype as what is in it.
fn write_part(key: &Key<'_>, shape: &Shape<'_>) -> TokenStream {
    let Key { runtime, private: p, .. } = key;
    let mut fields = shape.with(&WRITTEN);
    if let (false, None, Some(field), None) = (shape.named, shape.variant, fields.next(), fields.next()) {
        let method = if field.role == Role::Hash {
            return call_at(field, &quote!(#runtime::KeyWriter::hash_of), |variable| quote!(__cache_out, #variable));
        } else {
            quote!(#p::CacheKey::write_key)
        };
        return call_at(field, &method, |variable| quote!(#variable, __cache_out));
    }
    let name = shape.variant.map(|variant| {
        let text = words::plain(variant);
        quote!(__cache_out.text(#text);)
    });
    let parts: Vec<_> = shape.with(&WRITTEN).map(|field| write_field(key, field)).collect();
    let group = if !parts.is_empty() {
        quote!(__cache_out.group(|__cache_out| { #(#parts)* });)
    } else if name.is_none() {
        quote!(__cache_out.group(|_| {});)
    } else {
        TokenStream::new()
    };
    quote!(#name #group)
}

/// As the id of an entry: the parts without parentheses; for an enum, its variant's name comes first.
pub(super) fn write_id(key: &Key<'_>, shape: &Shape<'_>) -> TokenStream {
    let name = shape.variant.map(|variant| {
        let text = words::plain(variant);
        quote!(__cache_out.part(#text);)
    });
    let parts = shape.with(&ID).map(|field| write_field(key, field));
    quote!(#name #(#parts)*)
}

fn write_field(key: &Key<'_>, field: &KeyField<'_>) -> TokenStream {
    let Key { runtime, private: p, .. } = key;
    if field.role == Role::Tenant {
        let call = write_tenant(p, field);
        return quote!(#call;);
    }
    let method = if field.role == Role::Hash { quote!(hashed) } else { quote!(part) };
    let call = call_at(field, &quote!(#runtime::KeyWriter::#method), |variable| quote!(__cache_out, #variable));
    quote!(#call;)
}

/// The same call in both traits, so that a tenant that is no key part is one error.
pub(super) fn write_tenant(p: &Path, field: &KeyField<'_>) -> TokenStream {
    call_at(field, &quote!(#p::tenant), |variable| quote!(#variable, __cache_out))
}

/// A call whose trait error is shown at the field's type.
pub(super) fn call_at(
    field: &KeyField<'_>,
    function: &TokenStream,
    args: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut tokens = field.ty.to_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let (first, last) = (first.resolved_at(Span::call_site()), last.resolved_at(Span::call_site()));
    // The expression is stretched over the whole type. A borrow of what is borrowed changes nothing.
    let value = if field.of_variant {
        let variable = Ident::new(&field.variable.to_string(), last);
        let (and, star) = (quote_spanned!(first=> &), quote_spanned!(first=> *));
        quote!(#and #star #variable)
    } else {
        let mut member = field.member.clone();
        match &mut member {
            Member::Named(name) => name.set_span(last),
            Member::Unnamed(index) => index.span = last,
        }
        let own = quote_spanned!(first=> &self);
        quote_spanned!(last=> #own.#member)
    };
    let args = args(value);
    quote!(#function(#args))
}

/// The bounds that fields of generic types ask for; exact ones, so that phantom parameters stay free.
fn with_bounds(input: &DeriveInput, key: &Key<'_>) -> Generics {
    let p = &key.private;
    let mut bounded = input.generics.clone();
    let predicates = &mut bounded.make_where_clause().predicates;
    for field in key.shapes.iter().flat_map(|shape| shape.with(&WRITTEN)) {
        let ty = field.ty;
        let params = generics::params_in(&input.generics, ty);
        if generics::mentions(&input.ident, ty) {
            // The type's own bound would ask for itself without end.
            predicates.extend(params.iter().map(|param| -> syn::WherePredicate { parse_quote!(#param: #p::CacheKey) }));
        } else if !params.is_empty() {
            predicates.push(parse_quote!(#ty: #p::CacheKey));
        }
    }
    let Some(typed) = &key.typed else { return bounded };
    let value = typed.value;
    if !generics::params_in(&input.generics, value).is_empty() {
        if matches!(typed.version, Some(VersionArg::Auto)) {
            predicates.push(parse_quote!(#value: #p::CacheSchema));
        }
        if typed.policies.has("local") {
            predicates.push(parse_quote!(#value: #p::Shareable));
        }
    }
    bounded
}
