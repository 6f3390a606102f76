//! The fingerprint as a constant expression over those of the fields. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{DeriveInput, Fields, Generics, Path, Type, TypePath, WherePredicate, parse_quote};

use super::parse::{Body, FieldShape, Parsed, VariantShape};
use super::rename;
use super::serde_args::SerdeArgs;
use crate::derive::{generics, words};

pub(super) fn expand(input: &DeriveInput, parsed: &Parsed<'_>) -> TokenStream {
    let mut shaper = Shaper { input, p: &parsed.runtime, bounds: Vec::new() };
    let fingerprint = shaper.container(parsed);
    let mut generics = input.generics.clone();
    if !shaper.bounds.is_empty() {
        generics.make_where_clause().predicates.extend(shaper.bounds);
    }
    implement(input, &generics, &parsed.runtime, &fingerprint)
}

/// An implementation of no meaning, so that the mistake in the attribute is the only error.
pub(super) fn dummy(input: &DeriveInput, parsed: &Parsed<'_>) -> TokenStream {
    implement(input, &input.generics, &parsed.runtime, &quote!(0))
}

fn implement(input: &DeriveInput, generics: &Generics, p: &Path, fingerprint: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::__private::CacheSchema for #name #ty_generics #where_clause {
            const FINGERPRINT: ::core::primitive::u64 = #fingerprint;
        }
    }
}

/// `serialize` and `deserialize` forms of `rename_all`.
type Cases<'a> = (Option<&'a str>, Option<&'a str>);

struct Shaper<'a> {
    input: &'a DeriveInput,
    p: &'a Path,
    bounds: Vec<WherePredicate>,
}

impl Shaper<'_> {
    fn container(&mut self, parsed: &Parsed<'_>) -> TokenStream {
        let p = self.p;
        let serde = &parsed.serde;
        if let Some(name) = &parsed.opaque {
            return quote!(#p::__private::hash::opaque(#name));
        }
        // What stands in for this type, and in which direction.
        let into = self.other_type(serde.text("into"));
        let from = self.other_type(serde.text("from").or(serde.text("try_from")));
        match (into, from) {
            (Some(into), Some(from)) => quote!(#p::__private::hash::ordered("converted", &[#into, #from])),
            (None, None) => self.own_shape(parsed),
            (into, from) => {
                let own = self.own_shape(parsed);
                let (into, from) = (into.unwrap_or_else(|| own.clone()), from.unwrap_or(own));
                quote!(#p::__private::hash::ordered("converted", &[#into, #from]))
            }
        }
    }

    fn other_type(&mut self, name: Option<&str>) -> Option<TokenStream> {
        // What is no type is serde's to report.
        let ty: Type = syn::parse_str(name?).ok()?;
        Some(self.of_type(&ty))
    }

    fn own_shape(&mut self, parsed: &Parsed<'_>) -> TokenStream {
        let serde = &parsed.serde;
        match &parsed.body {
            Body::Struct(fields) if serde.has("transparent") => self.transparent(fields, serde),
            Body::Struct(fields) => self.structure(fields, serde),
            Body::Enum(variants) => self.enumeration(variants, serde),
            Body::Union => quote!(0),
        }
    }

    /// The one field that is written.
    fn transparent(&mut self, fields: &[FieldShape<'_>], container: &SerdeArgs) -> TokenStream {
        let written = |field: &&FieldShape<'_>| !field.serde.is_unwritten() && !is_phantom(&field.field.ty);
        match fields.iter().find(written) {
            Some(field) => self.field(field, container),
            None => self.of_type(&parse_quote!(())),
        }
    }

    fn structure(&mut self, fields: &[FieldShape<'_>], serde: &SerdeArgs) -> TokenStream {
        let p = self.p;
        let tag = serde.text("tag").map(|tag| {
            // The only place where the name of a struct is written.
            let (written, read) = names(&words::plain(&self.input.ident), serde, (None, None), rename::field);
            quote!(#p::__private::hash::named(#tag, #written, #read, 0))
        });
        let kind = match self.input.data {
            syn::Data::Struct(ref data) => &data.fields,
            _ => &Fields::Unit,
        };
        match kind {
            Fields::Unit if tag.is_none() => self.of_type(&parse_quote!(())),
            Fields::Unnamed(_) => self.tuple(fields, serde),
            _ => self.named(fields, serde, serde.both("rename_all"), tag),
        }
    }

    fn enumeration(&mut self, variants: &[VariantShape<'_>], serde: &SerdeArgs) -> TokenStream {
        let p = self.p;
        let untagged = serde.has("untagged");
        let cases = serde.both("rename_all");
        let mut parts = Vec::new();
        for variant in variants.iter().filter(|variant| !variant.serde.is_unwritten()) {
            let content = self.content(variant, serde);
            let name = words::plain(&variant.variant.ident);
            let (written, read) = names(&name, &variant.serde, cases, rename::variant);
            let mut part = if untagged {
                content
            } else if variant.serde.has("untagged") {
                // Tried in order, after the named ones.
                let order = format!("untagged {}", parts.len());
                quote!(#p::__private::hash::marked(#order, #content))
            } else {
                quote!(#p::__private::hash::named("variant", #written, #read, #content))
            };
            for remark in ["other", "skip_deserializing"] {
                if variant.serde.has(remark) {
                    part = quote!(#p::__private::hash::marked(#remark, #part));
                }
            }
            parts.push(part);
        }
        if untagged {
            return quote!(#p::__private::hash::ordered("enum, untagged", &[#(#parts),*]));
        }
        let shape = quote!(#p::__private::hash::unordered("enum", &[#(#parts),*]));
        let representation = match (serde.text("tag"), serde.text("content")) {
            (Some(tag), Some(content)) => format!("tag {tag:?}, content {content:?}"),
            (Some(tag), None) => format!("tag {tag:?}"),
            _ => return shape,
        };
        quote!(#p::__private::hash::marked(#representation, #shape))
    }

    fn content(&mut self, variant: &VariantShape<'_>, container: &SerdeArgs) -> TokenStream {
        let p = self.p;
        if let Some(functions) = variant.serde.functions() {
            let types = variant.fields.iter().map(|field| words::token_text(field.field.ty.to_token_stream()));
            let text = format!("{functions}: {}", types.collect::<Vec<_>>().join(", "));
            return quote!(#p::__private::hash::opaque(#text));
        }
        match &variant.variant.fields {
            Fields::Unit => quote!(#p::__private::hash::leaf("unit variant")),
            Fields::Unnamed(fields) => {
                let content = self.tuple(&variant.fields, container);
                if fields.unnamed.len() == 1 {
                    quote!(#p::__private::hash::marked("newtype variant", #content))
                } else {
                    content
                }
            }
            Fields::Named(_) => {
                let inherited = container.both("rename_all_fields");
                let own = variant.serde.both("rename_all");
                self.named(&variant.fields, container, (own.0.or(inherited.0), own.1.or(inherited.1)), None)
            }
        }
    }

    /// By place; a newtype is what is in it.
    fn tuple(&mut self, fields: &[FieldShape<'_>], container: &SerdeArgs) -> TokenStream {
        let p = self.p;
        let parts: Vec<_> = fields
            .iter()
            .filter(|field| !field.serde.is_unwritten())
            .map(|field| self.field(field, container))
            .collect();
        match (fields.len(), parts.as_slice()) {
            (1, [one]) => one.clone(),
            _ => quote!(#p::__private::hash::tuple(&[#(#parts),*])),
        }
    }

    /// By name, in any order.
    fn named(
        &mut self,
        fields: &[FieldShape<'_>],
        container: &SerdeArgs,
        cases: Cases<'_>,
        tag: Option<TokenStream>,
    ) -> TokenStream {
        let p = self.p;
        let mut parts: Vec<TokenStream> = tag.into_iter().collect();
        for shape in fields.iter().filter(|shape| !shape.serde.is_unwritten()) {
            let fingerprint = self.field(shape, container);
            parts.push(if shape.serde.has("flatten") {
                quote!(#p::__private::hash::marked("flatten", #fingerprint))
            } else {
                let name = shape.field.ident.as_ref().map(words::plain).unwrap_or_default();
                let (written, read) = names(&name, &shape.serde, cases, rename::field);
                quote!(#p::__private::hash::named("field", #written, #read, #fingerprint))
            });
        }
        quote!(#p::__private::hash::unordered("struct", &[#(#parts),*]))
    }

    fn field(&mut self, shape: &FieldShape<'_>, container: &SerdeArgs) -> TokenStream {
        let p = self.p;
        let serde = &shape.serde;
        let mut fingerprint = if let Some(name) = &shape.opaque {
            quote!(#p::__private::hash::opaque(#name))
        } else if let Some(functions) = serde.functions() {
            let text = format!("{functions}: {}", words::token_text(shape.field.ty.to_token_stream()));
            quote!(#p::__private::hash::opaque(#text))
        } else {
            self.of_type(&shape.field.ty)
        };
        if let Some(condition) = serde.text("skip_serializing_if") {
            // What an absent field means is then part of the shape.
            let default = match (serde.has("default"), container.has("default")) {
                (true, _) => serde.text("default").unwrap_or("the default of its type"),
                (false, true) => container.text("default").unwrap_or("the default of the struct"),
                (false, false) => "",
            };
            let remark = format!("absent if {condition}, then {default:?}");
            fingerprint = quote!(#p::__private::hash::marked(#remark, #fingerprint));
        }
        if serde.has("skip_deserializing") {
            fingerprint = quote!(#p::__private::hash::marked("unread", #fingerprint));
        }
        fingerprint
    }

    /// `<T as CacheSchema>::FINGERPRINT`, with a bound where the type is generic, and with a marker where it is this
    /// very type.
    fn of_type(&mut self, ty: &Type) -> TokenStream {
        let p = self.p;
        let ty = generics::replace_own(&self.input.ident, ty, &parse_quote!(#p::__private::Recursion));
        if !generics::params_in(&self.input.generics, &ty).is_empty() {
            self.bounds.push(parse_quote!(#ty: #p::__private::CacheSchema));
        }
        quote!(<#ty as #p::__private::CacheSchema>::FINGERPRINT)
    }
}

/// The names under which something is written and read.
fn names(name: &str, serde: &SerdeArgs, cases: Cases<'_>, rule: fn(&str, Option<&str>) -> String) -> (String, String) {
    let (written, read) = serde.both("rename");
    (
        written.map_or_else(|| rule(name, cases.0), str::to_owned),
        read.map_or_else(|| rule(name, cases.1), str::to_owned),
    )
}

fn is_phantom(ty: &Type) -> bool {
    matches!(ty, Type::Path(TypePath { path, .. }) if path.segments.last().is_some_and(|last| last.ident == "PhantomData"))
}
