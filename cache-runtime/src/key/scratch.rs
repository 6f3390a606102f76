//! A writer that is used again, so that writing a key allocates nothing, and remembers how the last key began.

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
    let mut scratch = SCRATCH.take();
    let tenancy = scratch.begin(cache, layout, tenant);
    if tenancy != Tenancy::Missing {
        layout.write_rest(&mut scratch.writer, version, id);
    }
    let given = read(tenancy, scratch.writer.as_text());
    // A key that is written while another one is found an empty scratch, which ends here.
    SCRATCH.set(scratch);
    given
}

impl Scratch {
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
        self.head = (tenancy == Tenancy::Shared).then_some(Head { cache, resource: layout.resource, length });
        tenancy
    }
}
