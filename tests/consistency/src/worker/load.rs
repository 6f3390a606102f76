//! Tasks that call without a pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::JoinSet;

use super::calls::Calls;
use super::choice::Call;
use crate::args::WorkerOptions;
use crate::checker::LONGEST_CALL;
use crate::clock::{SECOND, now};
use crate::log::{Kind, Log, Record};

/// So many reads of a key are made while it is written.
const BESIDE: usize = 4;
/// Of so many processes one never writes: nothing that waits for the store keeps it from its local tier.
const ONE_READS_IN: u16 = 3;
/// After a call that was served without input or output, so that such calls do not crowd out the others.
const REST: Duration = Duration::from_millis(1);
/// Of a thousand calls, so many are given up by their caller.
const GIVEN_UP: u32 = 10;

/// The tasks of a worker.
pub(super) struct Load {
    tasks: JoinSet<()>,
    running: Vec<Arc<Running>>,
    stop: Arc<AtomicBool>,
}

/// What a task is at, for the record of a call that never ends.
#[derive(Default)]
struct Running {
    /// 0 between calls.
    begin: AtomicU64,
    key: AtomicU64,
}

impl Load {
    pub(super) fn start(options: &WorkerOptions, calls: &Arc<Calls>) -> Self {
        let mut seeds = Rng::with_seed(options.seed);
        let stop = Arc::new(AtomicBool::new(false));
        let mut load = Self { tasks: JoinSet::new(), running: Vec::new(), stop: Arc::clone(&stop) };
        for _ in 0..options.tasks {
            let running = Arc::new(Running::default());
            load.running.push(Arc::clone(&running));
            let (calls, stop, keys) = (Arc::clone(calls), Arc::clone(&stop), options.keys);
            let writes = !options.process.is_multiple_of(ONE_READS_IN);
            let rng = Rng::with_seed(seeds.u64(..));
            load.tasks.spawn(async move {
                // A call that panics ends its inner task alone.
                let mut rng = rng;
                while !stop.load(Ordering::Relaxed) {
                    let rng = rng.fork();
                    let task = go(Arc::clone(&calls), Arc::clone(&running), Arc::clone(&stop), rng, (keys, writes));
                    if tokio::spawn(task).await.is_err() {
                        let (begin, key) = running.now();
                        calls.log.note(Record::new(Kind::Surfaced, key, 0, begin, now()));
                    }
                }
            });
        }
        load
    }

    /// Lets the calls come to their end, and notes those that do not.
    pub(super) async fn end(&mut self, log: &Log) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        let longest = Duration::from_nanos(LONGEST_CALL + 2 * SECOND);
        if tokio::time::timeout(longest, ended).await.is_ok() {
            return;
        }
        for (begin, key) in self.running.iter().map(|running| running.now()).filter(|(begin, _)| *begin > 0) {
            log.note(Record::new(Kind::Hung, key, 0, begin, now()));
        }
        self.tasks.abort_all();
    }
}

impl Running {
    fn begins(&self, key: u16) {
        self.key.store(u64::from(key), Ordering::Relaxed);
        self.begin.store(now(), Ordering::Relaxed);
    }

    fn ends(&self) {
        self.begin.store(0, Ordering::Relaxed);
    }

    fn now(&self) -> (u64, u16) {
        let key = u16::try_from(self.key.load(Ordering::Relaxed)).unwrap_or(0);
        (self.begin.load(Ordering::Relaxed), key)
    }
}

async fn go(
    calls: Arc<Calls>,
    running: Arc<Running>,
    stop: Arc<AtomicBool>,
    mut rng: Rng,
    (keys, writes): (u16, bool),
) {
    while !stop.load(Ordering::Relaxed) {
        let (call, patience) = (Call::choose(&mut rng, keys, writes), rng.u32(..1000));
        running.begins(call.key());
        let beside = async {
            if let Some((way, key)) = call.reads_beside(keys) {
                calls.read_on(way, key, BESIDE).await;
            }
        };
        let made = async { tokio::join!(calls.call(&call), beside).0 };
        let at_once = if patience < GIVEN_UP {
            // The caller goes away half-way; what it began goes on or is handed over.
            tokio::time::timeout(Duration::from_millis(rng.u64(0..5)), made).await.unwrap_or(false)
        } else {
            made.await
        };
        running.ends();
        if at_once {
            tokio::time::sleep(REST).await;
        }
    }
}
