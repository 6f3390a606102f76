//! The texts that stand in a key as they are: resource, suffix, version.

/// Checks the characters of `text`, or says what is allowed.
pub(crate) fn check(what: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("an empty {what}; use letters, digits, `_`, `-` and `.`"));
    }
    let wrong = text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'));
    match wrong {
        Some(wrong) => Err(format!("{wrong:?} cannot stand in a {what}; use letters, digits, `_`, `-` and `.`")),
        None => Ok(()),
    }
}
