//! Tokens as a person would write them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The text of an expression, for the registry.
pub(crate) fn of(tokens: &TokenStream) -> String {
    let mut out = String::new();
    write(tokens, &mut out);
    out
}

fn write(tokens: &TokenStream, out: &mut String) {
    let mut tight = true;
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => {
                let inside = of(&group.stream());
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                out.push_str(&inside);
                out.push_str(close);
                tight = false;
            }
            TokenTree::Punct(punct) => {
                let c = punct.as_char();
                out.push(c);
                if c == ',' || (c == ':' && !out.ends_with("::") && punct.spacing() == proc_macro2::Spacing::Alone) {
                    out.push(' ');
                }
                tight = true;
            }
            other => {
                if !tight && !out.ends_with([' ', '(']) {
                    out.push(' ');
                }
                let text = other.to_string();
                out.push_str(if text == "__self" { "self" } else { &text });
                tight = false;
            }
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    while out.ends_with(", ") {
        out.truncate(out.len() - 2);
    }
}
