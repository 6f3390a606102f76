//! Code for `TypedKey`: the key as the name of an entry. Nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Generics, Ident, Path};

use super::expand::{ID, each_shape, write_id, write_tenant};
use super::parse::VersionArg;
use super::tags_expand::tags;
use super::valid::{Key, Role, Shape, Typed};
use crate::derive::generics;
use crate::start::at_start;

pub(super) fn typed_impls(input: &DeriveInput, key: &Key<'_>, typed: &Typed<'_>, bounded: &Generics) -> TokenStream {
    let Key { runtime, private: p, .. } = key;
    let name = &input.ident;
    let value = typed.value;
    let (impl_generics, ty_generics, where_clause) = bounded.split_for_impl();
    let spec = spec(key, typed);
    let write_id = each_shape(key, &ID, |shape| write_id(key, shape));
    let write_tenant = typed.tenant.then(|| {
        let write = each_shape(key, &[Role::Tenant], |shape| {
            shape.with(&[Role::Tenant]).map(|field| write_tenant(p, field)).collect()
        });
        quote! {
            fn write_tenant(&self, __cache_out: &mut #runtime::KeyWriter) -> #runtime::Tenancy {
                #write
            }
        }
    });
    let tags = tags(key, typed);
    let accepts = typed.validate.map(|validate| {
        quote! {
            fn accepts(&self, __cache_value: &Self::Value) -> bool {
                #p::validate(self, __cache_value, #validate)
            }
        }
    });
    let sharing = typed.policies.has("local").then(|| {
        quote! {
            fn sharing() -> ::core::option::Option<#p::Sharing<#value>> {
                use #p::via::*;
                #p::share::<#value, _, _>((&&&&#p::plain::<#value>()).shared())
            }
        }
    });
    let registered = generics::as_static(name, &input.generics).map(|ty| {
        // There is but one type of this name where the key is declared.
        let start = Ident::new(&format!("__CACHE_START_{}", name.unraw()), Span::call_site());
        at_start(&start, quote!(#p::list::<#ty>))
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::TypedKey for #name #ty_generics #where_clause {
            type Value = #value;
            const SPEC: #p::KeySpec = #spec;
            fn write_id(&self, __cache_out: &mut #runtime::KeyWriter) {
                #write_id
            }
            #write_tenant
            #tags
            #accepts
            #sharing
        }
        #registered
    }
}

/// `KeySpec::new("user").version(..)..`
fn spec(key: &Key<'_>, typed: &Typed<'_>) -> TokenStream {
    let p = &key.private;
    let resource = typed.resource;
    let mut spec = quote!(#p::KeySpec::new(#resource));
    match typed.version {
        Some(VersionArg::Fixed(text)) => spec.extend(quote!(.version(#p::Version::Fixed(#text)))),
        Some(VersionArg::Auto) => {
            let value = typed.value;
            spec.extend(quote!(.version(#p::Version::Auto(<#value as #p::CacheSchema>::FINGERPRINT))));
        }
        None => {}
    }
    if let Some(suffix) = typed.suffix {
        spec.extend(quote!(.suffix(#suffix)));
    }
    if let Some(ttl) = typed.ttl {
        let ttl = ttl.expand(p);
        spec.extend(quote!(.ttl(#ttl)));
    }
    if let Some(ttl) = typed.none_ttl {
        let ttl = ttl.expand(p);
        spec.extend(quote!(.none_ttl(#ttl)));
    }
    let parts = parts(p, &key.shapes);
    if !parts.is_empty() {
        spec.extend(quote!(.parts(&[#(#parts),*])));
    }
    if !typed.tags.is_empty() {
        let templates = typed.tags.iter().map(|tag| &tag.literal);
        spec.extend(quote!(.tags(&[#(#templates),*])));
    }
    if typed.tenant {
        spec.extend(quote!(.tenant()));
    }
    if let Some(policy) = crate::expand::policy(&quote!(#p), typed.policies) {
        spec.extend(quote!(.policy(#policy)));
    }
    spec
}

/// The parts for the registry. The parts of an enum depend on the variant, so there they are `variant` and `..`.
fn parts(p: &Path, shapes: &[Shape<'_>]) -> Vec<TokenStream> {
    match shapes {
        [shape] if shape.variant.is_none() => shape
            .with(&ID)
            .map(|field| {
                let name = &field.name;
                let new = if field.role == Role::Hash { quote!(hashed) } else { quote!(new) };
                quote!(#p::KeyPart::#new(#name))
            })
            .collect(),
        shapes => {
            let mut parts = vec![quote!(#p::KeyPart::new("variant"))];
            if shapes.iter().any(|shape| shape.with(&ID).next().is_some()) {
                parts.push(quote!(#p::KeyPart::new("..")));
            }
            parts
        }
    }
}
