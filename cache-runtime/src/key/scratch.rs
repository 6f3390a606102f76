//! A writer that is used again, so that writing a key allocates nothing, and remembers how the last key began and ended.

use std::cell::RefCell;

use super::{KeyLayout, KeyWriter, Tenancy, Version};

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

#[derive(Default)]
struct Scratch {
    writer: KeyWriter,
    head: Option<Head>,
}

/// What the writer begins with: a key of this cache and resource, in the shared namespace, up to its id.
struct Head {
    cache: u64,
    resource: &'static str,
    length: usize,
    /// What follows the id in keys of this version, without a suffix.
    tail: Option<(&'static str, String)>,
}

/// Writes a key and lends its text. `cache` is the number of the cache whose prefix the layout has.
pub(crate) fn with_key<T>(
    cache: u64,
    layout: &KeyLayout<'_>,
    version: Version,
    tenant: impl Fn(&mut KeyWriter) -> Tenancy,
    id: impl FnOnce(&mut KeyWriter),
    read: impl FnOnce(Tenancy, &str) -> T,
) -> T {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => scratch.with_key(cache, layout, version, tenant, id, read),
        // A key that is written while another one is.
        Err(_) => Scratch::default().with_key(cache, layout, version, tenant, id, read),
    })
}

impl Scratch {
    fn with_key<T>(
        &mut self,
        cache: u64,
        layout: &KeyLayout<'_>,
        version: Version,
        tenant: impl Fn(&mut KeyWriter) -> Tenancy,
        id: impl FnOnce(&mut KeyWriter),
        read: impl FnOnce(Tenancy, &str) -> T,
    ) -> T {
        let tenancy = self.begin(cache, layout, tenant);
        if tenancy != Tenancy::Missing {
            layout.write_id(&mut self.writer, id);
            self.end(layout, version);
        }
        read(tenancy, self.writer.as_text())
    }

    fn end(&mut self, layout: &KeyLayout<'_>, version: Version) {
        let (Some(head), None, Version::Fixed(version_text)) = (&mut self.head, layout.suffix, version) else {
            return layout.write_tail(&mut self.writer, version);
        };
        match &head.tail {
            Some((of, tail)) if std::ptr::eq(*of, version_text) => self.writer.raw(tail),
            _ => {
                let start = self.writer.as_text().len();
                layout.write_tail(&mut self.writer, version);
                head.tail = Some((version_text, self.writer.as_text()[start..].to_owned()));
            }
        }
    }

    fn begin(&mut self, cache: u64, layout: &KeyLayout<'_>, tenant: impl Fn(&mut KeyWriter) -> Tenancy) -> Tenancy {
        if let Some(head) = &self.head
            && head.cache == cache
            // The same text at the same place: resources are names in the program.
            && std::ptr::eq(head.resource, layout.resource)
        {
            self.writer.truncate(head.length);
            if tenant(&mut self.writer) == Tenancy::Shared {
                self.writer.truncate(head.length);
                return Tenancy::Shared;
            }
        }
        self.writer.truncate(0);
        let tenancy = layout.write_head(&mut self.writer, &tenant);
        let length = self.writer.as_text().len();
        self.head =
            (tenancy == Tenancy::Shared).then_some(Head { cache, resource: layout.resource, length, tail: None });
        tenancy
    }
}
