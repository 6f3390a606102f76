//! Allocations, which the other program counts: an allocator that counts makes each twice as dear, and those who allocate less would
//! not be told from those who allocate more.

use std::process::Command;
use std::sync::OnceLock;

use crate::bench::Bench;
use crate::place::{Place, everywhere};
use crate::rows::{local, memory};

/// What a piece of work allocated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// How often.
    pub allocations: u64,
    /// Bytes that it left allocated.
    pub bytes_left: i64,
}

/// Counts what a piece of work allocates on this thread.
pub type Counter = fn(&mut dyn FnMut()) -> Counted;

static COUNTER: OnceLock<Counter> = OnceLock::new();

/// What the work allocates, in the program that can tell.
pub(crate) fn measure(mut work: impl FnMut()) -> Result<Counted, String> {
    let counter = COUNTER.get().ok_or("allocations are counted by the other program alone")?;
    Ok(counter(&mut work))
}

/// Figures and their names.
pub(crate) type Figures = Vec<(String, f64)>;

/// Has the other program count.
pub(crate) fn figures(bench: &Bench, what: &str) -> Result<Figures, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.with_file_name(format!("counted{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(&program);
    command.arg(what).args(bench.quick.then_some("quick"));
    let done = everywhere(|| command.output()).map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&done.stdout);
    let figures: Option<Figures> = text.lines().map(read).collect();
    match figures {
        Some(figures) if done.status.success() && !figures.is_empty() => Ok(figures),
        _ => Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&done.stderr))),
    }
}

fn read(line: &str) -> Option<(String, f64)> {
    let (name, figure) = line.split_once('\t')?;
    Some((name.to_owned(), figure.parse().ok()?))
}

/// The figure of this name.
pub(crate) fn named(figures: &Figures, wanted: &str) -> Result<f64, String> {
    let found = figures.iter().find(|(name, _)| name == wanted);
    found.map(|(_, figure)| *figure).ok_or_else(|| format!("no {wanted} was counted"))
}

/// What the other program does: prints figures.
pub(crate) fn child(counter: Counter, words: &[String]) -> Result<(), String> {
    COUNTER.set(counter).map_err(|_| "started twice")?;
    let bench = Bench::start(words.get(1).is_some_and(|word| word == "quick"), Place::Apart)?;
    let figures = match words.first().map(String::as_str) {
        Some("local") => local::count(&bench)?,
        Some("memory") => memory::count(&bench)?,
        _ => return Err("counted local, or memory".to_owned()),
    };
    figures.iter().for_each(|(name, figure)| println!("{name}\t{figure}"));
    Ok(())
}
