//! How far an answer goes, in RESP2 and RESP3.
//!
//! Only that: what it says redis-rs reads, or who asked for it. <https://redis.io/docs/latest/develop/reference/protocol-spec/>

/// No server sends a string of more than 512 MiB, nor as many elements; what claims to is no answer.
const MOST: u64 = 1 << 32;

/// A line that is longer without an end is none.
const LONGEST_LINE: usize = 1 << 20;

/// What the server sent is no answer, or what was to be sent no command: nothing on this connection can be told apart any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Of one answer, of which more may be to come.
#[derive(Debug)]
pub(super) struct Extent {
    /// Where its next line begins, from its beginning; beyond what is there yet, perhaps.
    at: usize,
    /// How many values are still to come.
    missing: u64,
}

impl Extent {
    pub(super) fn new() -> Self {
        Self { at: 0, missing: 1 }
    }

    /// So much of it that is there is known to belong to it.
    pub(super) fn known(&self, there: usize) -> usize {
        self.at.min(there)
    }

    /// So much of it, which is known to belong to it, is not there any more.
    pub(super) fn forget(&mut self, bytes: usize) {
        self.at -= bytes;
    }

    /// Its length, once all of it is there. `bytes` are what is there, from its beginning.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        while self.missing > 0 {
            let Some(rest) = bytes.get(self.at..).filter(|rest| !rest.is_empty()) else { return Ok(None) };
            // Most of long answers are these.
            if let Some((line, length)) = string(rest) {
                self.at += line + length + 2;
                self.missing -= 1;
                continue;
            }
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return if rest.len() > LONGEST_LINE { Err(Malformed) } else { Ok(None) };
            };
            let line = rest[..end].strip_suffix(b"\r").ok_or(Malformed)?;
            let (kind, line) = line.split_first().ok_or(Malformed)?;
            self.at += end + 1;
            self.missing -= 1;
            match kind {
                b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => {}
                b'$' | b'!' | b'=' => {
                    if let Some(length) = number(line)? {
                        self.at += usize::try_from(length).map_err(|_| Malformed)? + 2;
                    }
                }
                b'*' | b'~' | b'>' => self.more(number(line)?.unwrap_or(0))?,
                b'%' => self.more(number(line)?.unwrap_or(0) * 2)?,
                // What they are attributes of follows them.
                b'|' => self.more(number(line)?.unwrap_or(0) * 2 + 1)?,
                _ => return Err(Malformed),
            }
        }
        Ok((self.at <= bytes.len()).then_some(self.at))
    }

    fn more(&mut self, values: u64) -> Result<(), Malformed> {
        self.missing += values;
        if self.missing > MOST { Err(Malformed) } else { Ok(()) }
    }
}

/// How long the first line is, and the string after it, if one follows, of less than a gigabyte. It says nothing of what is no such
/// line, or not all there.
#[inline]
pub(super) fn string(bytes: &[u8]) -> Option<(usize, usize)> {
    const DIGITS: usize = 9;
    let digits = bytes.strip_prefix(b"$")?;
    let mut length = 0;
    for (at, byte) in digits.iter().enumerate().take(DIGITS + 1) {
        match byte.wrapping_sub(b'0') {
            digit @ 0..10 if at < DIGITS => length = length * 10 + usize::from(digit),
            _ if at > 0 && digits[at..].starts_with(b"\r\n") => return Some((at + 3, length)),
            _ => return None,
        }
    }
    None
}

/// `None` for -1, which stands for no value.
pub(super) fn number(digits: &[u8]) -> Result<Option<u64>, Malformed> {
    if digits == b"-1" {
        return Ok(None);
    }
    if digits.is_empty() {
        return Err(Malformed);
    }
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() || number > MOST {
            return Err(Malformed);
        }
        number = number * 10 + u64::from(digit - b'0');
    }
    if number > MOST { Err(Malformed) } else { Ok(Some(number)) }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::{Extent, Malformed, string};

    fn extent(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        Extent::new().advance(bytes)
    }

    #[test]
    fn each_kind_ends_where_it_does() {
        for whole in [
            "+OK\r\n",
            "-ERR no\r\n",
            ":12\r\n",
            "_\r\n",
            ",1.5\r\n",
            "#t\r\n",
            "(123456789012345678901234567890\r\n",
            "$-1\r\n",
            "*-1\r\n",
            "$0\r\n\r\n",
            "$4\r\n\r\n\r\n\r\n",
            "!5\r\nERR a\r\n",
            "=7\r\ntxt:abc\r\n",
            "*0\r\n",
            "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
            "~1\r\n+a\r\n",
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n",
            ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n",
            "|1\r\n+ttl\r\n:3\r\n$1\r\nv\r\n",
            "%0\r\n",
        ] {
            let mut followed = whole.as_bytes().to_vec();
            followed.extend(b"+next\r\n");
            assert_eq!(extent(&followed), Ok(Some(whole.len())), "{whole:?}");
            for cut in 0..whole.len() {
                assert_eq!(extent(&whole.as_bytes()[..cut]), Ok(None), "{whole:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn the_line_before_a_string() {
        for (text, found) in [
            ("$0\r\n", Some((4, 0))),
            ("$12\r\nabc", Some((5, 12))),
            ("$999999999\r\n", Some((12, 999_999_999))),
            ("$1000000000\r\n", None),
            ("$-1\r\n", None),
            ("$\r\n", None),
            ("$1\n", None),
            ("$1\r", None),
            ("$1", None),
            ("$1x\r\n", None),
            (":1\r\n", None),
            ("", None),
        ] {
            assert_eq!(string(text.as_bytes()), found, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for bytes in [
            "hello\r\n",
            "\r\n",
            "+OK\n",
            "$\r\n",
            "$x\r\n",
            "$-2\r\n",
            "$?\r\n",
            "*?\r\n",
            "$99999999999\r\n",
            "*18446744073709551617\r\n",
            "%4294967296\r\n",
            "*4294967296\r\n*4294967296\r\n",
        ] {
            assert_eq!(extent(bytes.as_bytes()), Err(Malformed), "{bytes:?}");
        }
        assert_eq!(extent(&vec![b'+'; super::LONGEST_LINE + 2]), Err(Malformed));
    }

    pub(in super::super) fn answer() -> impl Strategy<Value = Vec<u8>> {
        let bulk = |kind: char| {
            prop::collection::vec(any::<u8>(), 0..40).prop_map(move |bytes| {
                let mut answer = format!("{kind}{}\r\n", bytes.len()).into_bytes();
                answer.extend(bytes);
                answer.extend(b"\r\n");
                answer
            })
        };
        let leaf = prop_oneof![
            "[+:,(-][a-z0-9]{0,9}\r\n".prop_map(String::into_bytes),
            Just(b"_\r\n".to_vec()),
            Just(b"$-1\r\n".to_vec()),
            bulk('$'),
            bulk('='),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            (prop::sample::select(vec!['*', '~', '>', '%', '|']), prop::collection::vec(inner, 0..6)).prop_map(
                |(kind, mut parts)| {
                    let count = match kind {
                        '%' => parts.len() / 2,
                        '|' => parts.len().saturating_sub(1) / 2,
                        _ => parts.len(),
                    };
                    if kind == '%' {
                        parts.truncate(count * 2);
                    }
                    if kind == '|' {
                        parts.truncate(count * 2 + 1);
                        if parts.is_empty() {
                            parts.push(b"_\r\n".to_vec());
                        }
                    }
                    let mut answer = format!("{kind}{count}\r\n").into_bytes();
                    answer.extend(parts.concat());
                    answer
                },
            )
        })
    }

    proptest! {
        #[test]
        fn however_it_comes_in_pieces_it_ends_in_the_same_place(
            answer in answer(),
            pieces in prop::collection::vec(1usize..20, 1..60),
        ) {
            let (mut extent, mut there, mut gone) = (Extent::new(), 0, 0);
            let mut followed = answer.clone();
            followed.extend(b"*1\r\n");
            for piece in pieces.iter().cycle() {
                there = (there + piece).min(followed.len());
                let end = extent.advance(&followed[gone..there]).expect("an answer");
                if let Some(end) = end {
                    prop_assert_eq!(gone + end, answer.len());
                    break;
                }
                prop_assert!(there < answer.len());
                // What is known to belong to it can be passed on.
                let known = extent.known(there - gone);
                extent.forget(known);
                gone += known;
            }
        }

        #[test]
        fn whatever_comes_is_taken_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = extent(&bytes);
        }
    }
}
