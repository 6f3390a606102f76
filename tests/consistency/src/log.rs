//! What a worker writes down of each call.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Mutex, PoisonError};

use crate::clock::{Nanos, now};
use crate::way::{WAYS, Way};

/// One line of the log. Times are those of [`now`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// What happened.
    pub kind: Kind,
    /// By which function a read was made.
    pub way: Way,
    /// In which process; told by the pipe through which the record came.
    pub process: u16,
    /// To which key.
    pub key: u16,
    /// Returned by a read, made by a write.
    pub version: u32,
    /// Before the call.
    pub begin: Nanos,
    /// After it.
    pub end: Nanos,
    /// Where a read's value came from.
    pub served: Served,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A read returned.
    Read,
    /// A read after the end of all faults, to see what the store was left with.
    Final,
    /// A write returned, and its invalidation had reached the store.
    Write,
    /// A write returned, and an invalidation waited for the store.
    Deferred,
    /// The invalidation of a deferred write has reached the store by `end`.
    Landed,
    /// The body failed, as the register told it to.
    Refused,
    /// The call failed and the body did not, or it gave the value of another key.
    Surfaced,
    /// The call has not ended by `end`.
    Hung,
    /// At the end, with the server well, this many (`version`) invalidations still waited.
    Undrained,
    /// The worker did what it was told.
    Done,
}

/// Where the value of a read came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// By what the call was served.
    pub by: By,
    /// The process whose body loaded the value.
    pub loader: u16,
    /// When that body returned.
    pub loaded: Nanos,
}

/// By what a call was served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum By {
    /// The store held it.
    Store,
    /// The local tier held it.
    Local,
    /// It had expired, and the policy allows for that.
    Stale,
    /// Another call of the process was reading or loading it.
    Flight,
    /// The store held nothing.
    Body,
    /// The store was left out.
    Bypass,
    /// The store failed.
    #[default]
    Failure,
}

const KINDS: [Kind; 10] = [
    Kind::Read,
    Kind::Final,
    Kind::Write,
    Kind::Deferred,
    Kind::Landed,
    Kind::Refused,
    Kind::Surfaced,
    Kind::Hung,
    Kind::Undrained,
    Kind::Done,
];
/// All of them, in their order.
pub const BYS: [By; 7] = [By::Store, By::Local, By::Stale, By::Flight, By::Body, By::Bypass, By::Failure];

/// The length of a record on the pipe.
pub const LENGTH: usize = 35;

impl Record {
    /// A record without a value's origin; the process is told by the pipe.
    pub fn new(kind: Kind, key: u16, version: u32, begin: Nanos, end: Nanos) -> Self {
        Self { kind, way: Way::default(), process: 0, key, version, begin, end, served: Served::default() }
    }

    /// As bytes, without the process.
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[0] = self.kind as u8;
        bytes[1] = self.served.by as u8;
        bytes[2..4].copy_from_slice(&self.key.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.version.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.begin.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.end.to_le_bytes());
        bytes[24..26].copy_from_slice(&self.served.loader.to_le_bytes());
        bytes[26..34].copy_from_slice(&self.served.loaded.to_le_bytes());
        bytes[34] = self.way as u8;
        bytes
    }

    /// From bytes. `None` for what no worker writes.
    pub fn from_bytes(process: u16, bytes: &[u8; LENGTH]) -> Option<Self> {
        let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let eight = |at: usize| bytes[at..at + 8].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Some(Self {
            kind: *KINDS.get(usize::from(bytes[0]))?,
            way: *WAYS.get(usize::from(bytes[34]))?,
            process,
            key: two(2),
            version: u32::from(two(4)) | u32::from(two(6)) << 16,
            begin: eight(8),
            end: eight(16),
            served: Served { by: *BYS.get(usize::from(bytes[1]))?, loader: two(24), loaded: eight(26) },
        })
    }
}

/// The worker's end of the pipe.
pub struct Log(Mutex<BufWriter<File>>);

impl Log {
    /// Writes to the standard output.
    ///
    /// # Errors
    ///
    /// Of the system, when there is none.
    pub fn to_stdout() -> io::Result<Self> {
        // The handle of the standard library looks for line ends, of which these bytes have any number.
        let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        Ok(Self(Mutex::new(BufWriter::with_capacity(32 * 1024, pipe))))
    }

    /// Notes a call. Reads wait for more to come: a worker that is killed loses some, which weakens no promise.
    pub fn note(&self, record: Record) {
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let done = pipe.write_all(&record.to_bytes());
        let flushed = if record.kind == Kind::Read { Ok(()) } else { pipe.flush() };
        if done.and(flushed).is_err() {
            // Nobody listens any more.
            std::process::exit(3);
        }
    }

    /// Notes that the worker did what it was told.
    pub fn done(&self) {
        self.note(Record::new(Kind::Done, 0, 0, now(), now()));
    }

    /// Sends what waits.
    pub fn flush(&self) {
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}

/// Reads records until the pipe ends. The last one of a killed worker may be cut off.
pub fn read_all(process: u16, pipe: impl Read, mut each: impl FnMut(Record)) {
    let mut pipe = io::BufReader::with_capacity(64 * 1024, pipe);
    let mut bytes = [0; LENGTH];
    while pipe.read_exact(&mut bytes).is_ok() {
        match Record::from_bytes(process, &bytes) {
            Some(record) => each(record),
            None => {
                eprintln!("worker {process} wrote what is no record");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BYS, KINDS, Record, Served, WAYS, read_all};

    #[test]
    fn what_is_written_is_read() {
        let mut written = Vec::new();
        for (number, kind) in KINDS.into_iter().enumerate() {
            let served = Served { by: BYS[number % BYS.len()], loader: 513, loaded: u64::MAX - 5 };
            let way = WAYS[number % WAYS.len()];
            written.push(Record { served, way, process: 4, ..Record::new(kind, 258, 0x0102_0304, 1 << 40, 1 << 50) });
        }
        let mut bytes: Vec<u8> = written.iter().flat_map(Record::to_bytes).collect();
        bytes.extend([1, 2, 3]);
        let mut seen = Vec::new();
        read_all(4, bytes.as_slice(), |record| seen.push(record));
        assert_eq!(seen, written);
    }
}
