//! `#[serde(..)]`, as far as it says what is written. Mistakes in it are serde's to report.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

use crate::derive::words;

/// What stands behind a name.
enum Arg {
    Flag,
    Text(String),
    /// `(serialize = "..", deserialize = "..")`
    Both {
        written: Option<String>,
        read: Option<String>,
    },
}

/// All `#[serde(..)]` of one type, variant or field.
#[derive(Default)]
pub(super) struct SerdeArgs(Vec<(String, Arg)>);

impl SerdeArgs {
    pub(super) fn parse(attributes: &[Attribute]) -> Self {
        let mut args = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let Meta::List(list) = &attribute.meta else { continue };
            let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
            args.extend(metas.iter().map(|meta| (words::token_text(meta.path().to_token_stream()), arg(meta))));
        }
        Self(args)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, _)| given == name)
    }

    /// `name = "text"`.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.both(name).0
    }

    /// The text for writing and the one for reading.
    pub(super) fn both(&self, name: &str) -> (Option<&str>, Option<&str>) {
        let found = self.0.iter().find(|(given, _)| given == name).map(|(_, arg)| arg);
        match found {
            Some(Arg::Text(text)) => (Some(text), Some(text)),
            Some(Arg::Both { written, read }) => (written.as_deref(), read.as_deref()),
            Some(Arg::Flag) | None => (None, None),
        }
    }

    /// Never written, so that it is nothing of the bytes.
    pub(super) fn is_unwritten(&self) -> bool {
        self.has("skip") || self.has("skip_serializing")
    }

    /// The functions that write and read this in a shape of their own.
    pub(super) fn functions(&self) -> Option<String> {
        let names = ["with", "serialize_with", "deserialize_with"];
        let given: Vec<String> =
            names.iter().filter_map(|name| self.text(name).map(|path| format!("{name} = {path}"))).collect();
        (!given.is_empty()).then(|| given.join(", "))
    }
}

fn arg(meta: &Meta) -> Arg {
    match meta {
        Meta::Path(_) => Arg::Flag,
        Meta::NameValue(pair) => text(&pair.value).map_or(Arg::Flag, Arg::Text),
        Meta::List(list) => {
            let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
            let find = |name: &str| {
                metas.iter().find_map(|meta| match meta {
                    Meta::NameValue(pair) if pair.path.is_ident(name) => text(&pair.value),
                    _ => None,
                })
            };
            Arg::Both { written: find("serialize"), read: find("deserialize") }
        }
        // Whatever else syn may come to read.
        #[allow(unreachable_patterns)]
        _ => Arg::Flag,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        // A literal that came through another macro.
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}
