//! The finished text of a key.

use std::borrow::Borrow;
use std::fmt;

use triomphe::Arc;

use super::{KeyWriter, Tenancy, Version};

/// The longest id and the longest tenant, in bytes after escaping; longer ones are replaced by their hash.
pub(crate) const LONGEST_PART: usize = 256;

/// The text of one key, shared cheaply. Its `Debug` shows a hash only, since ids can be personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyText(Arc<str>);

impl KeyText {
    /// The text as it stands in the store.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Maps of keys are asked by text.
impl Borrow<str> for KeyText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({:08x})", fingerprint(&self.0))
    }
}

/// A short, unsalted hash for logs: enough to tell two keys of one log apart, not enough to read an id from.
pub(crate) fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The pieces of which a key is put together.
pub(crate) struct KeyLayout<'a> {
    pub prefix: &'a str,
    pub resource: &'static str,
    pub suffix: Option<&'a str>,
}

impl KeyLayout<'_> {
    /// Writes prefix, tenant and resource. Of a key whose tenant is missing only a part.
    pub(super) fn write_head(&self, out: &mut KeyWriter, tenant: impl FnOnce(&mut KeyWriter) -> Tenancy) -> Tenancy {
        self.write_start(out);
        let tenancy = out.tenant(LONGEST_PART, tenant);
        if tenancy != Tenancy::Missing {
            self.write_resource(out);
        }
        tenancy
    }

    pub(super) fn write_start(&self, out: &mut KeyWriter) {
        out.raw(self.prefix);
        out.raw(":tenant-");
    }

    pub(super) fn write_resource(&self, out: &mut KeyWriter) {
        out.raw(":");
        out.text(self.resource);
        out.raw(":");
    }

    pub(super) fn write_id(&self, out: &mut KeyWriter, id: impl FnOnce(&mut KeyWriter)) {
        out.id(LONGEST_PART, id);
    }

    /// Writes version and suffix.
    pub(super) fn write_tail(&self, out: &mut KeyWriter, version: Version) {
        out.raw(":");
        version.write(out);
        if let Some(suffix) = self.suffix {
            out.raw(":");
            out.text(suffix);
        }
    }
}

/// A key without its version: what an invalidation needs to name the entry in every version.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Unversioned {
    head: String,
    suffix: Option<String>,
}

impl Unversioned {
    /// Of a whole key: neither versions nor suffixes contain a colon.
    pub(crate) fn of(key: &KeyText, suffixed: bool) -> Self {
        let text = key.as_str();
        let (text, suffix) = match text.rsplit_once(':') {
            Some((text, suffix)) if suffixed => (text, Some(suffix.to_owned())),
            _ => (text, None),
        };
        Self { head: text.rsplit_once(':').map_or(text, |(head, _version)| head).to_owned(), suffix }
    }

    /// Writes prefix, tenant, resource and id. `None` when the key has a tenant part that is absent.
    pub(crate) fn new(
        layout: &KeyLayout<'_>,
        tenant: impl FnOnce(&mut KeyWriter) -> Tenancy,
        id: impl FnOnce(&mut KeyWriter),
    ) -> (Option<Self>, Tenancy) {
        let mut out = KeyWriter::new();
        let tenancy = layout.write_head(&mut out, tenant);
        if tenancy == Tenancy::Missing {
            return (None, tenancy);
        }
        layout.write_id(&mut out, id);
        let suffix = layout.suffix.map(|suffix| {
            let mut out = KeyWriter::new();
            out.text(suffix);
            out.into_text()
        });
        (Some(Self { head: out.into_text(), suffix }), tenancy)
    }

    /// The whole key in one version.
    pub(crate) fn with_version(&self, version: Version) -> KeyText {
        self.with_version_text(&version.text())
    }

    /// The whole key in one version, given as text.
    pub(crate) fn with_version_text(&self, version: &str) -> KeyText {
        let mut out = KeyWriter::new();
        out.text(version);
        self.with_escaped_version(out.as_text())
    }

    /// The whole key in one version, as it stands in keys.
    pub(crate) fn with_escaped_version(&self, version: &str) -> KeyText {
        let mut out = KeyWriter::new();
        out.raw(&self.head);
        out.raw(":");
        out.raw(version);
        if let Some(suffix) = &self.suffix {
            out.raw(":");
            out.raw(suffix);
        }
        KeyText(out.into_text().into())
    }
}

impl KeyText {
    /// A key that is text already.
    pub(crate) fn from_text(text: &str) -> Self {
        Self(text.into())
    }
}
