//! The static that tells the registry about an annotation.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::{key, mixed, value};
use crate::args::{Version, Which};
use crate::func::Func;
use crate::scan::any_ident;
use crate::start;
use crate::valid::{Key, Target};

/// The items of one annotation, and the names of the constants that hold its short keys' facts.
pub(super) struct Site {
    pub(super) items: TokenStream,
    pub(super) name: Ident,
    pub(super) specs: Vec<Option<Ident>>,
}

/// What the constant of a short key says beside the key and its ttl.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts<'a> {
    pub(super) none_ttl: Option<&'a TokenStream>,
    pub(super) policy: Option<&'a TokenStream>,
    /// Whether the traits that find shapes are in scope.
    pub(super) traits: bool,
}

/// `index` tells the annotations of one function apart.
pub(super) fn site(
    p: &TokenStream,
    which: Which,
    func: &Func,
    targets: &[&Target],
    facts: Facts<'_>,
    index: usize,
) -> Site {
    let mixed = mixed();
    let numbered = |base: &str, n: usize| {
        let text = if n == 0 { base.to_owned() } else { format!("{base}_{n}") };
        Ident::new(&text, mixed)
    };
    let name = numbered("__CACHE_SITE", index);
    let (mut items, mut specs, mut entries) = (TokenStream::new(), Vec::new(), Vec::new());
    // A typed key, of which a read has one.
    let mut named = None;
    for (n, target) in targets.iter().enumerate() {
        let text = &target.text;
        let entry = match &target.key {
            Key::Short(short) => {
                let constant = numbered("__CACHE_KEY", index * 100 + n);
                let ttl = target.ttl.as_ref().and_then(|ttl| value::constant(p, ttl));
                let spec = key::spec(p, short, ttl.as_ref(), facts);
                items.extend(quote_spanned!(mixed=> const #constant: #p::KeySpec = #spec;));
                let (version, target) =
                    value_facts(p, which, func, matches!(short.version, Some(Version::Auto)), facts.traits);
                let version = version.map(|version| quote_spanned!(mixed=> .auto(|| #constant.version(#version))));
                let entry = quote_spanned!(mixed=> #target(#text, &#constant) #version);
                specs.push(Some(constant));
                entry
            }
            Key::Typed(expr) => {
                specs.push(None);
                match key::type_path(expr).filter(|path| is_nameable(func, &quote!(#path), true)) {
                    Some(path) => {
                        let path = ours(quote!(#path));
                        let entry = quote_spanned!(mixed=> #p::Target::typed::<#path>(#text));
                        named = Some((path, text));
                        entry
                    }
                    None => quote_spanned!(mixed=> #p::Target::dynamic(#text)),
                }
            }
            Key::Tag(_) => {
                specs.push(None);
                quote_spanned!(mixed=> #p::Target::tag(#text))
            }
        };
        entries.push(entry);
    }
    let function = func.sig.ident.unraw().to_string();
    let said = quote_spanned!(mixed=> #function, ::core::module_path!());
    let made = match which {
        Which::Cached => match named {
            Some((path, text)) => quote_spanned!(mixed=> typed::<#path>(#said, #text)),
            None => quote_spanned!(mixed=> reads(#said, #(#entries),*)),
        },
        Which::Invalidates => quote_spanned!(mixed=> invalidates(#said, &[#(#entries),*])),
        Which::Updates => quote_spanned!(mixed=> updates(#said, &[#(#entries),*])),
    };
    let start = start::list(&numbered("__CACHE_START", index), &numbered("__cache_list", index), &name);
    items.extend(quote_spanned! {mixed=>
        static #name: #p::Site =
            #p::Site::#made;
        #start
    });
    Site { items, name, specs }
}

/// The user's tokens where the user did not write them: no lint of theirs about spelling is meant for this place.
fn ours(tokens: TokenStream) -> TokenStream {
    let mixed = mixed();
    let respan = |mut token: proc_macro2::TokenTree| {
        token.set_span(mixed.located_at(token.span()));
        token
    };
    tokens.into_iter().map(respan).collect()
}

/// The version that only a call finds out, and what makes the target: the return type, where it can be named outside the function.
fn value_facts(
    p: &TokenStream,
    which: Which,
    func: &Func,
    auto: bool,
    traits: bool,
) -> (Option<TokenStream>, TokenStream) {
    let mixed = mixed();
    let ty = func.return_type();
    if which == Which::Invalidates || !is_nameable(func, &ty, false) {
        return (None, quote_spanned!(mixed=> #p::Target::short));
    }
    let shape = || if traits { super::bare_shape(p, func) } else { super::shape(p, func) };
    let version = auto.then(shape).map(|shape| quote_spanned!(mixed=> #p::auto_version(#shape)));
    let span = func.return_span();
    let q = &super::respan(p, span);
    (version, quote_spanned!(span=> #q::Target::of::<#ty>))
}

/// Whether an item inside the function can name this type: it sees neither the generics of the function nor those of the
/// `impl` around it. The latter are not visible here; by convention they are one capital letter, or have no arguments of
/// their own in a key's path.
fn is_nameable(func: &Func, ty: &TokenStream, key: bool) -> bool {
    let hidden = |ident: &Ident| {
        let name = ident.to_string();
        let letter = name.len() <= 2 && name.starts_with(char::is_uppercase) && !name.contains(char::is_lowercase);
        name == "Self" || name == "impl" || letter || func.is_generic(ident)
    };
    let lifetime = |ty: &TokenStream| ty.to_string().replace("'static", "").replace("'_", "").contains('\'');
    !(any_ident(ty, &hidden) || lifetime(ty) || (key && ty.to_string().contains('<')))
}
