//! Patterns as `SCAN .. MATCH` knows them, for keys of the embedded store.
//!
//! Built by `tests/tests/server` once more, to be compared with a server.

/// A pattern of whole keys, compared byte by byte: `*`, `?`, `[abc]`, `[^a-z]`, and `\` before a character that stands for itself.
pub(crate) struct Glob(Vec<Token>);

enum Token {
    Byte(u8),
    /// `?`
    Any,
    /// `*`
    Star,
    /// Ranges, and whether a byte in none of them is meant.
    Class(Vec<(u8, u8)>, bool),
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut rest = pattern.as_bytes();
        let mut tokens = Vec::new();
        while let [first, after @ ..] = rest {
            rest = after;
            tokens.push(match (first, after) {
                (b'*', _) => Token::Star,
                (b'?', _) => Token::Any,
                (b'[', _) => {
                    let (class, after) = class(after);
                    rest = after;
                    class
                }
                (b'\\', [escaped, after @ ..]) => {
                    rest = after;
                    Token::Byte(*escaped)
                }
                // A backslash at the end stands for itself.
                (byte, _) => Token::Byte(*byte),
            });
        }
        Self(tokens)
    }

    /// Whether it is made of `*` and `?` alone, so that it names nothing in particular.
    pub(crate) fn is_everything(&self) -> bool {
        self.0.iter().all(|token| matches!(token, Token::Star | Token::Any))
    }

    pub(crate) fn matches(&self, key: &[u8]) -> bool {
        let (mut token, mut at) = (0, 0);
        // The last star, and where what follows it was tried.
        let mut star: Option<(usize, usize)> = None;
        while at < key.len() {
            match self.0.get(token) {
                Some(Token::Star) => {
                    star = Some((token, at));
                    token += 1;
                }
                Some(one) if one.takes(key[at]) => {
                    token += 1;
                    at += 1;
                }
                _ => {
                    // The star takes one byte more.
                    let Some((place, tried)) = star else { return false };
                    star = Some((place, tried + 1));
                    (token, at) = (place + 1, tried + 1);
                }
            }
        }
        self.0[token..].iter().all(|token| matches!(token, Token::Star))
    }
}

impl Token {
    fn takes(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::Any => true,
            Self::Star => false,
            Self::Class(ranges, not) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&byte)) != *not,
        }
    }
}

/// What follows a `[`. One that is not closed goes to the end, as the server has it.
fn class(mut rest: &[u8]) -> (Token, &[u8]) {
    let not = rest.first() == Some(&b'^');
    if not {
        rest = &rest[1..];
    }
    let mut ranges = Vec::new();
    loop {
        match rest {
            [] => break,
            [b'\\', escaped, after @ ..] => {
                ranges.push((*escaped, *escaped));
                rest = after;
            }
            [b']', after @ ..] => {
                rest = after;
                break;
            }
            [one, b'-', other, after @ ..] => {
                ranges.push((*one.min(other), *one.max(other)));
                rest = after;
            }
            [byte, after @ ..] => {
                ranges.push((*byte, *byte));
                rest = after;
            }
        }
    }
    (Token::Class(ranges, not), rest)
}
