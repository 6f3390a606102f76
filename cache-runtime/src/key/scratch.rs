//! A writer that is used again, so that writing a key allocates nothing.

use std::cell::RefCell;

use super::KeyWriter;

thread_local! {
    static WRITER: RefCell<KeyWriter> = RefCell::default();
}

/// Lends an empty writer. A key that is written while another one is gets a writer of its own.
pub(crate) fn with_writer<T>(write: impl FnOnce(&mut KeyWriter) -> T) -> T {
    let mut writer = WRITER.take();
    writer.clear();
    let written = write(&mut writer);
    WRITER.set(writer);
    written
}
