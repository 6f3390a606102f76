//! Writes parts of a key as text that cannot collide.

use std::fmt::{self, Display, Write as _};

use sha2::{Digest as _, Sha256};

use super::probe::Probe;
use super::{CacheKey, Short, Tenancy};

/// Receives the parts of a key and escapes them.
///
/// Letters, digits and `-_.~` stay; every other byte of a text becomes `%XX` (RFC 3986, the same as Python's
/// `urllib.parse.quote(text, safe="")`). An empty text is `''`. The punctuation that the writer adds itself (`,` `(` `)` `[` `]` `!` `#`
/// `:` `'`) is always escaped in texts, so structure and content cannot be confused.
pub struct KeyWriter {
    text: String,
    // Whether the next part of the current group needs a comma before it.
    later: bool,
    // Whether it only looks what would be written.
    probe: Probe,
    // What it has seen.
    short: Short,
}

impl KeyWriter {
    pub(crate) const fn new() -> Self {
        Self { text: String::new(), later: false, probe: Probe::Off, short: Short::NOTHING }
    }

    /// With room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ..Self::new() }
    }

    /// One that writes nothing, and sees whether what would be written is short.
    #[inline]
    pub(crate) const fn probing() -> Self {
        Self { text: String::new(), later: false, probe: Probe::Nothing, short: Short::NOTHING }
    }

    /// What it has seen, if it was one short thing and no more.
    #[inline]
    pub(super) fn seen(&self) -> Option<Short> {
        (self.probe == Probe::One).then_some(self.short)
    }

    /// Whether that was a part, or some.
    #[inline]
    pub(super) fn has_parts(&self) -> bool {
        self.later
    }

    /// Sees what would be written next.
    #[inline]
    fn see(&mut self, next: Option<Short>) {
        self.probe = match (self.probe, next) {
            (Probe::Nothing, Some(next)) => {
                self.short = next;
                Probe::One
            }
            (Probe::After, Some(next)) if let Some(both) = self.short.and(next) => {
                self.short = both;
                Probe::One
            }
            _ => Probe::Other,
        };
    }

    /// Whether what comes is only looked at, and is nothing short.
    #[inline]
    fn is_probed(&mut self) -> bool {
        let probed = self.probe != Probe::Off;
        if probed {
            self.probe = Probe::Other;
        }
        probed
    }

    /// Appends one part; parts of a group are separated by a comma.
    #[inline(always)]
    pub fn part<K: CacheKey + ?Sized>(&mut self, part: &K) {
        if self.probe == Probe::Off {
            return self.write_part(part);
        }
        self.probe = self.probe.before_part(std::mem::replace(&mut self.later, true));
        part.write_key(self);
        self.probe = self.probe.after_part();
    }

    fn write_part<K: CacheKey + ?Sized>(&mut self, part: &K) {
        self.next();
        let start = self.text.len();
        part.write_key(self);
        // Otherwise a list of one empty text would be the empty list.
        if self.text.len() == start {
            self.text.push_str("''");
        }
    }

    /// Appends one part as the SHA-256 of its text, in hex after `#`: for personal data and for long texts.
    ///
    /// A hash hides a value only as far as the value is hard to guess.
    pub fn hashed<K: CacheKey + ?Sized>(&mut self, part: &K) {
        if self.is_probed() {
            return;
        }
        self.next();
        self.hash_of(part);
    }

    /// Appends the hash of a part inside the part that is being written, for a newtype of a hashed field.
    #[doc(hidden)]
    pub fn hash_of<K: CacheKey + ?Sized>(&mut self, part: &K) {
        if self.is_probed() {
            return;
        }
        let start = self.text.len();
        let outer = std::mem::replace(&mut self.later, false);
        part.write_key(self);
        self.later = outer;
        self.digest(start);
    }

    /// Appends text, escaped.
    pub fn text(&mut self, text: &str) {
        if self.probe != Probe::Off {
            let plain = Short::whole(text).filter(|_| !text.is_empty() && text.bytes().all(is_plain));
            self.see(plain);
            return;
        }
        // Nearly all texts stand as they are.
        if text.bytes().all(is_plain) {
            return self.text.push_str(text);
        }
        for byte in text.bytes() {
            if is_plain(byte) {
                self.text.push(char::from(byte));
            } else {
                self.text.push('%');
                self.text.push(char::from(HEX_UPPER[usize::from(byte >> 4)]));
                self.text.push(char::from(HEX_UPPER[usize::from(byte & 15)]));
            }
        }
    }

    /// Appends a whole number, or what else needs no escapes; `short` is what stands for that text alone.
    #[inline]
    pub(crate) fn known(&mut self, short: Option<Short>, write: impl FnOnce(&mut String)) {
        if self.probe == Probe::Off {
            write(&mut self.text);
        } else {
            self.see(short);
        }
    }

    /// Appends what `value` displays, escaped.
    pub fn display(&mut self, value: impl Display) {
        if self.is_probed() {
            return;
        }
        struct Escape<'a>(&'a mut KeyWriter);
        impl fmt::Write for Escape<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.text(text);
                Ok(())
            }
        }
        // Writing to a string does not fail; a `Display` that reports an error writes what it wrote.
        let _ = write!(Escape(self), "{value}");
    }

    /// Appends parts in parentheses: a tuple, or a struct inside a key.
    pub fn group(&mut self, parts: impl FnOnce(&mut Self)) {
        self.enclosed('(', ')', parts);
    }

    /// Appends parts in brackets: a sequence.
    pub fn list(&mut self, parts: impl FnOnce(&mut Self)) {
        self.enclosed('[', ']', parts);
    }

    /// Appends an optional part: `!` for none. A text that itself begins with `!` gets one more.
    pub fn option<K: CacheKey + ?Sized>(&mut self, part: Option<&K>) {
        if self.is_probed() {
            return;
        }
        let start = self.text.len();
        match part {
            None => self.text.push('!'),
            Some(part) => {
                part.write_key(self);
                if self.text[start..].starts_with('!') {
                    self.text.insert(start, '!');
                }
            }
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn as_text(&self) -> &str {
        &self.text
    }

    pub(crate) fn raw(&mut self, text: &str) {
        if self.is_probed() {
            return;
        }
        self.text.push_str(text);
    }

    /// Goes back to a beginning, and keeps its room.
    pub(super) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.later = false;
    }

    /// Writes the tenant as it stands in a key.
    #[inline]
    pub(crate) fn tenant(&mut self, longest: usize, tenant: impl FnOnce(&mut Self) -> Tenancy) -> Tenancy {
        let start = self.text.len();
        let outer = std::mem::replace(&mut self.later, false);
        let tenancy = tenant(self);
        self.later = outer;
        match tenancy {
            Tenancy::Missing => {}
            Tenancy::Shared => {
                self.text.truncate(start);
                self.text.push_str("global");
            }
            Tenancy::Written => {
                // The one text that would meet the shared namespace.
                if self.text[start..] == *"global" {
                    self.text.replace_range(start..=start, "%67");
                }
                self.shorten(start, longest);
            }
        }
        tenancy
    }

    /// Writes the id: parts separated by commas, `()` when there are none, hashed when it would be too long.
    #[inline]
    pub(crate) fn id(&mut self, longest: usize, parts: impl FnOnce(&mut Self)) {
        let start = self.text.len();
        let outer = std::mem::replace(&mut self.later, false);
        parts(self);
        if !std::mem::replace(&mut self.later, outer) {
            self.text.push_str("()");
        }
        self.shorten(start, longest);
    }

    /// Replaces what was written since `start` by its hash when it is longer than `longest` bytes.
    pub(crate) fn shorten(&mut self, start: usize, longest: usize) {
        if self.text.len() - start > longest {
            self.digest(start);
        }
    }

    #[inline]
    fn next(&mut self) {
        if std::mem::replace(&mut self.later, true) {
            self.text.push(',');
        }
    }

    fn enclosed(&mut self, open: char, close: char, parts: impl FnOnce(&mut Self)) {
        if self.is_probed() {
            return;
        }
        self.text.push(open);
        let outer = std::mem::replace(&mut self.later, false);
        parts(self);
        self.later = outer;
        self.text.push(close);
    }

    /// Replaces what was written since `start` by its hash.
    fn digest(&mut self, start: usize) {
        let hash = Sha256::digest(&self.text.as_bytes()[start..]);
        self.text.truncate(start);
        self.text.push('#');
        for byte in hash {
            self.text.push(char::from(HEX_LOWER[usize::from(byte >> 4)]));
            self.text.push(char::from(HEX_LOWER[usize::from(byte & 15)]));
        }
    }
}

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";
const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";

/// Which bytes stand as they are.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let this = byte as u8;
        plain[byte] = this.is_ascii_alphanumeric() || matches!(this, b'-' | b'_' | b'.' | b'~');
        byte += 1;
    }
    plain
};

fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

impl Default for KeyWriter {
    fn default() -> Self {
        Self::new()
    }
}

/// A key can hold personal data.
impl fmt::Debug for KeyWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyWriter").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
