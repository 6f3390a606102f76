//! Binary frames: for bytes that are not readable JSON. `docs/wire-format.md` has the layout.

use std::borrow::Cow;

use super::envelope::Opened;
use super::{DecodeError, Meta};

/// No JSON text begins with this byte.
const MAGIC: &[u8; 4] = b"\xCAche";
/// Without the fields of the second version.
const FIRST: u8 = 1;
const SECOND: u8 = 2;
const FLAG_NONE: u8 = 1;
const CODEC_JSON: u8 = 0;
const PLAIN: u8 = 0;
#[cfg(feature = "compress")]
const ZLIB: u8 = 1;

/// A frame may not claim to unpack to more than the server could have stored.
const LONGEST: u32 = 512 << 20;

pub(crate) fn is_frame(bytes: &[u8]) -> bool {
    bytes.first() == Some(&MAGIC[0])
}

/// Packs JSON into a compressed frame. `None` when that would not make it smaller.
#[cfg(feature = "compress")]
pub(crate) fn pack(json: &[u8], meta: &Meta<'_>) -> Option<Vec<u8>> {
    use std::io::Write as _;

    let length = u32::try_from(json.len()).ok().filter(|length| *length <= LONGEST)?;
    let tags = if meta.tags.is_empty() { Vec::new() } else { serde_json::to_vec(&meta.tags).ok()? };
    let mut frame = Vec::with_capacity(json.len() / 2 + 64);
    frame.extend_from_slice(MAGIC);
    frame.extend_from_slice(&[SECOND, 0, CODEC_JSON, ZLIB]);
    for number in [meta.created, meta.expires, meta.since, meta.grace, meta.cost] {
        frame.extend_from_slice(&number.unwrap_or(0).to_be_bytes());
    }
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&u16::try_from(tags.len()).ok()?.to_be_bytes());
    frame.extend_from_slice(&tags);
    let mut zlib = flate2::write::ZlibEncoder::new(frame, flate2::Compression::fast());
    zlib.write_all(json).ok()?;
    zlib.finish().ok().filter(|frame| frame.len() < json.len())
}

/// Opens a frame; the value is JSON bytes.
pub(crate) fn open_frame(bytes: &[u8]) -> Result<Opened<'_>, DecodeError> {
    let mut rest = Reader(bytes);
    if rest.take(4)? != MAGIC {
        return Err(DecodeError::Malformed);
    }
    let [version, flags, codec, compression] = rest.array()?;
    if !matches!(version, FIRST | SECOND) || flags & !FLAG_NONE != 0 {
        return Err(DecodeError::UnknownVersion);
    }
    let mut numbers = [None; 5];
    for number in numbers.iter_mut().take(if version == FIRST { 2 } else { 5 }) {
        *number = Some(u64::from_be_bytes(rest.array()?)).filter(|number| *number != 0);
    }
    let [created, expires, since, grace, cost] = numbers;
    let length = u32::from_be_bytes(rest.array()?);
    let tags = usize::from(u16::from_be_bytes(rest.array()?));
    let tags = rest.take(tags)?;
    let tags =
        if tags.is_empty() { Vec::new() } else { serde_json::from_slice(tags).map_err(|_| DecodeError::Malformed)? };
    if codec != CODEC_JSON || length > LONGEST {
        return Err(DecodeError::Unsupported);
    }
    let value = unpack(compression, rest.0, length)?;
    Ok(Opened { meta: Meta { created, expires, since, grace, cost, tags }, none: flags & FLAG_NONE != 0, value })
}

fn unpack(compression: u8, body: &[u8], length: u32) -> Result<Cow<'_, [u8]>, DecodeError> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    match compression {
        PLAIN if body.len() == length => Ok(Cow::Borrowed(body)),
        PLAIN => Err(DecodeError::Malformed),
        #[cfg(feature = "compress")]
        ZLIB => {
            use std::io::Read as _;

            let mut json = Vec::new();
            // One byte more than promised, so that a body that unpacks to more is noticed and goes no further.
            let mut zlib = flate2::read::ZlibDecoder::new(body).take(length as u64 + 1);
            zlib.read_to_end(&mut json).map_err(|_| DecodeError::Malformed)?;
            if json.len() == length { Ok(Cow::Owned(json)) } else { Err(DecodeError::Malformed) }
        }
        _ => Err(DecodeError::Unsupported),
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(DecodeError::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Malformed)
    }
}
