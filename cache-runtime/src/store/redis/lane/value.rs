//! Answers as redis-rs has them. Its parser takes them in pieces, and all kinds of them; here they are whole, and most are one of a
//! few kinds.

use ::redis::{ErrorKind, RedisError, RedisResult, Value, parse_redis_value};

use super::extent::{Extent, number};

/// Arrays within arrays, as deep as scripts answer here. Deeper ones are left to redis-rs.
const DEPTH: usize = 3;

/// So many answers, one after the other.
pub(super) fn values(mut answers: &[u8], count: usize) -> RedisResult<Vec<Value>> {
    let mut values = Vec::with_capacity(count.min(answers.len()));
    for _ in 0..count {
        values.push(next(&mut answers)?);
    }
    Ok(values)
}

/// The next one.
pub(super) fn next(answers: &mut &[u8]) -> RedisResult<Value> {
    let mut rest = *answers;
    if let Some(value) = usual(&mut rest, DEPTH) {
        *answers = rest;
        return Ok(value);
    }
    let no_answer = || RedisError::from((ErrorKind::Parse, "the answer does not end"));
    let length = Extent::new().advance(answers).ok().flatten().ok_or_else(no_answer)?;
    let (answer, rest) = answers.split_at(length);
    *answers = rest;
    parse_redis_value(answer)
}

fn usual(rest: &mut &[u8], depth: usize) -> Option<Value> {
    let (kind, line) = take_line(rest)?;
    Some(match kind {
        b'$' => match number(line).ok()? {
            Some(length) => Value::BulkString(take_bytes(rest, length)?.to_vec()),
            None => Value::Nil,
        },
        b':' => Value::Int(std::str::from_utf8(line).ok()?.parse().ok()?),
        b',' => Value::Double(std::str::from_utf8(line).ok()?.parse().ok()?),
        b'+' if line == b"OK" => Value::Okay,
        b'+' => Value::SimpleString(std::str::from_utf8(line).ok()?.to_owned()),
        b'_' if line.is_empty() => Value::Nil,
        b'*' => match number(line).ok()? {
            Some(count) => Value::Array(array(rest, count, depth.checked_sub(1)?)?),
            None => Value::Nil,
        },
        _ => return None,
    })
}

fn array(rest: &mut &[u8], count: u64, depth: usize) -> Option<Vec<Value>> {
    let count = usize::try_from(count).ok()?;
    // No value takes less: what is claimed is not believed.
    let mut values = Vec::with_capacity(count.min(rest.len() / 3));
    for _ in 0..count {
        values.push(usual(rest, depth)?);
    }
    Some(values)
}

/// The kind of the next value, and what its line says.
pub(super) fn take_line<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let end = rest.iter().position(|byte| *byte == b'\r')?;
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix(b"\r\n")?;
    line.split_first().map(|(kind, line)| (*kind, line))
}

pub(super) fn take_bytes<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after.strip_prefix(b"\r\n")?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use ::redis::{Value, parse_redis_value};
    use proptest::prelude::*;

    use super::super::extent::tests::answer;
    use super::{next, usual, values};

    #[test]
    fn what_is_usual_here_is_not_left_to_redis_rs() {
        for answer in [
            "$1\r\na\r\n",
            "$-1\r\n",
            "_\r\n",
            ":-12\r\n",
            ",1700000000000000\r\n",
            "+OK\r\n",
            "+PONG\r\n",
            "*-1\r\n",
            "*2\r\n*1\r\n:1\r\n$2\r\n\r\n\r\n",
        ] {
            let mut rest = answer.as_bytes();
            let value = usual(&mut rest, super::DEPTH);
            assert_eq!((value, rest), (parse_redis_value(answer.as_bytes()).ok(), &b""[..]), "{answer:?}");
        }
    }

    #[test]
    fn errors_are_answers_and_what_does_not_end_is_none() {
        let answers = values(b"+OK\r\n-NOSCRIPT no\r\n:1\r\n", 3).expect("three");
        assert!(matches!(&answers[..], [Value::Okay, Value::ServerError(_), Value::Int(1)]));
        for cut in [&b""[..], b"$4\r\na\r\n", b"*2\r\n:1\r\n", b"*4294967295\r\n:1\r\n", b"hello\r\n"] {
            assert!(values(cut, 1).is_err(), "{cut:?}");
        }
        let deep = [&b"*1\r\n".repeat(5)[..], b":1\r\n"].concat();
        assert_eq!(values(&deep, 1).ok(), parse_redis_value(&deep).ok().map(|value| vec![value]));
    }

    proptest! {
        #[test]
        fn as_redis_rs_reads_them(answers in prop::collection::vec(answer(), 1..4)) {
            let all = answers.concat();
            let mut rest = &all[..];
            for answer in &answers {
                match (next(&mut rest), parse_redis_value(answer)) {
                    (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
                    (Err(_), Err(_)) => return Ok(()),
                    (ours, theirs) => prop_assert!(false, "{:?} and {:?}", ours, theirs),
                }
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn whatever_comes_is_read_or_refused(answers in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = values(&answers, 3);
        }
    }
}
