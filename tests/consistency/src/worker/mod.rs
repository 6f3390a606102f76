//! A process under test. It reads and writes from its start; the orders on its standard input are `drain` and `final`, and
//! the end of it ends the process.

mod calls;
mod choice;
mod functions;
mod landing;
mod load;

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, CacheError};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::calls::Calls;
use self::landing::Landing;
use self::load::Load;
use crate::args::WorkerOptions;
use crate::log::Log;
use crate::register::Source;
use crate::way::{lane, registers};

/// How often the log is sent on.
const FLUSH: Duration = Duration::from_millis(50);
const THREADS: usize = 2;

/// Runs until the standard input ends.
pub fn run(options: &WorkerOptions) -> ExitCode {
    match start(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("worker {}: {problem}", options.process);
            ExitCode::FAILURE
        }
    }
}

fn start(options: &WorkerOptions) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let log = Arc::new(Log::to_stdout().map_err(|error| error.to_string())?);
    let cache = cache(options).map_err(|error| error.to_string())?;
    cache.clone().install().map_err(|error| error.to_string())?;
    let orders = orders();
    runtime.block_on(work(options, &cache, &log, orders));
    Ok(())
}

/// The defaults, but for what decides how soon a run goes on after a fault.
fn cache(options: &WorkerOptions) -> Result<Cache, CacheError> {
    Cache::builder()
        .redis(format!("redis://{}/", options.link))
        .connect_timeout(Duration::from_millis(250))
        .breaker_open_for(Duration::from_millis(200))
        .build()
}

/// A thread of its own: the orders must come through whatever the runtime does.
fn orders() -> UnboundedReceiver<String> {
    let (sender, orders) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
        // The orchestrator has ended, or wants this one to.
        std::process::exit(0);
    });
    orders
}

async fn work(options: &WorkerOptions, cache: &Cache, log: &Arc<Log>, mut orders: UnboundedReceiver<String>) {
    let landing = Arc::new(Landing::new(cache.clone(), Arc::clone(log)));
    let calls = Arc::new(Calls {
        source: Source::new(options.register, options.process),
        log: Arc::clone(log),
        landing: Arc::clone(&landing),
        cache: cache.clone(),
    });
    let mut load = Load::start(options, &calls);
    tokio::spawn({
        let (landing, log) = (Arc::clone(&landing), Arc::clone(log));
        async move {
            loop {
                tokio::time::sleep(FLUSH).await;
                landing.look();
                log.flush();
            }
        }
    });
    while let Some(order) = orders.recv().await {
        match order.as_str() {
            "drain" => {
                load.end(log).await;
                landing.drain().await;
            }
            "final" => {
                for key in 0..registers(options.keys) {
                    calls.read_at_the_end(lane(key, options.keys).way, key).await;
                }
            }
            _ => eprintln!("worker {}: no such order: {order}", options.process),
        }
        log.done();
    }
}
