//! Which processors the server and its clients run on.
//!
//! A service and its server have machines of their own. Where both share all processors, the kernel moves them about: it wakes
//! the server where a client just ran, though another processor idles, for minutes in this way and for minutes in that.

use std::thread;

/// Who runs where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// The server has the last processor, its clients have the others.
    Apart,
    /// All have all.
    Shared,
}

impl Place {
    /// Threads for the clients' tasks.
    pub(crate) fn workers(self) -> usize {
        let all = thread::available_parallelism().map_or(1, usize::from);
        if self == Self::Apart { all.saturating_sub(1).max(1) } else { all }
    }

    /// Moves this thread, and what it starts from now on, to the clients' processors.
    pub(crate) fn client(self) {
        self.move_to(|count| 0..count - 1);
    }

    /// Moves this thread, and what it starts from now on, to the server's processor.
    pub(crate) fn server(self) {
        self.move_to(|count| count - 1..count);
    }

    fn move_to(self, part: impl Fn(usize) -> std::ops::Range<usize>) {
        if self == Self::Apart {
            system::move_to(&part);
        }
    }
}

/// What is done meanwhile may use all processors.
pub(crate) fn everywhere<T>(run: impl FnOnce() -> T) -> T {
    let before = system::here();
    system::move_to(&|count| 0..count);
    let done = run();
    system::restore(before);
    done
}

#[cfg(target_os = "linux")]
mod system {
    use std::ops::Range;
    use std::sync::OnceLock;

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// Those that this program was started with, before any thread moved.
    static ALL: OnceLock<Vec<usize>> = OnceLock::new();

    pub(super) fn here() -> Option<CpuSet> {
        sched_getaffinity(None).ok()
    }

    pub(super) fn restore(set: Option<CpuSet>) {
        // Who may not move stays, and is measured where it is.
        let _ = set.map(|set| sched_setaffinity(None, &set));
    }

    /// A part of all processors, by how many there are. One alone is everybody's.
    pub(super) fn move_to(part: &dyn Fn(usize) -> Range<usize>) {
        let all = ALL.get_or_init(|| {
            here().map_or_else(Vec::new, |set| (0..CpuSet::MAX_CPU).filter(|cpu| set.is_set(*cpu)).collect())
        });
        if all.len() > 1 {
            let mut set = CpuSet::new();
            all[part(all.len())].iter().for_each(|cpu| set.set(*cpu));
            restore(Some(set));
        }
    }
}

/// Elsewhere all stay where they are.
#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn here() {}
    pub(super) fn restore((): ()) {}
    pub(super) fn move_to(_: &dyn Fn(usize) -> std::ops::Range<usize>) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn count() -> usize {
        thread::available_parallelism().unwrap().get()
    }

    #[test]
    fn server_and_clients_have_no_processor_in_common() {
        let moved = |to: fn(Place), place| {
            let moved = thread::spawn(move || {
                to(place);
                (count(), everywhere(count), count(), format!("{:?}", system::here()))
            });
            moved.join().unwrap()
        };
        let all = count();
        let (server, clients) = (moved(Place::server, Place::Apart), moved(Place::client, Place::Apart));
        assert_eq!((clients.0, Place::Apart.workers()), (all.max(2) - 1, all.max(2) - 1));
        assert_eq!((server.0, server.1, server.2), (1, all, 1));
        assert_eq!(server.3 == clients.3, all == 1);
        assert_eq!((moved(Place::server, Place::Shared).0, Place::Shared.workers()), (all, all));
    }
}
