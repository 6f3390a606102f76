//! Programs of N async functions, plain or annotated, that differ in nothing else.
//!
//! Each function has its own resource and a `u64` as key. Even ones return one shared struct of eleven fields, odd ones
//! a struct of their own with three. Twenty functions share a module. `main` can call each, so that each is compiled.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::kind::Kind;

/// A generated program.
#[derive(Clone, Debug)]
pub struct Program {
    /// How its functions are annotated.
    pub kind: Kind,
    /// Its package and its binary.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

const IN_A_MODULE: usize = 20;

const PROFILE: &str = "\
[workspace]
resolver = \"3\"
members = [\"programs/*\"]

# A build as a user's, but for what cargo keeps for the next one.
[profile.dev]
incremental = false

# For the time of a run; the programs have theirs.
[profile.dev.package.\"*\"]
debug = false
";

const ROWS: &str = "\
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub(crate) struct Fail(pub String);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wide {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) zip: u32,
    pub(crate) score: f64,
    pub(crate) active: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) parent: Option<u64>,
    pub(crate) updated: i64,
}

impl Wide {
    pub(crate) fn of(id: u64) -> Self {
        let text = |what: &str| format!(\"{what} {id}\");
        Self {
            id,
            name: text(\"name\"),
            email: Some(text(\"email\")),
            street: text(\"street\"),
            city: text(\"city\"),
            zip: 12_345,
            score: 0.5,
            active: true,
            labels: vec![text(\"label\")],
            parent: None,
            updated: 1_700_000_000,
        }
    }
}

/// Stands for the query.
pub async fn query(id: u64) -> Result<u64, Fail> {
    if id == u64::MAX { Err(Fail(\"no such row\".to_owned())) } else { Ok(id) }
}
";

/// Writes the workspace's own files, with the versions of the benchmarks' lock file.
pub(crate) fn workspace(scratch: &Path, lock: &Path) -> Result<(), String> {
    let programs = scratch.join("programs");
    if programs.exists() {
        fs::remove_dir_all(&programs).map_err(|error| format!("{}: {error}", programs.display()))?;
    }
    fs::create_dir_all(&programs).map_err(|error| format!("{}: {error}", programs.display()))?;
    write(&scratch.join("Cargo.toml"), PROFILE)?;
    fs::copy(lock, scratch.join("Cargo.lock")).map(drop).map_err(|error| format!("{}: {error}", lock.display()))
}

/// Writes one program.
pub(crate) fn program(scratch: &Path, runtime: &Path, kind: Kind, count: usize) -> Result<Program, String> {
    let name = format!("rows-{kind}-{count}");
    let folder = scratch.join("programs").join(&name);
    // The same for each, so that all share one build of them: what a program does not use is not linked to it.
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         tokio = {{ version = \"1\", features = [\"rt\", \"time\", \"net\"] }}\n\
         cached = {{ version = \"4.1\", features = [\"async\", \"redis_tokio\"] }}\n\
         cache-runtime = {{ path = {:?} }}\n",
        runtime.display().to_string(),
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("src/rows.rs"), ROWS)?;
    for module in 0..count.div_ceil(IN_A_MODULE) {
        let last = count.min((module + 1) * IN_A_MODULE);
        let mut text = format!("use crate::rows::{{Fail, Wide, query}};\n{}", kind.imports());
        text.push_str("use serde::{Deserialize, Serialize};\n");
        (module * IN_A_MODULE..last).for_each(|n| text.push_str(&function(kind, n)));
        write(&folder.join(format!("src/m{module}.rs")), &text)?;
    }
    write(&folder.join("src/main.rs"), &main_file(kind, count))?;
    Ok(Program { kind, name, folder })
}

fn function(kind: Kind, n: usize) -> String {
    let shared = n.is_multiple_of(2);
    let value = if shared { "Wide".to_owned() } else { format!("Row{n}") };
    let mut text = String::from("\n");
    if !shared {
        let _ = write!(
            text,
            "#[derive(Debug, Clone, Serialize, Deserialize)]\npub struct Row{n} {{ pub id: u64, pub name: String, pub score: u32 }}\n\n"
        );
    }
    let made = if shared {
        "Wide::of(id)".to_owned()
    } else {
        format!("Row{n} {{ id, name: format!(\"row {{id}}\"), score: {n} }}")
    };
    let attribute = kind.attribute(n, &value);
    let _ = write!(
        text,
        "{attribute}pub async fn row_{n}(id: u64) -> Result<{value}, Fail> {{\n    let id = query(id).await?;\n    Ok({made})\n}}\n"
    );
    text
}

/// `rows-.. 17` calls function 17; `rows-.. verify` says how many nanoseconds `registry::verify` takes.
fn main_file(kind: Kind, count: usize) -> String {
    let mut text =
        String::from("#![allow(unused_imports)]\n\nuse std::future::Future;\nuse std::pin::Pin;\n\nmod rows;\n");
    for module in 0..count.div_ceil(IN_A_MODULE) {
        let _ = writeln!(text, "mod m{module};");
    }
    text.push_str("\ntype Run = fn(u64) -> Pin<Box<dyn Future<Output = bool>>>;\n\nstatic RUNS: &[Run] = &[\n");
    for n in 0..count {
        let module = n / IN_A_MODULE;
        let _ = writeln!(text, "    |id| Box::pin(async move {{ m{module}::row_{n}(id).await.is_ok() }}),");
    }
    let verify = if kind.is_ours() {
        "    if word == \"verify\" {\n        let start = std::time::Instant::now();\n        \
         let fine = cache_runtime::registry::verify().is_ok();\n        \
         println!(\"{} {fine}\", start.elapsed().as_nanos());\n        return;\n    }\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        "];\n\nfn main() {{\n    let word = std::env::args().nth(1).unwrap_or_default();\n{verify}    \
         let run = RUNS[word.parse::<usize>().unwrap_or(0)];\n    \
         let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();\n    \
         let done = runtime.block_on(run(7));\n    \
         std::process::exit(i32::from(!done));\n}}\n"
    );
    text
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(fail)?;
    fs::write(path, text).map_err(fail)
}
