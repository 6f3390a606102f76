//! Instructions of a call: this program, run again under callgrind with more and with fewer calls.

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use crate::bench::Bench;
use crate::contenders::by_hand::ByHand;
use crate::contenders::moka::moka;
use crate::contenders::quick::quick;
use crate::contenders::{cached, ours};
use crate::report::{OURS, Row};
use crate::rows::local::settle;
use crate::value::user;

const FEWER: u64 = 1_000;
const MORE: u64 = 11_000;

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
    let (fewer, more) = (collected(what, FEWER)?, collected(what, MORE)?);
    Ok((more - fewer) / (MORE - FEWER) as f64)
}

fn collected(what: &str, calls: u64) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let done = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["count", what, &calls.to_string()])
        .output()
        .map_err(|error| format!("no valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&done.stderr);
    text.lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
        .ok_or_else(|| format!("callgrind says {:?}", text.lines().last().unwrap_or_default()))
}

/// What runs under callgrind.
pub(crate) fn child(what: &str, calls: &str) -> ExitCode {
    let calls: u64 = calls.parse().unwrap_or(FEWER);
    let bench = match Bench::start(true) {
        Ok(bench) => bench,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let keys: Vec<u64> = (0..100).collect();
    let ids = || (0..calls).map(|nth| nth % 100);
    bench.handle().block_on(async {
        match what {
            "local" => {
                settle(&keys, async |id| ours::held(*id).await).await;
                for id in ids() {
                    black_box(ours::held(id).await);
                }
            }
            "local-quick" => {
                let raw = quick::<u64>(10_000);
                keys.iter().for_each(|id| raw.insert(*id, Arc::new(user(*id))));
                ids().for_each(|id| drop(black_box(raw.get(&id))));
            }
            "local-moka" => {
                let raw = moka::<u64>(10_000);
                keys.iter().for_each(|id| raw.insert(*id, Arc::new(user(*id))));
                ids().for_each(|id| drop(black_box(raw.get(&id))));
            }
            "local-cached" => {
                settle(&keys, async |id| cached::held(*id).await).await;
                for id in ids() {
                    black_box(cached::held(id).await);
                }
            }
            "redis" => {
                for id in ids() {
                    black_box(ours::stored(id).await);
                }
            }
            "redis-cached" => {
                for id in ids() {
                    let _ = black_box(cached::stored(id).await);
                }
            }
            _ => {
                let by_hand = ByHand::connect(&bench.server.url()).await.expect("the server is there");
                for id in ids() {
                    black_box(by_hand.user(id).await);
                }
            }
        }
    });
    ExitCode::SUCCESS
}
