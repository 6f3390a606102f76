//! A group of rows in a process of its own, beside a server of its own: what another group leaves behind (memory in pieces, idle
//! connections, tasks) is not among what is measured.

use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bench::Bench;
use crate::curves;
use crate::place::Place;
use crate::report::Row;
use crate::rows;

/// The word on the command line that asks for one.
pub(crate) const WORD: &str = "group";

/// What a group found.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Told>,
    pub(crate) plots: Vec<Drawing>,
}

impl Found {
    /// Whether a row of it says more of other machines than of this one.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.rows.iter().any(|row| row.disturbed)
    }
}

/// A row, as it is printed, kept and put into the docs.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) markdown: String,
    pub(crate) musts: usize,
    pub(crate) missed: usize,
    /// Whether most of its rounds were disturbed.
    pub(crate) disturbed: bool,
}

/// A plot, likewise.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Drawing {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) json: Value,
    pub(crate) svg: String,
}

/// The groups' names, in the order in which they run.
pub(crate) fn names(quick: bool) -> impl Iterator<Item = &'static str> {
    let curves = curves::CURVES.iter().filter(move |curve| curve.quick || !quick).map(|curve| curve.name);
    rows::GROUPS.iter().map(|group| group.name).chain(curves)
}

/// Runs one in another process of this program.
pub(crate) fn run(name: &str, quick: bool) -> Result<Found, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args([WORD, name]).args(quick.then_some("--quick")).stdin(Stdio::null()).stderr(Stdio::inherit());
    let done = command.output().map_err(|error| error.to_string())?;
    if !done.status.success() {
        return Err(format!("its process ended with {}, see above", done.status));
    }
    serde_json::from_slice(&done.stdout).map_err(|error| format!("its process did not print rows: {error}"))
}

/// What that process does: prints what it found, as JSON.
pub(crate) fn child(words: &[String]) -> Result<(), String> {
    let [name, quick @ ..] = words else { return Err(format!("{WORD} NAME [--quick]")) };
    let quick = quick == ["--quick"];
    let found = if let Some(group) = rows::GROUPS.iter().find(|group| group.name == name) {
        let bench = (group.start)(quick, Place::Apart)?;
        Found { rows: told(&(group.run)(&bench)?), plots: Vec::new() }
    } else if let Some(curve) = curves::CURVES.iter().find(|curve| curve.name == name) {
        let drawn = (curve.run)(&Bench::start(quick, Place::Apart)?)?;
        let plots = drawn.plots.iter().map(|plot| Drawing {
            file: plot.file.to_owned(),
            text: plot.text(),
            json: plot.json(),
            svg: plot.svg(),
        });
        Found { plots: plots.collect(), rows: told(&drawn.rows) }
    } else {
        return Err(format!("no group is called {name}"));
    };
    println!("{}", serde_json::to_string(&found).map_err(|error| error.to_string())?);
    Ok(())
}

fn told(rows: &[Row]) -> Vec<Told> {
    let told = rows.iter().map(|row| Told {
        text: row.text(),
        json: row.json(),
        markdown: row.markdown(),
        musts: row.musts(),
        missed: row.missed(),
        disturbed: row.disturbed,
    });
    told.collect()
}
