//! The key of a call.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall, ExprStruct, Path};

use super::site::Facts;
use super::{at, mixed, respan, tags};
use crate::args::{Part, Version};
use crate::func::Func;
use crate::scan::{as_ident, peel, place_root};
use crate::valid::{Key, Short, Target};

/// The key of a target as the runtime takes it: by value, with borrows of the parameters inside.
pub(super) fn key(p: &TokenStream, func: &Func, target: &Target, spec: Option<&Ident>) -> TokenStream {
    match &target.key {
        Key::Typed(expr) => {
            let span = func.return_span();
            let key = typed(p, func, expr);
            // Errors about the value type of the key belong to the return type.
            let q = &respan(p, span);
            quote_spanned!(span=> #q::Typed(&#key))
        }
        Key::Short(short) => parsed(p, short, spec),
        Key::Tag(_) => TokenStream::new(),
    }
}

/// In: `UserKey { org, id: ret.id, at: now() }`.
/// Out: `UserKey { org: p::field(&org), id: p::field(&ret.id), at: now() }`.
fn typed(p: &TokenStream, func: &Func, expr: &Expr) -> TokenStream {
    match peel(expr) {
        Expr::Struct(literal) => {
            let ExprStruct { attrs, qself: None, path, fields, dot2_token, rest, .. } = literal else {
                return expr.to_token_stream();
            };
            let fields = fields.iter().map(|field| {
                let (attrs, member, value) = (&field.attrs, &field.member, field_value(p, func, &field.expr));
                let member_span = at(member.span());
                quote_spanned!(member_span=> #(#attrs)* #member: #value)
            });
            let mut inside = quote!(#(#fields,)*);
            inside.extend(quote!(#dot2_token #rest));
            let mut braces = proc_macro2::Group::new(proc_macro2::Delimiter::Brace, inside);
            braces.set_span(at(literal.brace_token.span.join()));
            quote!(#(#attrs)* #path #braces)
        }
        Expr::Call(call) => {
            let ExprCall { func: callee, args, .. } = call;
            let constructor = match peel(callee) {
                Expr::Path(path) => path.path.segments.last().is_some_and(|last| capitalised(&last.ident)),
                _ => false,
            };
            let args = args.iter().map(|arg| if constructor { field_value(p, func, arg) } else { argument(func, arg) });
            let mut parens = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, quote!(#(#args),*));
            parens.set_span(call.paren_token.span.join());
            quote!(#callee #parens)
        }
        Expr::MethodCall(call) => {
            let mut call = call.clone();
            for arg in &mut call.args {
                *arg = Expr::Verbatim(argument(func, arg));
            }
            call.into_token_stream()
        }
        _ => expr.to_token_stream(),
    }
}

/// The value of a field: a place is borrowed and converted, anything else stays.
fn field_value(p: &TokenStream, func: &Func, expr: &Expr) -> TokenStream {
    if place_root(expr).is_some_and(|root| is_variable(func, root)) {
        let span = at(expr.span());
        let (q, place) = (&respan(p, span), peel(expr));
        return quote_spanned!(span=> #q::field(&#place));
    }
    expr.to_token_stream()
}

/// An argument of a function that makes a key: a parameter that is not a reference is cloned, so that the body has it.
fn argument(func: &Func, expr: &Expr) -> TokenStream {
    match as_ident(expr).and_then(|ident| func.param(ident).map(|param| (ident, param))) {
        Some((ident, param)) if !param.reference => {
            let span = at(ident.span());
            quote_spanned!(span=> ::core::clone::Clone::clone(&#ident))
        }
        _ => expr.to_token_stream(),
    }
}

fn is_variable(func: &Func, root: &Ident) -> bool {
    root == "self"
        || func.self_name().is_some_and(|name| root == name)
        || (root == "ret" && func.ret_is_special())
        || func.param(root).is_some()
}

/// In: `resource = "user", key(id, hash(email)), tenant = org, tags("org:{org}")`.
/// Out: `p::ParsedKey::new(&SPEC, |out| { out.part(&id); out.hashed(&email); }).tenant(..).tags(..)`.
fn parsed(p: &TokenStream, short: &Short, spec: Option<&Ident>) -> TokenStream {
    let mixed = mixed();
    let parts = short.parts.iter().map(|part| {
        let value = part.tokens();
        let span = at(value.span());
        let method = Ident::new(if part.hashed { "hashed" } else { "part" }, span);
        quote_spanned!(span=> __cache_out.#method(&#value))
    });
    let id = match short.parts.as_slice() {
        [] => quote_spanned!(mixed=> |_| {}),
        [_] => quote_spanned!(mixed=> |__cache_out| #(#parts)*),
        _ => quote_spanned!(mixed=> |__cache_out| { #(#parts;)* }),
    };
    let tenant = short.tenant.as_ref().map(|tenant| {
        let span = at(tenant.span());
        let q = &respan(p, span);
        let write = quote_spanned!(span=> |__cache_out| #q::Tenancy::write(&#tenant, __cache_out));
        quote_spanned!(mixed=> .tenant(#write))
    });
    let suffix = short.suffix.as_ref().filter(|suffix| crate::args::literal(suffix).is_none());
    let suffix = suffix.map(|suffix| quote_spanned!(mixed=> .suffix(::std::string::ToString::to_string(&#suffix))));
    let tags = short.tags.iter().map(|each| tags::tag(p, each));
    let tags = (!short.tags.is_empty()).then(|| quote_spanned!(mixed=> .tags(|| ::std::vec![#(#tags),*])));
    let spec = match short.version {
        Some(Version::Auto) => quote_spanned!(mixed=> #spec.version(#p::auto_version(__cache_shape))),
        _ => quote_spanned!(mixed=> &#spec),
    };
    quote_spanned!(mixed=> #p::ParsedKey::new(#spec, #id) #suffix #tenant #tags)
}

/// The constant facts of a short key.
pub(super) fn spec(p: &TokenStream, short: &Short, ttl: Option<&TokenStream>, facts: Facts<'_>) -> TokenStream {
    let mixed = mixed();
    let resource = &short.resource;
    let suffix =
        short.suffix.as_ref().and_then(crate::args::literal).map(|text| quote_spanned!(mixed=> .suffix(#text)));
    let version = match &short.version {
        Some(Version::Fixed(text)) => Some(quote_spanned!(mixed=> .version(#p::Version::Fixed(#text)))),
        _ => None,
    };
    let ttl = ttl.map(|ttl| quote_spanned!(mixed=> .ttl(#ttl)));
    let none_ttl = facts.none_ttl.map(|ttl| quote_spanned!(mixed=> .none_ttl(#ttl)));
    let policy = facts.policy.map(|policy| quote_spanned!(mixed=> .policy(#policy)));
    let parts = short.parts.iter().map(|Part { name, hashed, .. }| {
        if *hashed {
            quote_spanned!(mixed=> #p::KeyPart::hashed(#name))
        } else {
            quote_spanned!(mixed=> #p::KeyPart::new(#name))
        }
    });
    let tags: Vec<_> = short.tags.iter().chain(&short.value_tags).map(|tag| &tag.text).collect();
    let tags = (!tags.is_empty()).then(|| quote_spanned!(mixed=> .tags(&[#(#tags),*])));
    let tenant = short.tenant.is_some().then(|| quote_spanned!(mixed=> .tenant()));
    quote_spanned!(mixed=> #p::KeySpec::new(#resource) #suffix #version #ttl #none_ttl .parts(&[#(#parts),*]) #tags #tenant #policy)
}

/// The path of the key type, where the expression shows it.
pub(super) fn type_path(expr: &Expr) -> Option<Path> {
    match peel(expr) {
        Expr::Struct(literal) if literal.qself.is_none() => constructor(&literal.path),
        Expr::Call(call) => type_path(&call.func),
        Expr::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            if capitalised(&last.ident) || path.path.segments.len() > 1 { constructor(&path.path) } else { None }
        }
        _ => None,
    }
}

/// `Enum::Variant` and `Type::new` without their last segment; `Type` as it is; nothing for `module::function`.
fn constructor(path: &Path) -> Option<Path> {
    let mut path = path.clone();
    let count = path.segments.len();
    let penultimate = count.checked_sub(2).and_then(|at| path.segments.get(at));
    if penultimate.is_some_and(|segment| capitalised(&segment.ident)) {
        path.segments.pop();
        path.segments.pop_punct();
        return Some(path);
    }
    path.segments.last().is_some_and(|last| capitalised(&last.ident)).then_some(path)
}

fn capitalised(ident: &Ident) -> bool {
    let name = ident.to_string();
    let name = name.trim_start_matches("r#").trim_start_matches('_');
    // `MAX` is a constant, `UserKey` and `K` are types.
    name.starts_with(char::is_uppercase) && (name.len() == 1 || name.contains(|c: char| c.is_lowercase()))
}
