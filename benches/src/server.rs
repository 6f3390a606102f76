//! A redis-server of this run's own.

use std::env;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::place::Place;

/// The shell waits on a pipe that this process holds, so that the server ends with it, however that ends.
const GUARDED: &str = r#""$@" & server=$!; read -r _; kill -KILL $server; wait"#;

/// Dropped, it is gone.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one on a free loopback port, with nothing written to disk.
    pub(crate) fn start(place: Place) -> Result<Self, String> {
        let program = find()?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?
            .port();
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARDED, "server"])
            .arg(&program)
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // From a thread that is where the server is to be.
        let starter = thread::spawn(move || {
            place.server();
            command.spawn()
        });
        let child = starter
            .join()
            .map_err(|_| "the thread that starts the server panicked")?
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let server = Self { child, port };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > deadline {
                return Err(format!("{} does not answer", program.display()));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// `redis://..`
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// How often the server read requests from a socket since its start: one caller that waits for each answer makes one
    /// of them per round trip.
    pub(crate) fn reads(&self) -> Result<u64, String> {
        let info = self.info("stats")?;
        info.lines()
            .find_map(|line| line.strip_prefix("total_reads_processed:")?.trim().parse().ok())
            .ok_or_else(|| "the server does not count what it reads (Redis 6 or later does)".to_owned())
    }

    /// Its processor time.
    pub(crate) fn seconds(&self) -> Result<f64, String> {
        let info = self.info("cpu")?;
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        let both = field("used_cpu_user:").zip(field("used_cpu_sys:"));
        both.map(|(user, system)| user + system).ok_or_else(|| "the server does not tell its processor time".to_owned())
    }

    /// What it is.
    pub(crate) fn version(&self) -> Result<String, String> {
        let info = self.info("server")?;
        let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.unwrap_or("unknown").trim().to_owned())
    }

    /// Removes everything.
    pub(crate) fn flush(&self) -> Result<(), String> {
        let mut connection = self.connect()?;
        redis::cmd("FLUSHALL").query::<()>(&mut connection).map_err(|error| error.to_string())
    }

    fn info(&self, section: &str) -> Result<String, String> {
        redis::cmd("INFO").arg(section).query(&mut self.connect()?).map_err(|error| error.to_string())
    }

    fn connect(&self) -> Result<redis::Connection, String> {
        redis::Client::open(self.url()).and_then(|client| client.get_connection()).map_err(|error| error.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// `REDIS_SERVER_BIN`, else the first known name in `PATH`.
fn find() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("REDIS_SERVER_BIN").filter(|value| !value.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    ["redis-server", "valkey-server"]
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| "no redis-server: run `cargo xtask bench`, or set REDIS_SERVER_BIN".to_owned())
}
