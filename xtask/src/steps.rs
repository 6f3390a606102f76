//! The steps of `cargo xtask test`, in the order in which they run.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::counts::{self, EXPECTED};
use crate::mechanisms::{MISSED, OTHER_WAY, missed};
use crate::redis::Server;
use crate::report::{Outcome, table};
use crate::run::{cargo, check, output, tests, within};
use crate::{manifest, redis, server};

/// What `cached` 4.1 with Redis brings, counted in the same way.
const DEPENDENCY_BOUND: usize = 134;

const EXAMPLE_LIMIT: Duration = Duration::from_secs(180);

pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    run: fn(&Context) -> Outcome,
}

/// Steps that look at the same packages with the same features stand together, as they share what they build.
pub(crate) const ALL: &[Step] = &[
    Step { name: "setup", about: "find a redis-server, or install it", run: setup },
    Step { name: "format", about: "rustfmt", run: format },
    Step { name: "clippy", about: "all lints, warnings denied", run: clippy },
    Step { name: "docs", about: "rustdoc, warnings denied", run: docs },
    Step { name: "test", about: "unit, integration, UI, snapshot and doc tests", run: test_all },
    Step { name: "mechanisms", about: "each part that can be taken out is missed by its test", run: mechanisms },
    Step { name: "counts", about: "allocations, round trips and instructions of a hit", run: count },
    Step { name: "examples", about: "every example program, without and with a server", run: examples },
    Step { name: "features", about: "cache-runtime with each feature alone", run: features },
    Step {
        name: "dependencies",
        about: "the size of the default dependency tree, as README says it",
        run: dependencies,
    },
    Step { name: "msrv", about: "README, manifest and dependencies agree on the Rust version", run: msrv },
    Step {
        name: "benches",
        about: "rustfmt, clippy and tests of the benchmarks, a workspace of their own",
        run: benches,
    },
    Step { name: "licences", about: "cargo-deny, where it is installed", run: licences },
    Step { name: "leftovers", about: "no process, temporary file or changed source stays behind", run: leftovers },
];

pub(crate) struct Context {
    root: PathBuf,
    target: PathBuf,
    /// The `TMPDIR` of all tests and examples, to see what they leave there.
    scratch: PathBuf,
    redis: OnceCell<Result<Server, String>>,
}

/// Runs the named steps, or all. A failure does not stop the later ones: one run shows everything.
pub(crate) fn test(only: &[String]) -> ExitCode {
    let context = match Context::new() {
        Ok(context) => context,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut results = Vec::new();
    for step in ALL.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)) {
        println!("\n== {}: {}", step.name, step.about);
        let start = Instant::now();
        let outcome = (step.run)(&context);
        results.push((step.name, start.elapsed(), outcome));
    }
    let _ = fs::remove_dir_all(&context.scratch);
    println!("{}", table(&results));
    if results.iter().all(|(_, _, outcome)| outcome.failed == 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Context {
    fn new() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask has no parent folder")?.to_owned();
        // This program lies in `{target}/debug`.
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let target = program.ancestors().nth(2).ok_or("xtask lies outside a target folder")?.to_owned();
        let scratch = env::temp_dir().join(format!("cache-xtask-{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        Ok(Self { root, target, scratch, redis: OnceCell::new() })
    }

    /// Looked for, or installed, by the first step that needs it.
    fn redis(&self) -> &Result<Server, String> {
        self.redis.get_or_init(redis::ensure)
    }

    fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|error| format!("{path}: {error}"))
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments);
        command.current_dir(&self.root);
        command
    }

    /// For what may start servers and make temporary files.
    fn watched(&self, mut command: Command) -> Command {
        command.current_dir(&self.root).env_remove("REDIS_URL").env("TMPDIR", &self.scratch);
        if let Ok(server) = self.redis() {
            command.env("REDIS_SERVER_BIN", &server.program);
        }
        command
    }
}

fn setup(context: &Context) -> Outcome {
    match context.redis() {
        Ok(server) => Outcome::passed().note(server.describe()),
        Err(problem) => {
            println!("{problem}");
            Outcome::failed(problem.lines().next().unwrap_or_default())
        }
    }
}

fn format(context: &Context) -> Outcome {
    check(&mut context.cargo(&["fmt", "--all", "--check"]))
}

fn clippy(context: &Context) -> Outcome {
    check(&mut context.cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
}

fn docs(context: &Context) -> Outcome {
    check(context.cargo(&["doc", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"))
}

fn test_all(context: &Context) -> Outcome {
    tests(&mut context.watched(cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"])))
}

fn mechanisms(context: &Context) -> Outcome {
    let test = || context.watched(cargo(&["test", "--quiet", "--workspace", "--all-features"]));
    let checks = MISSED.iter().map(|(mechanism, file, name)| missed(test(), mechanism, file, name));
    let (mechanism, file, skipped) = OTHER_WAY;
    let mut other = test();
    other.args(["--test", file, "--"]).args(skipped.iter().flat_map(|name| ["--skip", name]));
    println!("without {mechanism}, all of {file}:");
    checks.fold(Outcome::default(), Outcome::and).and(tests(other.env("CACHE_TEST_WITHOUT", mechanism)))
}

/// The tests have run before, with all others; that they are there, and count, is said here.
fn count(context: &Context) -> Outcome {
    let mut outcome = Outcome::default();
    for file in ["allocations", "server"] {
        let names: Vec<&str> = counts::TESTS.iter().filter(|test| test.0 == file).map(|test| test.1).collect();
        let arguments = ["test", "--quiet", "--workspace", "--all-features", "--test", file, "--", "--exact"];
        let ran = tests(context.watched(cargo(&arguments)).args(&names));
        let all = ran.passed + ran.failed == names.len() as u64;
        outcome = outcome.and(ran);
        if !all {
            outcome = outcome.and(Outcome::failed(format!("not all of these ran: {}", names.join(", "))));
        }
    }
    if !counts::can_count() {
        let what = "instructions of a hit were NOT counted: valgrind is not installed";
        println!("{what}");
        return outcome.note(what);
    }
    // Optimized, as a count of unoptimized code says little.
    let build = ["build", "--quiet", "--release", "--package", "cache-instructions"];
    let built = check(context.cargo(&build).env_remove("RUSTFLAGS"));
    let expected = match context.read(EXPECTED) {
        Ok(text) if built.failed == 0 => text,
        Ok(_) => return outcome.and(built),
        Err(problem) => return outcome.and(Outcome::failed(problem)),
    };
    let program = context.target.join("release/cache-instructions");
    let update = env::var_os("UPDATE_COUNTS").is_some();
    let (counted, text) = counts::instructions(&program, &expected, update);
    outcome = outcome.and(counted);
    match text.map(|text| fs::write(context.root.join(EXPECTED), text)) {
        Some(Err(error)) => outcome.and(Outcome::failed(format!("{EXPECTED}: {error}"))),
        _ => outcome,
    }
}

/// The quickstart is run by the very command of the README, which builds the examples alone; all others, and every run
/// with a server, take what the tests have built.
fn examples(context: &Context) -> Outcome {
    let names = match context.read("examples/Cargo.toml") {
        Ok(text) => manifest::examples(&text),
        Err(problem) => return Outcome::failed(problem),
    };
    if names.is_empty() {
        return Outcome::failed("examples/Cargo.toml names no example");
    }
    let mut outcome = Outcome::default();
    if names.iter().any(|name| name == "quickstart") {
        outcome = outcome.and(check(&mut context.watched(cargo(&["run", "--example", "quickstart"]))));
    }
    let built = check(&mut context.cargo(&["build", "--workspace", "--all-features", "--examples"]));
    if built.failed > 0 {
        return outcome.and(built);
    }
    for name in &names {
        let program = context.target.join("debug/examples").join(name);
        let run = |url: Option<String>| {
            let mut command = context.watched(Command::new(&program));
            url.map(|url| command.env("REDIS_URL", url));
            within(EXAMPLE_LIMIT, &mut command)
        };
        outcome = outcome.and(run(None)).and(match context.redis() {
            Err(_) => Outcome::failed(format!("{name} with REDIS_URL: no redis-server")),
            Ok(redis) => match server::Running::start(&redis.program) {
                Ok(server) => run(Some(server.url())),
                Err(problem) => Outcome::failed(problem),
            },
        });
    }
    outcome.note(format!("{} programs: {}", names.len(), names.join(", ")))
}

fn features(context: &Context) -> Outcome {
    let names = match context.read("cache-runtime/Cargo.toml") {
        Ok(text) => manifest::features(&text),
        Err(problem) => return Outcome::failed(problem),
    };
    let alone = |feature: &str| {
        let arguments = ["clippy", "-p", "cache-runtime", "--no-default-features", "--features", feature];
        check(context.cargo(&arguments).args(["--", "-D", "warnings"]))
    };
    let none = alone("");
    names.iter().map(|name| alone(name)).fold(none, Outcome::and).note(format!("none, {}", names.join(", ")))
}

fn dependencies(context: &Context) -> Outcome {
    let tree = ["tree", "-p", "cache-runtime", "--prefix", "none", "-e", "normal"];
    match output(&mut context.cargo(&tree)) {
        Err(problem) => Outcome::failed(problem),
        Ok(text) => {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            lines.dedup();
            let figure = format!("{} crates, must stay under {DEPENDENCY_BOUND}", lines.len());
            println!("{figure}");
            let row = format!("| crates in the default tree | {} |", lines.len());
            match context.read("README.md") {
                Err(problem) => Outcome::failed(problem),
                Ok(readme) if !readme.contains(&row) => Outcome::failed(format!("README.md does not say `{row}`")),
                Ok(_) if lines.len() < DEPENDENCY_BOUND => Outcome::passed().note(figure),
                Ok(_) => Outcome::failed(figure),
            }
        }
    }
}

/// The pinned toolchain is newer than the stated version. That only what the older one has is used is the business of
/// clippy's `incompatible_msrv`; that every dependency builds with it is looked up here.
fn msrv(context: &Context) -> Outcome {
    let stated = context
        .read("Cargo.toml")
        .and_then(|text| manifest::rust_version(&text).ok_or_else(|| "Cargo.toml: no rust-version".to_owned()));
    let stated = match stated {
        Ok(stated) => stated,
        Err(problem) => return Outcome::failed(problem),
    };
    let readme = match context.read("README.md").map(|text| manifest::rust_versions_named(&text)) {
        Err(problem) => Outcome::failed(problem),
        Ok(named) if named.is_empty() => Outcome::failed(format!("README.md does not say `Rust {stated}`")),
        Ok(named) if named.iter().any(|version| *version != stated) => {
            Outcome::failed(format!("README.md says Rust {}, Cargo.toml {stated}", named.join(", ")))
        }
        Ok(_) => Outcome::passed().note(format!("Rust {stated}")),
    };
    let tree = match output(&mut context.cargo(&["metadata", "--format-version", "1", "--all-features"])) {
        Err(problem) => Outcome::failed(problem),
        Ok(metadata) => match manifest::newer_than(&stated, &metadata).as_slice() {
            [] => Outcome::passed(),
            newer => Outcome::failed(format!("need a newer Rust than {stated}: {}", newer.join(", "))),
        },
    };
    readme.and(tree)
}

/// Checked where `cargo xtask bench` builds, so that both share what cargo downloads and nothing lands in the main lock file.
fn benches(context: &Context) -> Outcome {
    let manifest = ["--manifest-path", "benches/Cargo.toml"];
    let format = check(context.cargo(&["fmt"]).args(manifest).args(["--all", "--check"]));
    let target = context.root.join("benches/target");
    let mut clippy = context.cargo(&["clippy", "--locked", "--workspace", "--all-targets"]);
    clippy.args(manifest).args(["--", "-D", "warnings"]).env("CARGO_TARGET_DIR", &target);
    let mut test = context.watched(context.cargo(&["test", "--quiet", "--locked", "--lib"]));
    test.args(manifest).env("CARGO_TARGET_DIR", target);
    format.and(check(&mut clippy)).and(tests(&mut test))
}

fn licences(context: &Context) -> Outcome {
    if output(&mut context.cargo(&["deny", "--version"])).is_err() {
        println!("cargo-deny is not installed");
        return Outcome::not_run("cargo-deny is not installed");
    }
    check(&mut context.cargo(&["deny", "--all-features", "check"]))
}

fn leftovers(context: &Context) -> Outcome {
    let mut found = processes_in(&context.scratch);
    let entries = fs::read_dir(&context.scratch).into_iter().flatten().flatten();
    found.extend(entries.map(|entry| format!("temporary file {}", entry.file_name().to_string_lossy())));
    if env::var_os("CI").is_some() {
        // A fresh clone: whatever differs was written by the build or the tests, such as a stale lock file.
        match output(Command::new("git").current_dir(&context.root).args(["status", "--porcelain"])) {
            Ok(text) => found.extend(text.lines().map(|line| format!("changed source {}", line.trim()))),
            Err(problem) => found.push(problem),
        }
    }
    match found.as_slice() {
        [] => Outcome::passed(),
        _ => found.into_iter().map(Outcome::failed).fold(Outcome::default(), Outcome::and),
    }
}

/// Processes that work in this folder; our servers do. Only Linux tells.
fn processes_in(folder: &Path) -> Vec<String> {
    let own = std::process::id().to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder)))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|pid| *pid != own)
        .map(|pid| format!("process {pid}"))
        .collect()
}
