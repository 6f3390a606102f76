//! Finds a redis-server, and installs one where there is none.

use std::env;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run;

/// Valkey speaks the same protocol, and some systems have that alone.
const NAMES: [&str; 2] = ["redis-server", "valkey-server"];

/// A package manager, and the commands that install a server with it; the first that works is enough.
struct Manager {
    program: &'static str,
    refresh: Option<&'static [&'static str]>,
    installs: &'static [&'static [&'static str]],
    as_root: bool,
}

const MANAGERS: [Manager; 5] = [
    Manager {
        program: "apt-get",
        refresh: Some(&["update"]),
        installs: &[
            &["install", "-y", "--no-install-recommends", "redis-server"],
            &["install", "-y", "--no-install-recommends", "valkey-server"],
        ],
        as_root: true,
    },
    Manager {
        program: "dnf",
        refresh: None,
        installs: &[&["install", "-y", "valkey"], &["install", "-y", "redis"]],
        as_root: true,
    },
    Manager {
        program: "apk",
        refresh: None,
        installs: &[&["add", "--no-cache", "redis"], &["add", "--no-cache", "valkey"]],
        as_root: true,
    },
    Manager {
        program: "pacman",
        refresh: None,
        installs: &[&["-Sy", "--noconfirm", "--needed", "valkey"], &["-Sy", "--noconfirm", "--needed", "redis"]],
        as_root: true,
    },
    Manager { program: "brew", refresh: None, installs: &[&["install", "redis"]], as_root: false },
];

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) program: PathBuf,
    pub(crate) version: String,
}

/// `REDIS_SERVER_BIN`, else a server in `PATH`, else one that the system's package manager brings.
pub(crate) fn ensure() -> Result<Server, String> {
    if let Some(named) = env::var_os("REDIS_SERVER_BIN").filter(|value| !value.is_empty()) {
        return verify(PathBuf::from(named)).map_err(|reason| format!("REDIS_SERVER_BIN: {reason}"));
    }
    if let Some(found) = in_path() {
        return verify(found);
    }
    println!("no redis-server in PATH; installing it");
    let problem = match install() {
        Ok(()) => match in_path() {
            Some(found) => return verify(found),
            None => "the package was installed, but brought no redis-server into PATH".to_owned(),
        },
        Err(problem) => problem,
    };
    Err(format!("{problem}\n{}", advice()))
}

fn advice() -> String {
    "the tests need a redis-server or valkey-server. Do one of:\n  \
       install it: `apt-get install redis-server`, `dnf install valkey`, `apk add redis`, `pacman -S valkey` or \
     `brew install redis`\n  \
       name one:   REDIS_SERVER_BIN=/path/to/redis-server cargo xtask test"
        .to_owned()
}

fn verify(program: PathBuf) -> Result<Server, String> {
    let text = run::output(Command::new(&program).arg("--version"))
        .map_err(|reason| format!("{}: {reason}", program.display()))?;
    match version(&text) {
        Some(version) => Ok(Server { program, version }),
        None => Err(format!("{} does not say that it is a server: {}", program.display(), text.trim())),
    }
}

/// `7.0.15` of `Redis server v=7.0.15 sha=..`.
fn version(text: &str) -> Option<String> {
    let rest = text.split_once("server v=")?.1;
    Some(rest.split_whitespace().next()?.to_owned())
}

fn in_path() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| which(name))
}

fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

fn install() -> Result<(), String> {
    let manager = MANAGERS
        .iter()
        .find(|manager| which(manager.program).is_some())
        .ok_or("no redis-server in PATH, and no package manager that this program knows")?;
    let prefix = if manager.as_root { root_prefix(manager.program)? } else { Vec::new() };

    if let Some(refresh) = manager.refresh {
        // A stale list may still do; where it does not, the installation says so.
        let _ = attempt(&prefix, manager.program, refresh);
    }
    let mut problem = String::new();
    for arguments in manager.installs {
        match attempt(&prefix, manager.program, arguments) {
            Ok(()) => return Ok(()),
            Err(reason) => problem = reason,
        }
    }
    Err(problem)
}

/// Nothing for root, else `sudo`; without a terminal it must not ask for a password.
fn root_prefix(program: &str) -> Result<Vec<&'static str>, String> {
    let user = run::output(Command::new("id").arg("-u")).unwrap_or_default();
    if user.trim() == "0" {
        return Ok(Vec::new());
    }
    match which("sudo") {
        Some(_) if std::io::stdin().is_terminal() => Ok(vec!["sudo"]),
        Some(_) => Ok(vec!["sudo", "-n"]),
        None => Err(format!("no redis-server in PATH; {program} needs root, and there is no sudo")),
    }
}

fn attempt(prefix: &[&str], program: &str, arguments: &[&str]) -> Result<(), String> {
    let words: Vec<&str> = prefix.iter().copied().chain([program]).chain(arguments.iter().copied()).collect();
    let line = words.join(" ");
    println!("$ {line}");
    let stdin = if prefix == ["sudo"] { Stdio::inherit() } else { Stdio::null() };
    let status = Command::new(words[0])
        .args(&words[1..])
        .env("DEBIAN_FRONTEND", "noninteractive")
        // The tests start servers of their own: the package need not start its service (invoke-rc.d reads this).
        .env("RUNLEVEL", "1")
        .stdin(stdin)
        .status()
        .map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}`: {status}")) }
}

impl Server {
    pub(crate) fn describe(&self) -> String {
        let name = self.program.file_name().map_or(Path::new("redis-server"), Path::new);
        format!("{} {}", name.display(), self.version)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{verify, version};

    #[test]
    fn versions_of_both_servers_are_read() {
        assert_eq!(version("Redis server v=7.0.15 sha=00000000:0 malloc=x").as_deref(), Some("7.0.15"));
        assert_eq!(version("Valkey server v=8.1.1 sha=0").as_deref(), Some("8.1.1"));
        assert_eq!(version("hello"), None);
    }

    #[test]
    fn what_is_no_server_is_refused() {
        assert!(verify(PathBuf::from("/nonexistent/redis-server")).unwrap_err().contains("/nonexistent/redis-server"));
        assert!(verify(PathBuf::from("true")).is_err());
    }
}
