use crate::key::key_text;
use serde_json::json;

#[test]
fn json_is_one_key_whatever_the_order_of_its_fields() {
    let one: serde_json::Value = serde_json::from_str(r#"{"b": [1, 2.5], "a": null}"#).unwrap();
    let other: serde_json::Value = serde_json::from_str(r#"{"a": null, "b": [1, 2.5]}"#).unwrap();
    assert_eq!(key_text(&one), key_text(&other));
    assert_eq!(key_text(&one), "%7B%22a%22%3Anull%2C%22b%22%3A%5B1%2C2.5%5D%7D");
    assert_eq!(key_text(&json!(-0.0)), key_text(&json!(0.0)));
}

#[test]
fn different_json_is_different_text() {
    let all = [
        json!(null),
        json!("null"),
        json!(""),
        json!(1),
        json!(1.0),
        json!("1"),
        json!([]),
        json!({}),
        json!([1, 2]),
        json!(["1,2"]),
        json!({"a": "b\",\"c\":\"d"}),
        json!({"a": "b", "c": "d"}),
    ]
    .map(|value| key_text(&value));
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{one} twice");
    }
}

#[cfg(feature = "uuid")]
#[test]
fn a_uuid_is_lower_case_with_hyphens() {
    let id = uuid::Uuid::from_u128(0x0d9f_0000_0000_4000_8000_0000_0000_00ab);
    assert_eq!(key_text(&id), "0d9f0000-0000-4000-8000-0000000000ab");
    assert_ne!(key_text(&id), key_text(&uuid::Uuid::nil()));
}

#[cfg(feature = "rust_decimal")]
#[test]
fn equal_decimals_are_one_key() {
    use rust_decimal::Decimal;
    assert_eq!(key_text(&Decimal::new(10, 1)), key_text(&Decimal::new(100, 2)));
    assert_eq!(key_text(&Decimal::new(10, 1)), "1");
    assert_eq!(key_text(&-Decimal::new(0, 3)), "0");
    assert_eq!(key_text(&Decimal::new(-105, 2)), "-1.05");
    assert_eq!(key_text(&Decimal::new(100, 0)), "100");
    assert_ne!(key_text(&Decimal::new(10, 0)), key_text(&Decimal::new(10, 1)));
}

#[cfg(feature = "chrono")]
#[test]
fn chrono_moments_are_one_key_in_every_zone() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
    let here: DateTime<FixedOffset> = "2024-05-01T02:30:00.250+02:00".parse().unwrap();
    assert_eq!(key_text(&here), "2024-05-01T00%3A30%3A00.25Z");
    assert_eq!(key_text(&here), key_text(&here.with_timezone(&Utc)));
    assert_eq!(key_text(&here.naive_local()), "2024-05-01T02%3A30%3A00.25");
    assert_ne!(key_text(&here), key_text(&(here + chrono::TimeDelta::nanoseconds(1))));

    let day = |year| NaiveDate::from_ymd_opt(year, 1, 2).unwrap();
    assert_eq!(key_text(&day(7)), "0007-01-02");
    assert_eq!(key_text(&day(12024)), "%2B12024-01-02");
    assert_eq!(key_text(&day(-7)), "-0007-01-02");

    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
    assert_eq!(key_text(&leap), "23%3A59%3A60.5");
    assert_eq!(key_text(&NaiveTime::MIN), "00%3A00%3A00");
}

#[cfg(feature = "time")]
#[test]
fn time_moments_are_one_key_in_every_offset() {
    use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};
    let day = Date::from_calendar_date(2024, Month::May, 1).unwrap();
    let clock = Time::from_hms_nano(2, 30, 0, 250_000_000).unwrap();
    let local = PrimitiveDateTime::new(day, clock);
    let here = local.assume_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
    assert_eq!(key_text(&here), "2024-05-01T00%3A30%3A00.25Z");
    assert_eq!(key_text(&here), key_text(&here.to_offset(UtcOffset::UTC)));
    assert_eq!(key_text(&local), "2024-05-01T02%3A30%3A00.25");
    assert_eq!(key_text(&day), "2024-05-01");
    assert_eq!(key_text(&clock), "02%3A30%3A00.25");
    assert_eq!(key_text(&OffsetDateTime::UNIX_EPOCH), "1970-01-01T00%3A00%3A00Z");

    let last = PrimitiveDateTime::new(Date::MAX, Time::MIDNIGHT).assume_offset(UtcOffset::from_hms(-23, 0, 0).unwrap());
    assert_ne!(key_text(&last), key_text(&(last + time::Duration::NANOSECOND)));
}
