//! Values to bytes.

use std::fmt;

use super::{Meta, Payload};

/// Why a value has no bytes.
#[derive(Debug)]
pub(crate) struct EncodeError(serde_json::Error);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // serde_json's text can quote the value.
        write!(f, "{:?} error while writing JSON", self.0.classify())
    }
}

/// Appends a value as JSON. A value's type is known to its caller alone.
pub(crate) type WriteJson<'a> = dyn FnMut(&mut Vec<u8>) -> serde_json::Result<()> + 'a;

/// The envelope around a value. The value stands last, so that a reader can find it without reading it. What is longer than
/// `compress_above` bytes goes into a compressed frame, if that is shorter.
pub(crate) fn encode_packed(
    write: &mut WriteJson<'_>,
    meta: &Meta<'_>,
    compress_above: Option<usize>,
) -> Result<Payload, EncodeError> {
    let mut bytes = head(meta);
    bytes.extend_from_slice(b"\"value\":");
    let start = bytes.len();
    write(&mut bytes).map_err(EncodeError)?;
    #[cfg(feature = "compress")]
    if compress_above.is_some_and(|least| bytes.len() >= least)
        && let Some(frame) = super::frame::pack(&bytes[start..], meta)
    {
        return Ok(Payload::new(frame));
    }
    #[cfg(not(feature = "compress"))]
    let _ = (start, compress_above);
    bytes.push(b'}');
    Ok(Payload::new(bytes))
}

/// The envelope that says "there is none".
pub(crate) fn encode_none(meta: &Meta<'_>) -> Payload {
    let mut bytes = head(meta);
    bytes.extend_from_slice(b"\"none\":true,\"value\":null}");
    Payload::new(bytes)
}

fn head(meta: &Meta<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(480);
    bytes.extend_from_slice(b"{\"$cache\":1,");
    let numbers = [
        ("created", meta.created),
        ("expires", meta.expires),
        ("since", meta.since),
        ("grace", meta.grace),
        ("cost", meta.cost),
    ];
    for (name, at) in numbers {
        if let Some(at) = at {
            bytes.push(b'"');
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b"\":");
            bytes.extend_from_slice(itoa::Buffer::new().format(at).as_bytes());
            bytes.push(b',');
        }
    }
    if !meta.tags.is_empty() {
        bytes.extend_from_slice(b"\"tags\":");
        let _ = serde_json::to_writer(&mut bytes, &meta.tags);
        bytes.push(b',');
    }
    bytes
}

/// A value as JSON, whose envelope waits for the time of the store's clock.
#[derive(Clone)]
pub(crate) struct Draft {
    json: Vec<u8>,
    meta: Meta<'static>,
}

impl Draft {
    pub(crate) fn new(write: &mut WriteJson<'_>, meta: Meta<'static>) -> Result<Self, EncodeError> {
        let mut json = Vec::with_capacity(128);
        write(&mut json).map_err(EncodeError)?;
        Ok(Self { json, meta })
    }

    /// The bytes of the value alone.
    pub(crate) fn len(&self) -> usize {
        self.json.len()
    }

    pub(crate) fn since(&self, since: u64, compress_above: Option<usize>) -> Payload {
        let meta = Meta { since: Some(since), ..self.meta.clone() };
        #[cfg(feature = "compress")]
        if compress_above.is_some_and(|least| self.json.len() > least)
            && let Some(frame) = super::frame::pack(&self.json, &meta)
        {
            return Payload::new(frame);
        }
        #[cfg(not(feature = "compress"))]
        let _ = compress_above;
        let mut bytes = head(&meta);
        bytes.extend_from_slice(b"\"value\":");
        bytes.extend_from_slice(&self.json);
        bytes.push(b'}');
        Payload::new(bytes)
    }
}
