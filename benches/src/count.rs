//! Instructions of a call: this program, run again under callgrind with more and with fewer calls.

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use cache_runtime::Cache;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::runtime::{Builder, Handle};

use crate::bench::Bench;
use crate::contenders::by_hand::ByHand;
use crate::contenders::moka::moka;
use crate::contenders::quick::quick;
use crate::contenders::{cached, member, ours};
use crate::place::{Place, everywhere};
use crate::report::{OURS, Row};
use crate::rows::local::settle;
use crate::rows::open::opened;
use crate::value::user;

const FEWER: u64 = 1_000;
const MORE: u64 = 11_000;

/// What else happens in the process is spread over more calls.
const MORE_OF_ALL_THREADS: u64 = 7_000;
const KEYS: u64 = 100;

/// The instructions of local hits.
pub(crate) fn local(bench: &Bench, row: Row) -> Row {
    let names = [(OURS, "local"), ("quick_cache", "local-quick"), ("moka", "local-moka"), ("cached", "local-cached")];
    counted(row, &names[..bench.pick(4, 2)])
}

/// The instructions of Redis hits, all threads of this process together.
pub(crate) fn redis(bench: &Bench, row: Row) -> Row {
    let names = [(OURS, "redis"), ("by hand", "redis-by-hand"), ("cached", "redis-cached")];
    counted(row, &names[..bench.pick(3, 2)])
}

fn counted(mut row: Row, names: &[(&'static str, &str)]) -> Row {
    for (name, what) in names {
        match instructions(what) {
            Ok(count) => row.instructions.push((*name, count)),
            Err(problem) => return row.note(format!("instructions were not counted: {problem}")),
        }
    }
    row
}

fn instructions(what: &str) -> Result<f64, String> {
    let most = if what.starts_with("local") { MORE } else { MORE_OF_ALL_THREADS };
    // At once: what else runs changes the time that they take, not what they count.
    let both = [FEWER, most].map(|calls| {
        let what = what.to_owned();
        std::thread::spawn(move || collected(&what, calls))
    });
    let [fewer, more] = both.map(|count| count.join().unwrap_or_else(|_| Err("the count panicked".to_owned())));
    Ok((more? - fewer?) / (most - FEWER) as f64)
}

fn collected(what: &str, calls: u64) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    if what.starts_with("local") {
        command.arg("--toggle-collect=*toggled_by_callgrind*");
    }
    command.arg(program).args(["count", what, &calls.to_string()]);
    let done = everywhere(|| command.output());
    let done = done.map_err(|error| format!("no valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&done.stderr);
    text.lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
        .ok_or_else(|| format!("callgrind says {:?}", text.lines().last().unwrap_or_default()))
}

/// Callgrind counts in here alone; it knows the function by its name.
#[inline(never)]
fn toggled_by_callgrind(runtime: &Handle, calls: impl Future<Output = ()>) {
    runtime.block_on(calls);
}

/// What runs under callgrind.
pub(crate) fn child(what: &str, calls: &str) -> ExitCode {
    let calls: u64 = calls.parse().unwrap_or(FEWER);
    let done = if what == "local-open" {
        count_open(calls)
    } else if what.starts_with("local") {
        count_local(what, calls)
    } else {
        count_redis(what, calls)
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// On one thread and without a server: behind the local tier is the embedded store, which a hit does not see.
fn count_local(what: &str, calls: u64) -> Result<(), String> {
    PrometheusBuilder::new().install_recorder().map_err(|error| error.to_string())?;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let keys: Vec<u64> = (0..KEYS).collect();
    let ids = || (0..calls).map(|nth| nth % KEYS);
    match what {
        "local" => {
            Cache::builder().build().and_then(Cache::install).map_err(|error| error.to_string())?;
            runtime.block_on(settle(&keys, async |id| ours::held(*id).await));
            toggled_by_callgrind(runtime.handle(), async {
                for id in ids() {
                    black_box(ours::held(id).await);
                }
            });
        }
        "local-member" => {
            Cache::builder().build().and_then(Cache::install).map_err(|error| error.to_string())?;
            let members: Vec<_> = keys.iter().map(|id| member(*id)).collect();
            runtime.block_on(settle(&members, async |(org, id)| ours::held_member(*org, *id).await));
            toggled_by_callgrind(runtime.handle(), async {
                for (org, id) in members.iter().cycle().take(usize::try_from(calls).unwrap_or(0)) {
                    black_box(ours::held_member(*org, *id).await);
                }
            });
        }
        "local-quick" => {
            let raw = quick::<u64>(10_000);
            keys.iter().for_each(|id| raw.insert(*id, Arc::new(user(*id))));
            toggled_by_callgrind(runtime.handle(), async { ids().for_each(|id| drop(black_box(raw.get(&id)))) });
        }
        "local-moka" => {
            let raw = moka::<u64>(10_000);
            keys.iter().for_each(|id| raw.insert(*id, Arc::new(user(*id))));
            toggled_by_callgrind(runtime.handle(), async { ids().for_each(|id| drop(black_box(raw.get(&id)))) });
        }
        _ => {
            runtime.block_on(settle(&keys, async |id| cached::held(*id).await));
            toggled_by_callgrind(runtime.handle(), async {
                for id in ids() {
                    black_box(cached::held(id).await);
                }
            });
        }
    }
    Ok(())
}

/// With the breaker open.
fn count_open(calls: u64) -> Result<(), String> {
    let bench = Bench::bare(true, Place::Shared)?;
    opened(&bench)?;
    toggled_by_callgrind(bench.handle(), async {
        for id in 0..calls {
            black_box(ours::stored(id % KEYS).await);
        }
    });
    Ok(())
}

fn count_redis(what: &str, calls: u64) -> Result<(), String> {
    let bench = Bench::start(true, Place::Shared)?;
    let (what, url) = (what.to_owned(), bench.server.url());
    // In a task, as services call.
    let counted = async move {
        let ids = || (0..calls).map(|nth| nth % KEYS);
        match what.as_str() {
            "redis" => {
                for id in ids() {
                    black_box(ours::stored(id).await);
                }
            }
            "redis-cached" => {
                for id in ids() {
                    black_box(cached::stored(id).await)?;
                }
            }
            _ => {
                let by_hand = ByHand::connect(&url).await?;
                for id in ids() {
                    black_box(by_hand.user(id).await);
                }
            }
        }
        Ok(())
    };
    bench.handle().block_on(bench.handle().spawn(counted)).map_err(|error| error.to_string())?
}
