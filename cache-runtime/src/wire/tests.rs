use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
}

fn ada() -> User {
    User { id: 7, name: "Ada".into() }
}

fn meta(tags: &[&'static str]) -> Meta<'static> {
    Meta {
        created: Some(1_732_147_200_000),
        expires: Some(1_732_149_000_000),
        tags: tags.iter().map(|tag| Cow::Borrowed(*tag)).collect(),
        ..Meta::default()
    }
}

use crate::private::json;

macro_rules! golden {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/golden/", $name)).as_slice()
    };
}

fn user(bytes: &[u8]) -> Result<Option<User>, DecodeError> {
    decode::<User>(bytes, true).map(|decoded| decoded.value)
}

#[test]
fn what_is_written_is_frozen() {
    assert_eq!(encode_packed(&mut json(&ada()), &meta(&[]), None).expect("JSON").as_slice(), golden!("v1-plain.json"));
    let tagged = encode_packed(&mut json(&ada()), &meta(&["users", "org:a\"b"]), None).expect("JSON");
    assert_eq!(tagged.as_slice(), golden!("v1-tags.json"));
    assert_eq!(encode_none(&meta(&[])).as_slice(), golden!("v1-none.json"));
}

#[test]
fn scenario_43_payloads_of_every_release_decode() {
    let plain = decode::<User>(golden!("v1-plain.json"), false).expect("decodes");
    assert_eq!((plain.meta, plain.value), (meta(&[]), Some(ada())));
    let tagged = decode::<User>(golden!("v1-tags.json"), false).expect("decodes");
    assert_eq!((tagged.meta, tagged.value), (meta(&["users", "org:a\"b"]), Some(ada())));
    let none = decode::<User>(golden!("v1-none.json"), true).expect("decodes");
    assert_eq!((none.meta, none.value), (meta(&[]), None));
    let foreign = decode::<User>(golden!("v1-foreign.json"), false).expect("decodes");
    assert_eq!((foreign.meta, foreign.value), (meta(&["users"]), Some(ada())));
    let bare = decode::<User>(golden!("bare.json"), false).expect("decodes");
    assert_eq!((bare.meta, bare.value), (Meta::default(), Some(ada())));
    let frame = decode::<User>(golden!("v1-frame-plain.bin"), false).expect("decodes");
    assert_eq!((frame.meta, frame.value.map(|user| user.name.len())), (meta(&["users"]), Some(300)));
    assert_eq!(user(golden!("v1-frame-none.bin")), Ok(None));
}

#[cfg(feature = "compress")]
#[test]
fn scenario_43_compressed_frames_decode() {
    let frame = decode::<User>(golden!("v1-frame-zlib.bin"), false).expect("decodes");
    assert_eq!((frame.meta, frame.value.map(|user| user.name.len())), (meta(&["users"]), Some(300)));
}

#[cfg(not(feature = "compress"))]
#[test]
fn a_compressed_frame_does_not_decode_without_the_feature() {
    assert_eq!(user(golden!("v1-frame-zlib.bin")), Err(DecodeError::Unsupported));
}

#[cfg(feature = "compress")]
#[test]
fn long_values_are_packed_and_come_back() {
    let long = User { id: 1, name: "x".repeat(5_000) };
    let packed = encode_packed(&mut json(&long), &meta(&["users"]), Some(1_000)).expect("a frame");
    assert!(packed.len() < 200 && packed.starts_with(b"\xCAche"));
    let decoded = decode::<User>(&packed, false).expect("decodes");
    assert_eq!((decoded.meta, decoded.value), (meta(&["users"]), Some(long)));
    let short = encode_packed(&mut json(&ada()), &meta(&[]), Some(1_000)).expect("JSON");
    assert!(short.starts_with(b"{"), "short values stay readable");
}

#[cfg(feature = "compress")]
#[test]
fn a_body_that_unpacks_to_more_than_stated_is_refused() {
    let long = User { id: 1, name: "x".repeat(5_000) };
    let mut packed = encode_packed(&mut json(&long), &meta(&[]), Some(1_000)).expect("a frame").to_vec();
    packed[48..52].copy_from_slice(&100_u32.to_be_bytes());
    assert_eq!(user(&packed), Err(DecodeError::Malformed));
}

#[test]
fn none_is_told_from_a_value_that_is_null() {
    let bytes = encode_packed(&mut json(&None::<u8>), &meta(&[]), None).expect("JSON");
    assert_eq!(decode::<Option<u8>>(&bytes, true).map(|decoded| decoded.value), Ok(Some(None)));
    let bytes = encode_none(&meta(&[]));
    assert_eq!(decode::<Option<u8>>(&bytes, true).map(|decoded| decoded.value), Ok(None));
    assert_eq!(user(b" null "), Ok(None));
    assert_eq!(decode::<User>(b"null", false).map(|_| ()), Err(DecodeError::Mismatch));
    assert_eq!(decode::<User>(&bytes, false).map(|_| ()), Err(DecodeError::UnexpectedNone));
}

#[test]
fn each_kind_of_garbage_has_its_reason() {
    let cut = &golden!("v1-plain.json")[..40];
    for (bytes, reason) in [
        (b"".as_slice(), DecodeError::Malformed),
        (b"\xff\xfe\x00", DecodeError::Malformed),
        (b"hello", DecodeError::Malformed),
        (b"{\"$cache\":1}", DecodeError::Malformed),
        (b"{\"$cache\":1,\"value\":}", DecodeError::Malformed),
        (b"{\"$cache\":1,\"created\":-5,\"value\":{\"id\":7,\"name\":\"Ada\"}}", DecodeError::Malformed),
        (cut, DecodeError::Malformed),
        (b"{\"$cache\":2,\"value\":{\"id\":7,\"name\":\"Ada\"}}", DecodeError::UnknownVersion),
        (b"{\"id\":7}", DecodeError::Mismatch),
        (b"{\"id\":\"7\",\"name\":\"Ada\"}", DecodeError::Mismatch),
        (b"[1,2,3]", DecodeError::Mismatch),
        (b"{\"id\":7,\"name\":\"Ada\"} tail", DecodeError::Malformed),
        (b"\xCA", DecodeError::Malformed),
        (b"\xCAche\x01\x00\x00\x00", DecodeError::Malformed),
        (b"\xCAche\x03\x00\x00\x00", DecodeError::UnknownVersion),
    ] {
        assert_eq!(user(bytes), Err(reason), "{}", String::from_utf8_lossy(bytes));
    }
    let frame = golden!("v1-frame-plain.bin");
    for cut in 1..frame.len() {
        assert!(user(&frame[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn fields_after_the_value_are_no_harm() {
    let bytes = b"{\"$cache\":1,\"value\":{\"id\":7,\"name\":\"Ada\"},\"writer\":\"go\"}";
    assert_eq!(user(bytes), Ok(Some(ada())));
}

mod inverse {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn encode_and_decode(
            id: u64,
            name: String,
            tags in proptest::collection::vec(".*", 0..4),
            created: Option<u64>,
            expires: Option<u64>,
        ) {
            let meta = Meta { created, expires, tags: tags.into_iter().map(Cow::Owned).collect(), ..Meta::default() };
            let value = User { id, name };
            let bytes = encode_packed(&mut json(&value), &meta, Some(64)).expect("encodes");
            let decoded = decode::<User>(&bytes, true).expect("decodes");
            // A frame writes 0 for an absent time.
            if bytes.starts_with(b"{") {
                prop_assert_eq!(&decoded.meta, &meta);
            }
            prop_assert_eq!(decoded.meta.tags, meta.tags);
            prop_assert_eq!(decoded.value, Some(value));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            let _ = decode::<User>(&bytes, true);
        }

        #[test]
        fn hostile_frames_never_panic(bytes: Vec<u8>) {
            let mut frame = b"\xCAche\x01\x00\x00".to_vec();
            frame.extend(bytes);
            let _ = decode::<User>(&frame, true);
        }
    }
}
