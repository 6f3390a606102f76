//! The tags of an entry.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned as _;

use super::{at, mixed};
use crate::args::{Piece, Tag};
use crate::func::Func;
use crate::valid::{Key, Target};

/// The tags of a short key that name the value, as a `Vec`; nothing where there are none.
pub(super) fn value_tags(p: &TokenStream, func: &Func, target: &Target, value: &TokenStream) -> Option<TokenStream> {
    let Key::Short(short) = &target.key else {
        return None;
    };
    let mixed = mixed();
    let tags = short.value_tags.iter().map(|each| {
        let tag = tag(p, each);
        match each.value_name(func) {
            Some(name) => quote_spanned!(mixed=> #p::apply(#value, |#name| #tag)),
            None => tag,
        }
    });
    let tags: Vec<_> = tags.collect();
    (!tags.is_empty()).then(|| quote_spanned!(mixed=> ::std::vec![#(#tags),*]))
}

/// A tag as a `Cow<'static, str>`.
pub(super) fn tag(p: &TokenStream, tag: &Tag) -> TokenStream {
    let mixed = mixed();
    let text: String = match tag.pieces.as_slice() {
        [] => String::new(),
        [Piece::Text(text)] => text.clone(),
        pieces => {
            let calls = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => quote_spanned!(mixed=> .text(#text)),
                Piece::Value(expr) => {
                    let span = at(expr.span());
                    quote_spanned!(span=> .value(&#expr))
                }
            });
            return quote_spanned!(mixed=> #p::TagText::new()#(#calls)*.finish());
        }
    };
    quote_spanned!(mixed=> #p::Cow::Borrowed(#text))
}
