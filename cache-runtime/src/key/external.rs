//! Key parts of other crates, each behind the feature of its name.

use serde_json::Value;

#[cfg(feature = "uuid")]
use super::Short;
use super::{CacheKey, KeyWriter};

/// Compact JSON with sorted keys, so that two maps with the same content are one key.
impl CacheKey for Value {
    fn write_key(&self, out: &mut KeyWriter) {
        let mut json = String::new();
        canonical(self, &mut json);
        out.text(&json);
    }
}

fn canonical(value: &Value, json: &mut String) {
    match value {
        // Equal to `0.0`.
        Value::Number(number) if number.to_string() == "-0.0" => json.push_str("0.0"),
        Value::Array(items) => {
            json.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                canonical(item, json);
            }
            json.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            json.push('{');
            for (at, (name, field)) in fields.into_iter().enumerate() {
                if at > 0 {
                    json.push(',');
                }
                json.push_str(&Value::from(name.as_str()).to_string());
                json.push(':');
                canonical(field, json);
            }
            json.push('}');
        }
        plain => json.push_str(&plain.to_string()),
    }
}

/// Lower case, with hyphens.
#[cfg(feature = "uuid")]
impl CacheKey for uuid::Uuid {
    #[inline]
    fn write_key(&self, out: &mut KeyWriter) {
        fn write(id: uuid::Uuid, text: &mut String) {
            text.push_str(id.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
        }
        out.known(Some(Short::uuid(self.as_u128())), |text| write(*self, text));
    }
}

/// Without trailing zeros: equal numbers are one key.
#[cfg(feature = "rust_decimal")]
impl CacheKey for rust_decimal::Decimal {
    fn write_key(&self, out: &mut KeyWriter) {
        out.display(self.normalize());
    }
}

/// `2024-05-01`, and for years beyond four digits `+12024-05-01`.
#[cfg(any(feature = "chrono", feature = "time"))]
fn date(year: i32, month: u32, day: u32) -> String {
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+05}-{month:02}-{day:02}")
    }
}

/// `12:34:56`, then the fraction in as few digits as are exact.
#[cfg(any(feature = "chrono", feature = "time"))]
fn time_of_day(hour: u32, minute: u32, second: u32, nanosecond: u32) -> String {
    let whole = format!("{hour:02}:{minute:02}:{second:02}");
    if nanosecond == 0 {
        return whole;
    }
    let fraction = format!("{nanosecond:09}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike as _};

    use super::{CacheKey, KeyWriter, date, time_of_day};

    fn day_text(day: NaiveDate) -> String {
        date(day.year(), day.month(), day.day())
    }

    fn time_text(time: NaiveTime) -> String {
        // A leap second is told by its nanoseconds: 59 and more than a whole second.
        let (leap, nanosecond) = (time.nanosecond() / 1_000_000_000, time.nanosecond() % 1_000_000_000);
        time_of_day(time.hour(), time.minute(), time.second() + leap, nanosecond)
    }

    fn moment_text(moment: NaiveDateTime) -> String {
        format!("{}T{}", day_text(moment.date()), time_text(moment.time()))
    }

    /// RFC 3339 in UTC: one moment is one key, whatever its time zone.
    impl<Tz: TimeZone> CacheKey for DateTime<Tz> {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&moment_text(self.naive_utc()));
            out.text("Z");
        }
    }

    impl CacheKey for NaiveDateTime {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&moment_text(*self));
        }
    }

    impl CacheKey for NaiveDate {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&day_text(*self));
        }
    }

    impl CacheKey for NaiveTime {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&time_text(*self));
        }
    }
}

#[cfg(feature = "time")]
mod with_time {
    use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

    use super::{CacheKey, KeyWriter, date, time_of_day};

    fn day_text(day: Date) -> String {
        date(day.year(), u8::from(day.month()).into(), day.day().into())
    }

    fn time_text(time: Time) -> String {
        let (hour, minute, second, nanosecond) = time.as_hms_nano();
        time_of_day(hour.into(), minute.into(), second.into(), nanosecond)
    }

    /// RFC 3339 in UTC: one moment is one key, whatever its offset.
    impl CacheKey for OffsetDateTime {
        fn write_key(&self, out: &mut KeyWriter) {
            match self.checked_to_offset(UtcOffset::UTC) {
                Some(utc) => {
                    out.text(&day_text(utc.date()));
                    out.text("T");
                    out.text(&time_text(utc.time()));
                    out.text("Z");
                }
                // A moment of the last or first representable day that UTC would put on the day beyond.
                None => out.display(format_args!("{}ns", self.unix_timestamp_nanos())),
            }
        }
    }

    impl CacheKey for PrimitiveDateTime {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&day_text(self.date()));
            out.text("T");
            out.text(&time_text(self.time()));
        }
    }

    impl CacheKey for Date {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&day_text(*self));
        }
    }

    impl CacheKey for Time {
        fn write_key(&self, out: &mut KeyWriter) {
            out.text(&time_text(*self));
        }
    }
}

#[cfg(test)]
#[path = "external_tests.rs"]
mod tests;
