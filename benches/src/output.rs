//! Runs what was asked for, and says what came of it.

use std::fs;
use std::time::Instant;

use serde_json::Value;

use crate::bench::{Bench, checkout};
use crate::curves;
use crate::options::Options;
use crate::place::Place;
use crate::place::everywhere;
use crate::report::Row;
use crate::rows;

const BEGIN: &str = "<!-- bench:rows -->";
const END: &str = "<!-- /bench:rows -->";

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let began = Instant::now();
    let bench = Bench::start(options.quick, Place::Apart)?;
    let machine = machine(&bench);
    println!("{machine}\n");
    let (mut rows, mut objects, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for group in rows::GROUPS.iter().filter(|group| options.wants(group.name)) {
        match whole(|| (group.run)(&bench)) {
            Ok(made) => keep(made, &mut objects, &mut rows),
            Err(problem) => failed.push(complain(group.name, &problem)),
        }
    }
    for curve in curves::CURVES.iter().filter(|curve| !options.quick && options.wants(curve.name)) {
        match whole(|| (curve.run)(&bench)) {
            Ok(made) => {
                for plot in made.plots {
                    println!("{}\n", plot.text());
                    objects.push(plot.json());
                    if options.docs {
                        let folder = checkout().join("docs/performance");
                        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
                        fs::write(folder.join(plot.file), plot.svg()).map_err(|error| error.to_string())?;
                    }
                }
                keep(made.rows, &mut objects, &mut rows);
            }
            Err(problem) => failed.push(complain(curve.name, &problem)),
        }
    }
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&Value::Array(objects)).map_err(|error| error.to_string())?;
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if options.docs {
        write_docs(&machine, &rows)?;
    }
    let (musts, missed) = rows.iter().fold((0, 0), |(all, missed), row| (all + row.musts(), missed + row.missed()));
    println!("{musts} musts, {missed} MISSED; {} s", began.elapsed().as_secs());
    if failed.is_empty() { Ok(()) } else { Err(format!("could not run: {}", failed.join(", "))) }
}

fn keep(made: Vec<Row>, objects: &mut Vec<Value>, rows: &mut Vec<Row>) {
    made.iter().for_each(|row| println!("{}\n", row.text()));
    objects.extend(made.iter().map(Row::json));
    rows.extend(made);
}

/// A row that panics must not take the others with it.
fn whole<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| Err("it panicked, see above".into()))
}

fn complain(name: &str, problem: &str) -> String {
    println!("{name}\n  COULD NOT RUN: {problem}\n");
    name.to_owned()
}

/// Processor, cores, system, server, compiler settings.
fn machine(bench: &Bench) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = everywhere(|| std::thread::available_parallelism().map_or(0, usize::from));
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    format!(
        "{}, {cores} cores, Linux {}, redis-server {}, load before the run {}",
        cpu.map_or("unknown processor", |(_, name)| name),
        kernel.trim(),
        bench.server.version().unwrap_or_else(|_| "unknown".into()),
        load.split(' ').next().unwrap_or("unknown")
    )
}

/// Replaces what is between the marks.
fn write_docs(machine: &str, rows: &[Row]) -> Result<(), String> {
    let path = checkout().join("docs/performance.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (head, rest) = text.split_once(BEGIN).ok_or("docs/performance.md has no mark for the rows")?;
    let (_, tail) = rest.split_once(END).ok_or("docs/performance.md has no mark for the end of the rows")?;
    let table: Vec<String> = rows.iter().map(Row::markdown).collect();
    let text = format!(
        "{head}{BEGIN}\n{machine}.\n\n| row | unit | ours, median (range) | peers, median (ours / theirs) | must |\n\
         |---|---|---|---|---|\n{}\n{END}{tail}",
        table.join("\n")
    );
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
