//! Runs what was asked for, and says what came of it.

use std::fs;
use std::time::Instant;

use serde_json::Value;

use crate::bench::checkout;
use crate::group::{Found, Told};
use crate::options::Options;
use crate::place::Place;
use crate::runs::{self, Runs};
use crate::server::Server;

const BEGIN: &str = "<!-- bench:rows -->";
const END: &str = "<!-- /bench:rows -->";

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let began = Instant::now();
    let machine = machine()?;
    println!("{machine}\n");
    let Runs { found, failed, took } = runs::run(options, || began.elapsed() + options.built);
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for Found { rows: told, plots } in found {
        for plot in plots {
            objects.push(plot.json);
            if options.docs {
                draw(&plot.file, &plot.svg)?;
            }
        }
        objects.extend(told.iter().map(|row| row.json.clone()));
        rows.extend(told);
    }
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&Value::Array(objects)).map_err(|error| error.to_string())?;
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if options.docs {
        write_docs(&machine, &rows)?;
    }
    println!("seconds: {}", took.join(", "));
    let (musts, missed) = rows.iter().fold((0, 0), |(all, missed), row| (all + row.musts, missed + row.missed));
    let (run, built) = (began.elapsed().as_secs(), options.built.as_secs());
    println!("{musts} musts, {missed} MISSED; {run} s, and {built} s to build");
    if failed.is_empty() { Ok(()) } else { Err(format!("could not run: {}", failed.join(", "))) }
}

/// Processor, cores, system, server, compiler settings.
fn machine() -> Result<String, String> {
    let version = Server::start(Place::Shared)?.version()?;
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    Ok(format!(
        "{}, {cores} cores, Linux {}, redis-server {version}, load before the run {}",
        cpu.map_or("unknown processor", |(_, name)| name),
        kernel.trim(),
        load.split(' ').next().unwrap_or("unknown")
    ))
}

fn draw(file: &str, svg: &str) -> Result<(), String> {
    let folder = checkout().join("docs/performance");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join(file), svg).map_err(|error| error.to_string())
}

/// Replaces what is between the marks.
fn write_docs(machine: &str, rows: &[Told]) -> Result<(), String> {
    let path = checkout().join("docs/performance.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (head, rest) = text.split_once(BEGIN).ok_or("docs/performance.md has no mark for the rows")?;
    let (_, tail) = rest.split_once(END).ok_or("docs/performance.md has no mark for the end of the rows")?;
    let table: Vec<&str> = rows.iter().map(|row| row.markdown.as_str()).collect();
    let text = format!(
        "{head}{BEGIN}\n{machine}.\n\n| row | unit | ours, median (range) | peers, median (ours / theirs) | must |\n\
         |---|---|---|---|---|\n{}\n{END}{tail}",
        table.join("\n")
    );
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
