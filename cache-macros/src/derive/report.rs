//! All errors of one derive, each at its token.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Ident};

/// Collects errors.
#[derive(Default)]
pub(super) struct Report(Option<Error>);

impl Report {
    /// An error at the tokens.
    pub(super) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    /// An error made elsewhere.
    pub(super) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn into_compile_errors(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}

/// An argument that may be given once, and the name it was given under.
pub(super) struct Slot<T>(Option<(Ident, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    pub(super) fn set(&mut self, report: &mut Report, name: &Ident, value: T) {
        if self.0.is_some() {
            report.at(name, format_args!("`{name}` is given twice; remove one"));
        } else {
            self.0 = Some((name.clone(), value));
        }
    }

    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(super) fn name(&self) -> Option<&Ident> {
        self.0.as_ref().map(|(name, _)| name)
    }
}

/// `tenant`, `skip` and `hash`, with quotes.
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// `` (did you mean `ttl`?)`` when a valid name is near.
pub(super) fn did_you_mean(given: &str, valid: &[impl AsRef<str>]) -> String {
    let near = valid
        .iter()
        .map(|name| (distance(given, name.as_ref()), name.as_ref()))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min();
    near.map(|(_, name)| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// How many letters to insert, remove or replace (Levenshtein 1966).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut corner = above;
        row[0] = above + 1;
        for at in 0..other.len() {
            let replaced = corner + usize::from(letter != other[at]);
            corner = row[at + 1];
            row[at + 1] = replaced.min(corner + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(did_you_mean("resorce", &["resource", "ttl"]), " (did you mean `resource`?)");
        assert_eq!(did_you_mean("tll", &["resource", "ttl"]), " (did you mean `ttl`?)");
        assert_eq!(did_you_mean("colour", &["resource", "ttl"]), "");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
