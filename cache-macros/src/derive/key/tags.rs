//! Templates of tags: `"org:{org}"`.

use syn::LitStr;

use crate::derive::report::{Report, did_you_mean, list};

/// A piece of a template.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Field(String),
    /// The fields that lead into the value, from `value.team.id`.
    Value(Vec<String>),
}

/// A template as written, and its pieces.
pub(super) struct Tag {
    pub(super) literal: LitStr,
    pub(super) pieces: Vec<Piece>,
}

impl Tag {
    /// Whether it names the value.
    pub(super) fn is_late(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value(_)))
    }
}

/// Checks a template against the fields that a placeholder may name, and those whose text must stay hidden.
pub(super) fn tag(literal: &LitStr, fields: &[String], hidden: &[String], report: &mut Report) -> Option<Tag> {
    let text = literal.value();
    if text.is_empty() {
        report.at(literal, "an empty tag names nothing; write its name, such as `\"users\"`");
        return None;
    }
    let pieces = match pieces(&text) {
        Ok(pieces) => pieces.into_iter().map(|piece| into_value(piece, fields)).collect::<Vec<_>>(),
        Err(message) => {
            report.at(literal, message);
            return None;
        }
    };
    let mut good = true;
    for piece in &pieces {
        let Piece::Field(name) = piece else { continue };
        if hidden.contains(name) {
            report.at(
                literal,
                format_args!("`{name}` is hashed in the key, and a tag would show it; leave it out of the tag"),
            );
            good = false;
        } else if !fields.contains(name) {
            let mut hint = did_you_mean(name, fields);
            if name.contains('.') {
                hint.push_str(" (a field of the value is `{value.name}`)");
            }
            report.at(
                literal,
                format_args!("`{{{name}}}` names no field{hint}; the fields to choose from: {}", list(fields)),
            );
            good = false;
        }
    }
    good.then(|| Tag { literal: literal.clone(), pieces })
}

/// `value.team`, or `ret.team` as functions call it: a field of the value, unless the key has such a field.
fn into_value(piece: Piece, fields: &[String]) -> Piece {
    let Piece::Field(name) = &piece else { return piece };
    let mut path = name.split('.').map(str::trim);
    let root = path.next().unwrap_or_default();
    let path: Vec<String> = path.map(str::to_owned).collect();
    let named = |name: &String| syn::parse_str::<syn::Member>(name).is_ok();
    let own = path.is_empty() && fields.iter().any(|field| field == root);
    if matches!(root, "value" | "ret") && !own && path.iter().all(named) { Piece::Value(path) } else { piece }
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            plain.push_str(brace);
            rest = after;
        } else if brace == "}" {
            return Err("a `}` without `{`; write `}}` for a brace".to_owned());
        } else {
            let end = rest.find('}').ok_or("a `{` without `}`; write `{{` for a brace")?;
            let name = rest[..end].trim();
            rest = &rest[end + 1..];
            if name.is_empty() || name.contains(':') {
                let bare = name.split(':').next().unwrap_or_default();
                let field = if bare.is_empty() { "field" } else { bare };
                return Err(format!("a placeholder is the name of a field: write `{{{field}}}`"));
            }
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Field(name.to_owned()));
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_split() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let field = |name: &str| Piece::Field(name.to_owned());
        assert_eq!(pieces("users").unwrap(), [text("users")]);
        assert_eq!(pieces("org:{org}/{0}").unwrap(), [text("org:"), field("org"), text("/"), field("0")]);
        assert_eq!(pieces("{{a}}{ b }").unwrap(), [text("{a}"), field("b")]);
        let value = |piece: &str| into_value(field(piece), &["value".to_owned()]);
        assert_eq!(value("value.team.0"), Piece::Value(vec!["team".to_owned(), "0".to_owned()]));
        assert_eq!(value("ret"), Piece::Value(Vec::new()));
        assert_eq!(value("value"), field("value"));
        assert_eq!(value("value.team()"), field("value.team()"));
        for wrong in ["{", "}", "{}", "{a:?}", "a{b"] {
            assert!(pieces(wrong).is_err(), "{wrong}");
        }
    }
}
