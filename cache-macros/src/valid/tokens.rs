//! The expressions in what is valid.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::{Key, Short, Target};
use crate::args::{Part, Piece, Source, Tag};
use crate::func::Func;
use crate::scan::variable;

impl Part {
    pub(crate) fn tokens(&self) -> TokenStream {
        match &self.source {
            Source::Param(ident) => ident.to_token_stream(),
            Source::Expr(expr) => expr.to_token_stream(),
        }
    }
}

impl Tag {
    /// The values between its braces.
    pub(crate) fn values(&self) -> TokenStream {
        let values = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(expr) => Some(expr),
            Piece::Text(_) => None,
        });
        quote!(#(#values,)*)
    }

    /// The returned value, if it is named between the braces: `ret`, or `value` as in the tags of a key type.
    pub(crate) fn value_name(&self, func: &Func) -> Option<Ident> {
        ["ret", "value"].into_iter().find_map(|name| match variable(self.values(), name) {
            Some(TokenTree::Ident(found)) if func.param(&found).is_none() => Some(found),
            _ => None,
        })
    }
}

impl Short {
    pub(super) fn text(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.name.as_str()).collect();
        format!("{}({})", self.resource.value(), parts.join(", "))
    }
}

impl Target {
    /// The expressions in tags that name the value.
    pub(crate) fn value_tags(&self) -> impl Iterator<Item = TokenStream> {
        let tags = match &self.key {
            Key::Short(short) => short.value_tags.as_slice(),
            _ => &[],
        };
        tags.iter().map(Tag::values)
    }

    /// The expressions in it.
    pub(crate) fn tokens(&self) -> TokenStream {
        match &self.key {
            Key::Typed(expr) => expr.to_token_stream(),
            Key::Tag(tag) => tag.values(),
            Key::Short(short) => {
                let Short { parts, tenant, suffix, .. } = &**short;
                let parts = parts.iter().map(Part::tokens);
                let tags = short.tags.iter().map(Tag::values);
                quote!(#(#parts,)* #tenant, #suffix, #(#tags,)*)
            }
        }
    }
}
