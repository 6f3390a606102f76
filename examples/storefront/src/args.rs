//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) const USAGE: &str = "\
A shop over a SQLite file, whose reads are cached, and the replay of a real shop's traffic through it.

  storefront serve   [--listen ADDRESS] [--db FILE]
  storefront replay  [--direct | --http] [--callers N] [--requests N] [--quick] [--redis URL] [--db FILE]

  --listen ADDRESS  where to serve; default 127.0.0.1:8080
  --db FILE         the SQLite file, filled if it has no products; default a temporary one
  --direct          call the annotated functions (the default)
  --http            go through HTTP, to a server of its own on a free port
  --callers N       how many callers ask at the same time; default 64
  --requests N      how many requests of the trace to replay; default all 76118
  --quick           the first 5000 requests
  --redis URL       replay with this Redis or Valkey too; default the variable REDIS_URL, if set

`serve` caches in its own memory, or in the server that REDIS_URL names.
";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Serve { listen: SocketAddr, db: Option<PathBuf> },
    Replay(Replay),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replay {
    pub http: bool,
    pub callers: usize,
    /// `None` for all.
    pub requests: Option<usize>,
    pub redis: Option<String>,
    pub db: Option<PathBuf>,
}

/// Reads the arguments behind the program's name. The error names the option and says what is allowed.
pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut args = args.into_iter();
    let command = match args.next().as_deref() {
        None | Some("help" | "--help" | "-h") => return Ok(Command::Help),
        Some("serve") => serve(Args(args)),
        Some("replay") => replay(Args(args)),
        Some(other) => Err(format!("`{other}` is no command; allowed are `serve`, `replay` and `help`")),
    };
    match command {
        Err(message) if message.is_empty() => Ok(Command::Help),
        command => command,
    }
}

fn serve<I: Iterator<Item = String>>(mut args: Args<I>) -> Result<Command, String> {
    let (mut listen, mut db) = (SocketAddr::from(([127, 0, 0, 1], 8080)), None);
    while let Some(option) = args.option()? {
        match option.as_str() {
            "--listen" => listen = args.parsed(&option, "an address with a port, such as `127.0.0.1:8080`")?,
            "--db" => db = Some(args.value(&option, "the path of a file")?.into()),
            _ => return Err(unknown(&option, "serve", "`--listen` and `--db`")),
        }
    }
    Ok(Command::Serve { listen, db })
}

fn replay<I: Iterator<Item = String>>(mut args: Args<I>) -> Result<Command, String> {
    let mut replay = Replay { http: false, callers: 64, requests: None, redis: None, db: None };
    let mut way: Option<String> = None;
    while let Some(option) = args.option()? {
        match option.as_str() {
            "--direct" | "--http" => {
                if let Some(other) = way.filter(|way| *way != option) {
                    return Err(format!("`{option}` and `{other}` exclude each other; give one"));
                }
                replay.http = option == "--http";
                way = Some(option);
            }
            "--callers" => replay.callers = args.within(&option, 1, 1024)?,
            "--requests" => replay.requests = Some(args.within(&option, 1, usize::MAX)?),
            "--quick" => replay.requests = Some(5000),
            "--redis" => replay.redis = Some(args.value(&option, "a URL, such as `redis://localhost:6379`")?),
            "--db" => replay.db = Some(args.value(&option, "the path of a file")?.into()),
            _ => {
                let allowed = "`--direct`, `--http`, `--callers`, `--requests`, `--quick`, `--redis` and `--db`";
                return Err(unknown(&option, "replay", allowed));
            }
        }
    }
    Ok(Command::Replay(replay))
}

fn unknown(option: &str, command: &str, allowed: &str) -> String {
    format!("`{option}` is no option of `{command}`; allowed are {allowed}")
}

struct Args<I>(I);

impl<I: Iterator<Item = String>> Args<I> {
    /// The next option. An empty error asks for help.
    fn option(&mut self) -> Result<Option<String>, String> {
        match self.0.next() {
            Some(option) if option == "--help" || option == "-h" => Err(String::new()),
            option => Ok(option),
        }
    }

    fn value(&mut self, option: &str, allowed: &str) -> Result<String, String> {
        let value = self.0.next().filter(|value| !value.is_empty() && !value.starts_with("--"));
        value.ok_or_else(|| format!("`{option}` has no value; it takes {allowed}"))
    }

    fn parsed<T: FromStr>(&mut self, option: &str, allowed: &str) -> Result<T, String> {
        let value = self.value(option, allowed)?;
        value.parse().map_err(|_| format!("`{option}` is {value:?}; it takes {allowed}"))
    }

    fn within(&mut self, option: &str, least: usize, most: usize) -> Result<usize, String> {
        let allowed = if most == usize::MAX {
            format!("a whole number from {least}")
        } else {
            format!("a whole number from {least} to {most}")
        };
        let number = self.parsed(option, &allowed)?;
        if number < least || number > most {
            return Err(format!("`{option}` is {number}; it takes {allowed}"));
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_reach_the_command() {
        let redis = Some("redis://localhost".to_owned());
        assert_eq!(
            parsed("replay --http --callers 8 --quick --redis redis://localhost"),
            Ok(Command::Replay(Replay { http: true, callers: 8, requests: Some(5000), redis, db: None }))
        );
        assert_eq!(
            parsed("serve --listen 127.0.0.1:0 --db shop.db"),
            Ok(Command::Serve { listen: ([127, 0, 0, 1], 0).into(), db: Some("shop.db".into()) })
        );
        for line in ["", "help", "--help", "replay --help", "serve -h"] {
            assert_eq!(parsed(line), Ok(Command::Help), "{line}");
        }
    }

    #[test]
    fn a_mistake_names_the_option_and_what_is_allowed() {
        for (line, option, allowed) in [
            ("sell", "`sell`", "`serve`, `replay`"),
            ("serve --port 80", "`--port`", "`--listen`"),
            ("serve --listen", "`--listen`", "127.0.0.1:8080"),
            ("serve --listen 8080", "`--listen`", "127.0.0.1:8080"),
            ("replay --callers 0", "`--callers`", "from 1 to 1024"),
            ("replay --callers --quick", "`--callers`", "from 1 to 1024"),
            ("replay --requests many", "`--requests`", "a whole number"),
            ("replay --direct --http", "`--http`", "give one"),
            ("replay --redis", "`--redis`", "redis://localhost:6379"),
            ("replay quickly", "`quickly`", "`--quick`"),
        ] {
            let message = parsed(line).expect_err(line);
            assert!(message.contains(option) && message.contains(allowed), "{line}: {message}");
        }
    }
}
