//! The workers, one per slot: started, killed, stopped, told what to do, and listened to.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cache_tests::Guardian;
use rustix::process::{Pid, Signal, kill_process};

use crate::args::{Options, WorkerOptions};
use crate::checker::Stop;
use crate::clock::{Nanos, now};
use crate::log::{Kind, Record, read_all};

/// The workers. Dropping it ends them.
pub struct Fleet {
    options: Options,
    register: SocketAddr,
    links: Vec<SocketAddr>,
    workers: Vec<Option<Running>>,
    /// A worker that takes the place of another is a process of its own.
    next: u16,
    records: Arc<Mutex<Vec<Record>>>,
    readers: Vec<JoinHandle<()>>,
    sender: Sender<Event>,
    events: Receiver<Event>,
    stops: Vec<Stop>,
}

struct Running {
    process: u16,
    child: Child,
    // Closed, it ends the worker; the guardian is for one that stands still.
    orders: ChildStdin,
    _guardian: Guardian,
    stopped: Option<Nanos>,
}

enum Event {
    Done(u16),
    Ended(u16),
}

impl Fleet {
    /// Starts a worker for each link.
    ///
    /// # Errors
    ///
    /// When one cannot be started.
    pub fn launch(options: &Options, register: SocketAddr, links: Vec<SocketAddr>) -> Result<Self, String> {
        let (sender, events) = channel();
        let slots = links.len();
        let mut fleet = Self {
            options: options.clone(),
            register,
            links,
            workers: (0..slots).map(|_| None).collect(),
            next: 1,
            records: Arc::default(),
            readers: Vec::new(),
            sender,
            events,
            stops: Vec::new(),
        };
        (0..slots).try_for_each(|slot| fleet.start(slot))?;
        Ok(fleet)
    }

    /// Starts a worker in an empty slot.
    ///
    /// # Errors
    ///
    /// Of the system.
    pub fn start(&mut self, slot: usize) -> Result<(), String> {
        let process = self.next;
        self.next += 1;
        let told = WorkerOptions {
            process,
            register: self.register,
            link: self.links[slot],
            seed: self.options.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(process)),
            tasks: self.options.tasks,
            keys: self.options.keys,
        };
        let mut child = Command::new(&self.options.program)
            .args(told.words())
            .env("CACHE_TEST_WITHOUT", &self.options.without)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", self.options.program.display()))?;
        let guardian = Guardian::of(child.id(), None);
        let (Some(orders), Some(log)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a worker has no pipes".to_owned());
        };
        let (records, sender) = (Arc::clone(&self.records), self.sender.clone());
        self.readers.push(thread::spawn(move || {
            read_all(process, log, |record| match record.kind {
                Kind::Done => drop(sender.send(Event::Done(process))),
                _ => records.lock().unwrap_or_else(PoisonError::into_inner).push(record),
            });
            let _ = sender.send(Event::Ended(process));
        }));
        self.workers[slot] = Some(Running { process, child, orders, _guardian: guardian, stopped: None });
        Ok(())
    }

    /// Kills the worker of a slot (SIGKILL). Nothing runs there until the next [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// When none runs, or it cannot be killed.
    pub fn kill(&mut self, slot: usize) -> Result<(), String> {
        let mut worker = self.workers[slot].take().ok_or("no worker to kill")?;
        worker.child.kill().and_then(|()| worker.child.wait()).map_err(|error| format!("kill a worker: {error}"))?;
        Ok(())
    }

    /// Stops the worker of a slot (SIGSTOP).
    ///
    /// # Errors
    ///
    /// When none runs, or it cannot be signalled.
    pub fn stop(&mut self, slot: usize) -> Result<(), String> {
        let worker = self.workers[slot].as_mut().ok_or("no worker to stop")?;
        worker.stopped = Some(now());
        signal(&worker.child, Signal::STOP)
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub fn go_on(&mut self, slot: usize) -> Result<(), String> {
        let worker = self.workers[slot].as_mut().ok_or("no worker to let go on")?;
        signal(&worker.child, Signal::CONT)?;
        if let Some(from) = worker.stopped.take() {
            self.stops.push(Stop { process: worker.process, from, to: now() });
        }
        Ok(())
    }

    /// Tells all workers one word, and waits until each has done it. Returns what went wrong.
    pub fn order(&mut self, word: &str, within: Duration) -> Vec<String> {
        let mut problems = Vec::new();
        let mut waiting = Vec::new();
        for worker in self.workers.iter_mut().flatten() {
            match worker.orders.write_all(format!("{word}\n").as_bytes()) {
                Ok(()) => waiting.push(worker.process),
                Err(_) => problems.push(format!("worker {} ended by itself", worker.process)),
            }
        }
        let deadline = Instant::now() + within;
        while !waiting.is_empty() {
            match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Done(process)) => waiting.retain(|waiting| *waiting != process),
                // Those that were killed are not waited for.
                Ok(Event::Ended(process)) => {
                    if waiting.contains(&process) {
                        waiting.retain(|waiting| *waiting != process);
                        problems.push(format!("worker {process} ended by itself at {word:?}"));
                    }
                }
                Err(_) => {
                    problems.extend(waiting.drain(..).map(|process| format!("worker {process} does not end {word:?}")));
                }
            }
        }
        problems
    }

    /// Ends all workers and returns what they wrote, and when they stood still.
    pub fn finish(mut self) -> (Vec<Record>, Vec<Stop>) {
        self.end_workers();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        let records = std::mem::take(&mut *self.records.lock().unwrap_or_else(PoisonError::into_inner));
        (records, std::mem::take(&mut self.stops))
    }

    fn end_workers(&mut self) {
        for mut worker in self.workers.iter_mut().filter_map(Option::take) {
            // All that counts has been told: the last order was done, or waited for in vain.
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.end_workers();
    }
}

fn signal(child: &Child, signal: Signal) -> Result<(), String> {
    kill_process(Pid::from_child(child), signal).map_err(|error| format!("signal a worker: {error}"))
}
