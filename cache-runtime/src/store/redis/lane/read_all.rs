//! Plain reads of several keys in one command.

use ::redis::{RedisResult, parse_redis_value};

use super::Lane;
use super::extent::{number, string};
use super::spot::Reply;
use super::value::take_line;
use crate::store::redis::get::all_bytes;
use crate::store::redis::words::Words as _;
use crate::wire::Payload;

impl Lane {
    /// What is under these keys, in their order; not as many values as keys, where the server says so.
    pub(in crate::store::redis) async fn get_all<'a>(
        &self,
        keys: impl ExactSizeIterator<Item = &'a [u8]> + Clone,
    ) -> RedisResult<Vec<Option<Payload>>> {
        let count = keys.len();
        let write = |out: &mut Vec<u8>| {
            out.command(count + 1);
            // `MGET` has nothing to say of what is no string.
            out.text(if count == 1 { "GET" } else { "MGET" });
            keys.clone().for_each(|key| out.bytes(key));
        };
        match self.answers(1, write).await? {
            Reply::Other(answer) => match values(&answer) {
                Some(values) => Ok(values),
                None => read(&answer),
            },
            Reply::Bytes(bytes) => Ok(vec![Some(Payload::new(bytes))]),
            Reply::Nothing => Ok(vec![None]),
        }
    }
}

/// Of an array of strings and of nothing, which is what is there but for errors. They share the answer: a copy of each is memory
/// that is asked for many times in a row, and filled once more.
fn values(answer: &Payload) -> Option<Vec<Option<Payload>>> {
    let mut rest = answer.as_slice();
    let (b'*', count) = take_line(&mut rest)? else { return None };
    let count = usize::try_from(number(count).ok()??).ok()?;
    // No value takes less: what is claimed is not believed.
    let mut values = Vec::with_capacity(count.min(rest.len() / 3));
    for _ in 0..count {
        values.push(if let Some((line, length)) = string(rest) {
            let begin = answer.len() - rest.len() + line;
            rest = rest.get(line + length..)?.strip_prefix(b"\r\n")?;
            Some(answer.part(begin..begin + length)?)
        } else if let Some(after) = rest.strip_prefix(b"_\r\n") {
            rest = after;
            None
        } else {
            rest = rest.strip_prefix(b"$-1\r\n")?;
            None
        });
    }
    rest.is_empty().then_some(values)
}

/// Whatever else it may be.
fn read(answer: &[u8]) -> RedisResult<Vec<Option<Payload>>> {
    all_bytes(parse_redis_value(answer)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Payload, read};

    fn values(answer: &[u8]) -> Option<Vec<Option<Payload>>> {
        super::values(&Payload::new(answer.to_vec()))
    }

    fn texts(values: &[Option<Payload>]) -> Vec<Option<&str>> {
        values.iter().map(|value| value.as_deref().map(|bytes| std::str::from_utf8(bytes).expect("text"))).collect()
    }

    #[test]
    fn an_answer_to_several_keys() {
        let values = values(b"*4\r\n$1\r\na\r\n$-1\r\n_\r\n$2\r\n\r\n\r\n").expect("an array of strings");
        assert_eq!(texts(&values), [Some("a"), None, None, Some("\r\n")]);
    }

    #[test]
    fn values_are_parts_of_the_answer() {
        let answer = Payload::new(b"*2\r\n$1\r\na\r\n$2\r\nbc\r\n".to_vec());
        let values = super::values(&answer).expect("an array of strings");
        let places: Vec<_> = values.iter().flatten().map(|value| value.as_ptr()).collect();
        assert_eq!(places, [answer[8..].as_ptr(), answer[15..].as_ptr()]);
    }

    #[test]
    fn what_is_unusual_is_left_to_redis_rs() {
        for (answer, same) in [
            (&b"*2\r\n+a\r\n$1\r\nb\r\n"[..], vec![Some("a"), Some("b")]),
            (b"~1\r\n$1\r\na\r\n", vec![Some("a")]),
            (b"|1\r\n+x\r\n:1\r\n*1\r\n$1\r\na\r\n", vec![Some("a")]),
        ] {
            assert_eq!(values(answer), None);
            if let Ok(read) = read(answer) {
                assert_eq!(texts(&read), same);
            }
        }
        assert_eq!(read(b"-NOAUTH no\r\n").expect_err("an error").code(), Some("NOAUTH"));
        assert_eq!(values(b"*-1\r\n"), None);
        for no_string in ["*1\r\n$1\r\nabc", "*1\r\n$4\r\na\r\n", "*1\r\n$1\r\na\r\n\r\n", "*1\r\n$-1\r\r"] {
            assert_eq!(values(no_string.as_bytes()), None, "{no_string:?}");
        }
        assert_eq!(values(b"*4294967295\r\n$1\r\na\r\n"), None, "nothing is made of what it claims");
    }

    proptest! {
        #[test]
        fn as_redis_rs_reads_it(
            all in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..40)), 0..20),
        ) {
            let mut answer = format!("*{}\r\n", all.len()).into_bytes();
            for one in &all {
                match one {
                    Some(bytes) => {
                        answer.extend(format!("${}\r\n", bytes.len()).into_bytes());
                        answer.extend(bytes);
                        answer.extend(b"\r\n");
                    }
                    None => answer.extend(b"$-1\r\n"),
                }
            }
            let all: Vec<_> = all.into_iter().map(|bytes| bytes.map(Payload::new)).collect();
            prop_assert_eq!(read(&answer).expect("an answer"), all.clone());
            prop_assert_eq!(values(&answer), Some(all));
        }

        #[test]
        fn whatever_comes_is_read_or_refused(answer in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = (values(&answer), read(&answer));
        }
    }
}
