//! The command line, of people and of the orchestrator that starts workers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What to write.
pub const USAGE: &str = "cache-consistency run [--seconds N] [--seed S] [--processes P] [--tasks T] [--keys K] \
                         [--without MECHANISM,..]";

/// What this process is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The orchestrator.
    Run(Options),
    /// One of the processes that it starts.
    Worker(WorkerOptions),
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The program that is started as worker: this one, unless a test says otherwise.
    pub program: PathBuf,
    /// How long reads and writes go on.
    pub length: Duration,
    /// Derives the faults and the choice of calls.
    pub seed: u64,
    /// How many workers run at a time.
    pub processes: u16,
    /// How many calls each worker makes at a time.
    pub tasks: u16,
    /// How many keys there are.
    pub keys: u16,
    /// What `CACHE_TEST_WITHOUT` says to the workers.
    pub without: String,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Tells it from all workers before and beside it.
    pub process: u16,
    /// Where the register listens.
    pub register: SocketAddr,
    /// Where its link to the server listens.
    pub link: SocketAddr,
    /// Derives the choice of calls.
    pub seed: u64,
    /// How many calls are made at a time.
    pub tasks: u16,
    /// How many keys there are.
    pub keys: u16,
}

impl Options {
    /// The defaults, with this program as worker.
    ///
    /// # Errors
    ///
    /// When the system does not tell where the program lies.
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            program: std::env::current_exe().map_err(|error| format!("where is this program: {error}"))?,
            length: Duration::from_secs(60),
            seed: 1,
            processes: 3,
            tasks: 16,
            keys: 32,
            without: String::new(),
        })
    }
}

impl WorkerOptions {
    /// The words that [`parse`] reads.
    pub fn words(&self) -> Vec<String> {
        let Self { process, register, link, seed, tasks, keys } = self;
        let text = format!(
            "worker --process {process} --register {register} --link {link} --seed {seed} --tasks {tasks} --keys {keys}"
        );
        text.split(' ').map(String::from).collect()
    }
}

/// Reads the words after the program's name.
///
/// # Errors
///
/// What was not understood.
pub fn parse(words: &[String]) -> Result<Role, String> {
    let (role, rest) = words.split_first().ok_or("what to do?")?;
    let pairs = pairs(rest)?;
    match role.as_str() {
        "run" => {
            let mut options = Options::new()?;
            for (name, value) in pairs {
                match name {
                    "--seconds" => options.length = Duration::from_secs(number(name, value)?),
                    "--seed" => options.seed = number(name, value)?,
                    "--processes" => options.processes = at_least_one(name, value)?,
                    "--tasks" => options.tasks = at_least_one(name, value)?,
                    "--keys" => options.keys = at_least_one(name, value)?,
                    "--without" => options.without = mechanisms(value)?,
                    _ => return Err(format!("not understood: {name}")),
                }
            }
            Ok(Role::Run(options))
        }
        "worker" => worker(&pairs).map(Role::Worker),
        _ => Err(format!("not understood: {role}")),
    }
}

fn worker(pairs: &[(&str, &str)]) -> Result<WorkerOptions, String> {
    let value = |name: &str| {
        pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or(format!("{name} is missing"))
    };
    Ok(WorkerOptions {
        process: number("--process", value("--process")?)?,
        register: number("--register", value("--register")?)?,
        link: number("--link", value("--link")?)?,
        seed: number("--seed", value("--seed")?)?,
        tasks: number("--tasks", value("--tasks")?)?,
        keys: number("--keys", value("--keys")?)?,
    })
}

fn pairs(words: &[String]) -> Result<Vec<(&str, &str)>, String> {
    words
        .chunks(2)
        .map(|pair| match pair {
            [name, value] => Ok((name.as_str(), value.as_str())),
            _ => Err(format!("{} needs a value", pair.concat())),
        })
        .collect()
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: not understood: {value}"))
}

fn at_least_one(name: &str, value: &str) -> Result<u16, String> {
    number(name, value).and_then(|number| if number > 0 { Ok(number) } else { Err(format!("{name}: at least 1")) })
}

/// A misspelt name would show that nothing is found without a mechanism that is in place.
fn mechanisms(list: &str) -> Result<String, String> {
    let known = cache_runtime::TEST_MECHANISMS;
    match list.split(',').find(|name| !known.contains(name)) {
        None => Ok(list.to_owned()),
        Some(unknown) => Err(format!("no such mechanism: {unknown}; there are {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, WorkerOptions, parse};

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn a_run_has_defaults() {
        let Ok(Role::Run(options)) = parse(&words("run --seconds 5 --seed 9 --without recovery,fill-check")) else {
            panic!("understood");
        };
        assert_eq!((options.length.as_secs(), options.seed, options.processes), (5, 9, 3));
        assert_eq!(options.without, "recovery,fill-check");
    }

    #[test]
    fn mistakes_are_named() {
        for (line, named) in [
            ("", "what"),
            ("walk", "walk"),
            ("run --seconds", "--seconds"),
            ("run --seconds soon", "soon"),
            ("run --processes 0", "at least 1"),
            ("run --without recovry", "recovry"),
            ("run --speed 3", "--speed"),
            ("worker --process 3", "missing"),
        ] {
            let problem = parse(&words(line)).expect_err(line);
            assert!(problem.contains(named), "{line}: {problem}");
        }
    }

    #[test]
    fn a_worker_is_told_by_words() {
        let options = WorkerOptions {
            process: 3,
            register: "127.0.0.1:1000".parse().expect("an address"),
            link: "127.0.0.1:1001".parse().expect("an address"),
            seed: 7,
            tasks: 16,
            keys: 32,
        };
        assert_eq!(parse(&options.words()), Ok(Role::Worker(options)));
    }
}
