//! Gathers every mistake of an attribute, so that all are shown at once.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

/// The mistakes found so far. It must be asked: dropping one that holds errors is a bug of ours.
#[derive(Default)]
pub(crate) struct Report {
    error: Option<syn::Error>,
}

impl Report {
    /// Adds a mistake at `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error that a parser made.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.error {
            Some(errors) => errors.combine(error),
            None => self.error = Some(error),
        }
    }

    /// The value, or nothing and one more mistake.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether anything was wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.error.is_none()
    }

    /// How many mistakes were found so far.
    pub(crate) fn count(&self) -> usize {
        self.error.iter().flatten().count()
    }

    /// The mistakes as `compile_error!` calls; nothing when there are none.
    pub(crate) fn finish(mut self) -> Option<TokenStream> {
        self.error.take().map(syn::Error::into_compile_error)
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        assert!(self.error.is_none() || std::thread::panicking(), "errors were not reported");
    }
}

/// An argument that can be given once.
pub(crate) struct Slot<T> {
    given: Option<(Ident, T)>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { given: None }
    }
}

impl<T> Slot<T> {
    /// Keeps the value; a second one is a mistake at its name.
    pub(crate) fn set(&mut self, name: &Ident, value: T, report: &mut Report) {
        if self.given.is_some() {
            report.error(name, format_args!("`{name}` is given twice; remove one"));
        } else {
            self.given = Some((name.clone(), value));
        }
    }

    /// The value.
    pub(crate) fn get(&self) -> Option<&T> {
        self.given.as_ref().map(|(_, value)| value)
    }

    /// The value, moved out.
    pub(crate) fn take(self) -> Option<T> {
        self.given.map(|(_, value)| value)
    }

    /// Where it was given.
    pub(crate) fn name(&self) -> Option<&Ident> {
        self.given.as_ref().map(|(name, _)| name)
    }
}

/// "did you mean", or nothing: the closest of `valid`, if close enough to be a slip.
pub(crate) fn closest<'a>(wrong: &str, valid: &[&'a str]) -> Option<&'a str> {
    let limit = (wrong.len() / 3).clamp(1, 3);
    valid
        .iter()
        .map(|name| (distance(wrong, name), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `a`, `b` and `c`, in backticks.
pub(crate) fn list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The number of edits between two words, a swap of neighbours counting as one (Damerau, 1964).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(l != r)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let valid = ["ttl", "tags", "resource", "cache_if"];
        assert_eq!(closest("resuorce", &valid), Some("resource"));
        assert_eq!(closest("tll", &valid), Some("ttl"));
        assert_eq!(closest("banana", &valid), None);
    }

    #[test]
    #[should_panic(expected = "not reported")]
    fn an_unasked_report_is_a_bug() {
        let mut report = Report::default();
        report.error(quote::quote!(x), "wrong");
        drop(report);
    }
}
