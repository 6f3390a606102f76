//! Shapes of other crates, each behind the feature of its name.

use super::{CacheSchema, hash};

macro_rules! leaves {
    ($($kind:literal: $($shape:ty),+;)*) => { $( $(
        impl CacheSchema for $shape {
            const FINGERPRINT: u64 = hash::leaf($kind);
        }
    )+ )* };
}

leaves! {
    "json": serde_json::Value;
    "json_number": serde_json::Number;
    "json_map": serde_json::Map<String, serde_json::Value>;
}

#[cfg(feature = "uuid")]
leaves! {
    "uuid": uuid::Uuid, uuid::fmt::Hyphenated;
    "uuid_simple": uuid::fmt::Simple;
    "uuid_urn": uuid::fmt::Urn;
}

#[cfg(feature = "chrono")]
leaves! {
    "chrono_naive_date": chrono::NaiveDate;
    "chrono_naive_time": chrono::NaiveTime;
    "chrono_naive_date_time": chrono::NaiveDateTime;
    "chrono_weekday": chrono::Weekday;
    "chrono_month": chrono::Month;
    "chrono_time_delta": chrono::TimeDelta;
}

#[cfg(feature = "time")]
leaves! {
    "time_date": time::Date;
    "time_time": time::Time;
    "time_primitive_date_time": time::PrimitiveDateTime;
    "time_offset_date_time": time::OffsetDateTime;
    "time_duration": time::Duration;
    "time_utc_offset": time::UtcOffset;
}

#[cfg(feature = "rust_decimal")]
leaves! {
    "decimal": rust_decimal::Decimal;
}

/// RFC 3339 whatever the time zone: each reads the others' text.
#[cfg(feature = "chrono")]
impl<Tz: chrono::TimeZone> CacheSchema for chrono::DateTime<Tz> {
    const FINGERPRINT: u64 = hash::leaf("chrono_date_time");
}
