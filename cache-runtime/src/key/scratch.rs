//! A writer that is used again, so that writing a key allocates nothing, and remembers how the last key began and ended.

use std::cell::RefCell;

use super::text::LONGEST_PART;
use super::{KeyLayout, KeyWriter, Tenancy, Version};

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

struct Scratch {
    writer: KeyWriter,
    head: Option<Head>,
}

/// What the writer begins with: a key of this cache and resource.
struct Head {
    cache: u64,
    resource: &'static str,
    /// Up to the id where that is the same for all, else up to the tenant.
    length: usize,
    /// Between tenant and id, where keys have a tenant.
    middle: Option<String>,
    tail: Option<Tail>,
}

/// What follows the id in keys of this version, without a suffix.
struct Tail {
    version: Version,
    text: String,
    /// The number of what such keys have in common, once the local tier held one of them.
    names: Option<u32>,
}

/// A key that is asked for.
pub(crate) trait Asked {
    /// The number of what it has in common with others (see `local::Names`), and the rest of its text, if this thread knows them: then its whole text is not needed.
    fn short(&self) -> Option<(u32, &str)>;
    /// The whole text.
    fn text(&mut self) -> &str;
    /// What that number is.
    fn learn(&mut self, names: u32);
}

/// A key that is written but for its end.
pub(crate) struct Lent<'a> {
    scratch: &'a mut Scratch,
    layout: &'a KeyLayout<'a>,
    version: Version,
    /// Where the id begins, if all of the head is remembered.
    id: Option<usize>,
    whole: bool,
}

/// Writes a key and lends it. `cache` is the number of the cache whose prefix the layout has.
pub(crate) fn lend<T>(
    cache: u64,
    layout: &KeyLayout<'_>,
    version: Version,
    tenant: impl Fn(&mut KeyWriter) -> Tenancy,
    id: impl FnOnce(&mut KeyWriter),
    read: impl FnOnce(Tenancy, &mut Lent<'_>) -> T,
) -> T {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => scratch.lend(cache, layout, version, tenant, id, read),
        // A key that is written while another one is.
        Err(_) => Scratch::new().lend(cache, layout, version, tenant, id, read),
    })
}

impl Scratch {
    const fn new() -> Self {
        Self { writer: KeyWriter::new(), head: None }
    }

    fn lend<T>(
        &mut self,
        cache: u64,
        layout: &KeyLayout<'_>,
        version: Version,
        tenant: impl Fn(&mut KeyWriter) -> Tenancy,
        id: impl FnOnce(&mut KeyWriter),
        read: impl FnOnce(Tenancy, &mut Lent<'_>) -> T,
    ) -> T {
        let tenancy = self.begin(cache, layout, tenant);
        let start = self.writer.as_text().len();
        if tenancy != Tenancy::Missing {
            layout.write_id(&mut self.writer, id);
        }
        let id = (tenancy == Tenancy::Shared && layout.suffix.is_none()).then_some(start);
        read(tenancy, &mut Lent { scratch: self, layout, version, id, whole: false })
    }

    fn begin(&mut self, cache: u64, layout: &KeyLayout<'_>, tenant: impl Fn(&mut KeyWriter) -> Tenancy) -> Tenancy {
        let writer = &mut self.writer;
        if let Some(head) = &self.head
            && head.cache == cache
            // The same text at the same place: resources are names in the program.
            && std::ptr::eq(head.resource, layout.resource)
        {
            writer.truncate(head.length);
            match &head.middle {
                None if tenant(writer) == Tenancy::Shared => {
                    writer.truncate(head.length);
                    return Tenancy::Shared;
                }
                Some(middle) if writer.tenant(LONGEST_PART, &tenant) == Tenancy::Written => {
                    writer.raw(middle);
                    return Tenancy::Written;
                }
                _ => {}
            }
        }
        writer.truncate(0);
        layout.write_start(writer);
        let start = writer.as_text().len();
        let tenancy = writer.tenant(LONGEST_PART, &tenant);
        let middle = writer.as_text().len();
        self.head = None;
        if tenancy != Tenancy::Missing {
            layout.write_resource(writer);
            let (length, middle) = match tenancy {
                Tenancy::Written => (start, Some(writer.as_text()[middle..].to_owned())),
                _ => (writer.as_text().len(), None),
            };
            self.head = Some(Head { cache, resource: layout.resource, length, middle, tail: None });
        }
        tenancy
    }
}

impl Head {
    /// The end of keys of this version, if that is remembered.
    fn tail(&self, version: Version) -> Option<&Tail> {
        self.tail.as_ref().filter(|tail| tail.version.is_literally(version))
    }
}

impl Asked for Lent<'_> {
    fn short(&self) -> Option<(u32, &str)> {
        let (id, head) = (self.id?, self.scratch.head.as_ref()?);
        let tail = head.tail(self.version)?;
        let names = tail.names?;
        let text = &self.scratch.writer.as_text()[id..];
        Some((names, if self.whole { &text[..text.len() - tail.text.len()] } else { text }))
    }

    fn text(&mut self) -> &str {
        if !std::mem::replace(&mut self.whole, true) {
            self.end();
        }
        self.scratch.writer.as_text()
    }

    fn learn(&mut self, names: u32) {
        if self.id.is_some()
            && let Some(Head { tail: Some(tail), .. }) = &mut self.scratch.head
            && tail.version.is_literally(self.version)
        {
            tail.names = Some(names);
        }
    }
}

impl Lent<'_> {
    fn end(&mut self) {
        let (Scratch { writer, head }, version) = (&mut *self.scratch, self.version);
        let (None, Some(head)) = (self.layout.suffix, head) else { return self.layout.write_tail(writer, version) };
        if let Some(tail) = head.tail(version) {
            return writer.raw(&tail.text);
        }
        let start = writer.as_text().len();
        self.layout.write_tail(writer, version);
        let text = writer.as_text()[start..].to_owned();
        head.tail = Some(Tail { version, text, names: None });
    }
}
