//! Durations as attributes spell them: `"30m"`, `"1h 30m"`, `"500ms"`.

use std::time::Duration;

const SYNTAX: &str =
    "write a number and a unit, such as \"30s\", \"30m\", \"1h 30m\" or \"500ms\"; units are ms, s, m, h, d and w";

/// Reads a duration, or says what to write instead.
pub(crate) fn read(text: &str) -> Result<Duration, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(format!("an empty duration; {SYNTAX}"));
    }
    if rest.starts_with('-') {
        return Err(format!("a duration cannot be negative; {SYNTAX}"));
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        if number.is_empty() {
            return Err(format!("`{text}` is not a duration; {SYNTAX}"));
        }
        if tail.starts_with('.') {
            return Err(format!(
                "fractions are not allowed in a duration; use a smaller unit, such as \"1500ms\" for \"1.5s\" ({SYNTAX})"
            ));
        }
        let letters = tail.find(|c: char| !c.is_alphabetic() && c != 'µ').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        if unit.is_empty() {
            return Err(format!(
                "`{number}` has no unit; write \"{number}s\" for seconds or \"{number}m\" for minutes"
            ));
        }
        let number: u64 = number.parse().map_err(|_| too_long(text))?;
        total = millis(number, unit)?
            .and_then(|part| total.checked_add(part))
            .filter(|total| total.as_secs() <= LONGEST)
            .ok_or_else(|| too_long(text))?;
        rest = tail.trim_start();
    }
    Ok(total)
}

/// Reads whole seconds.
pub(crate) fn seconds(number: u64) -> Result<Duration, String> {
    if number > LONGEST {
        return Err(too_long(&number.to_string()));
    }
    Ok(Duration::from_secs(number))
}

/// A thousand years: far beyond any use, and far below what servers refuse.
const LONGEST: u64 = 1000 * 366 * 24 * 60 * 60;

fn too_long(text: &str) -> String {
    format!("`{text}` is too long; the longest duration is 1000 years")
}

/// The duration, unless it is none.
pub(crate) fn nonzero(duration: Duration) -> Result<Duration, String> {
    if duration.is_zero() {
        return Err("a duration of zero would cache nothing; write a longer one".to_owned());
    }
    Ok(duration)
}

fn millis(number: u64, unit: &str) -> Result<Option<Duration>, String> {
    let factor = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "d" => 24 * 60 * 60 * 1000,
        "w" => 7 * 24 * 60 * 60 * 1000,
        _ => {
            let near = match unit.to_ascii_lowercase().as_str() {
                "ns" | "us" | "µs" => {
                    return Err(format!("`{unit}` is finer than a cache can keep; the smallest unit is ms"));
                }
                "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => "ms",
                "s" | "sec" | "secs" | "second" | "seconds" => "s",
                "m" | "min" | "mins" | "minute" | "minutes" => "m",
                "h" | "hr" | "hrs" | "hour" | "hours" => "h",
                "d" | "day" | "days" => "d",
                "w" | "week" | "weeks" => "w",
                _ => return Err(format!("unknown unit `{unit}`; {SYNTAX}")),
            };
            return Err(format!("unknown unit `{unit}`; write \"{number}{near}\""));
        }
    };
    Ok(number.checked_mul(factor).map(Duration::from_millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Duration, String> {
        read(text).and_then(nonzero)
    }

    #[test]
    fn spellings() {
        for (text, millis) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("30m", 1_800_000),
            ("1h 30m", 5_400_000),
            ("1h30m", 5_400_000),
            (" 2 d ", 172_800_000),
            ("1w", 604_800_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn mistakes() {
        for (text, part) in [
            ("", "empty"),
            ("30", "\"30s\""),
            ("30min", "\"30m\""),
            ("30M", "\"30m\""),
            ("5us", "smallest unit is ms"),
            ("5 lightyears", "unknown unit"),
            ("0s", "zero"),
            ("1.5h", "smaller unit"),
            ("-1s", "negative"),
            ("soon", "not a duration"),
            ("99999999999999999999s", "too long"),
            ("9999999999999w", "too long"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
