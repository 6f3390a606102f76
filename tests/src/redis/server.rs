use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions};
use tempfile::TempDir;

use super::builder::{Builder, ReadyWhen};
use super::guardian::Guardian;
use super::{RawClient, Reply, binary, redis_cli, tls};

/// Name and password of the user that [`RawClient::admin`] logs in as.
pub(super) const ADMIN: &str = "harness";

const START_DEADLINE: Duration = Duration::from_secs(20);
const STOP_DEADLINE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(2);
const PORT_ATTEMPTS: usize = 10;

#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) plain: u16,
    pub(super) tls: u16,
}

impl Ports {
    /// Two ports that are free now. Another process may be faster, so that [`RedisServer::launch`] tries again.
    fn free() -> Self {
        let [plain, tls] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free loopback port"));
        let port = |listener: &TcpListener| listener.local_addr().expect("the address of a listener").port();
        Self { plain: port(&plain), tls: port(&tls) }
    }
}

/// A server of one test. Dropping it kills the process and removes the folder.
#[derive(Debug)]
pub struct RedisServer {
    options: Builder,
    ports: Ports,
    running: Mutex<Option<Running>>,
    folder: TempDir,
}

struct Running {
    child: Child,
    _guardian: Guardian,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pid {}", self.child.id())
    }
}

enum StartError {
    /// Somebody else has the port.
    PortTaken,
    Failed(String),
}

impl RedisServer {
    /// Starts a server with no options.
    ///
    /// # Panics
    /// When there is no redis-server, or it does not start in time; the text has the end of its log.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A server with options.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn launch(options: Builder) -> Self {
        let folder = tempfile::Builder::new().prefix("cache-redis-").tempdir().expect("a temporary folder");
        if options.tls {
            tls::write_certificates(folder.path());
        }
        let mut server = Self { options, ports: Ports::free(), running: Mutex::new(None), folder };
        for _ in 0..PORT_ATTEMPTS {
            match server.spawn() {
                Ok(()) => return server,
                Err(StartError::PortTaken) => server.ports = Ports::free(),
                Err(StartError::Failed(reason)) => panic!("{reason}"),
            }
        }
        panic!("no free port for a redis-server after {PORT_ATTEMPTS} attempts")
    }

    /// The port of the plain listener. It stays the same over a restart.
    pub fn port(&self) -> u16 {
        self.ports.plain
    }

    /// The port on which the nodes of a Cluster talk to each other.
    pub(super) fn bus_port(&self) -> u16 {
        self.ports.tls
    }

    /// The process, while one runs.
    pub fn pid(&self) -> Option<u32> {
        self.running().as_ref().map(|running| running.child.id())
    }

    /// `redis://127.0.0.1:{port}/`, with the password of [`Builder::requirepass`].
    pub fn url(&self) -> String {
        match &self.options.password {
            Some(password) => format!("redis://:{}@127.0.0.1:{}/", percent_encoded(password), self.ports.plain),
            None => format!("redis://127.0.0.1:{}/", self.ports.plain),
        }
    }

    /// `redis://{user}:{password}@127.0.0.1:{port}/`, for a user of [`Builder::acl_user`].
    pub fn url_as(&self, user: &str, password: &str) -> String {
        let [user, password] = [user, password].map(percent_encoded);
        format!("redis://{user}:{password}@127.0.0.1:{}/", self.ports.plain)
    }

    /// `rediss://localhost:{port}/`, with [`Builder::tls`].
    ///
    /// # Panics
    /// When the server has no TLS listener.
    pub fn tls_url(&self) -> String {
        assert!(self.options.tls, "this server was built without `tls()`");
        let login = self.options.password.as_deref().map(|word| format!(":{}@", percent_encoded(word)));
        format!("rediss://{}localhost:{}/", login.unwrap_or_default(), self.ports.tls)
    }

    /// `unix:///..`, with [`Builder::unix_socket`].
    pub fn unix_url(&self) -> String {
        format!("unix://{}", self.socket_path().display())
    }

    /// The unix socket, with [`Builder::unix_socket`].
    ///
    /// # Panics
    /// When the server has no unix socket.
    pub fn socket_path(&self) -> PathBuf {
        assert!(self.options.unix_socket, "this server was built without `unix_socket()`");
        self.folder.path().join("redis.sock")
    }

    /// The certificate of the authority that signed the server's, with [`Builder::tls`].
    ///
    /// # Panics
    /// When the server has no TLS listener.
    pub fn ca_pem(&self) -> String {
        fs::read_to_string(self.ca_path()).expect("this server was built with `tls()`")
    }

    /// The file of [`RedisServer::ca_pem`].
    pub fn ca_path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The server's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Freezes the process (SIGSTOP): connections stay open and are accepted, nothing answers.
    ///
    /// # Panics
    /// When no process runs.
    pub fn pause(&self) {
        let running = self.running();
        let pid = pid_of(running.as_ref());
        signal(pid, Signal::STOP);
        // The signal is delivered at its own time; the wait returns when the process stands still.
        rustix::process::waitpid(Some(pid), WaitOptions::UNTRACED).expect("wait until the server stands still");
    }

    /// Lets a frozen process go on (SIGCONT).
    ///
    /// # Panics
    /// When no process runs.
    pub fn resume(&self) {
        signal(pid_of(self.running().as_ref()), Signal::CONT);
    }

    /// Kills the process (SIGKILL), frozen or not. Nothing is saved; [`RedisServer::restart`] starts empty.
    pub fn kill(&self) {
        let taken = self.running().take();
        if let Some(mut running) = taken {
            let _ = running.child.kill();
            running.child.wait().expect("wait for a killed redis-server");
        }
    }

    /// Ends the process in good order (SIGTERM).
    ///
    /// # Panics
    /// When no process runs, or it does not end in time.
    pub fn stop(&self) -> ExitStatus {
        let mut running = self.running().take().expect("a running redis-server");
        let pid = pid_of(Some(&running));
        signal(pid, Signal::TERM);
        signal(pid, Signal::CONT);
        let deadline = Instant::now() + STOP_DEADLINE;
        loop {
            if let Some(status) = running.child.try_wait().expect("wait for a redis-server") {
                return status;
            }
            if Instant::now() > deadline {
                let _ = running.child.kill();
                let _ = running.child.wait();
                panic!("the redis-server did not stop; its log ends:\n{}", self.log_end());
            }
            thread::sleep(POLL);
        }
    }

    /// Starts the server again on the same port, killing it first where it still runs.
    ///
    /// # Panics
    /// When it does not start in time.
    pub fn restart(&self) {
        self.kill();
        match self.spawn() {
            Ok(()) => {}
            Err(StartError::PortTaken) => panic!("port {} was taken while the server was away", self.ports.plain),
            Err(StartError::Failed(reason)) => panic!("{reason}"),
        }
    }

    /// The fields of `INFO {section}`.
    pub fn info(&self, section: &str) -> BTreeMap<String, String> {
        redis_cli(self, ["INFO", section])
            .text()
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// How often each command was called, by its lower-case name (`get`, `client|setname`), since the start or
    /// [`RedisServer::reset_stats`].
    pub fn command_stats(&self) -> BTreeMap<String, u64> {
        parse_command_stats(&self.info("commandstats"))
    }

    /// How often one command ran since the last reset, in scripts too.
    pub fn command_calls(&self, command: &str) -> u64 {
        self.command_stats().get(command).copied().unwrap_or(0)
    }

    /// Sets the counters of [`RedisServer::command_stats`] to zero.
    pub fn reset_stats(&self) {
        redis_cli(self, ["CONFIG", "RESETSTAT"]);
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    fn spawn(&self) -> Result<(), StartError> {
        let file = self.folder.path().join("redis.conf");
        fs::write(&file, self.options.config_file(self.folder.path(), self.ports)).expect("write redis.conf");
        // Truncated, so that the log tells about this process alone.
        File::create(self.log_path()).expect("make the server's log");
        let log = || OpenOptions::new().append(true).open(self.log_path()).expect("open the server's log");

        let program = binary::find();
        let child = Command::new(&program)
            .arg(&file)
            .args(self.options.sentinel.then_some("--sentinel"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log())
            .stderr(log())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let guardian = Guardian::of(child.id(), Some(self.folder.path()));
        *self.running() = Some(Running { child, _guardian: guardian });

        let outcome = self.wait_until_ready();
        if outcome.is_err() {
            self.kill();
        }
        outcome
    }

    fn wait_until_ready(&self) -> Result<(), StartError> {
        let deadline = Instant::now() + START_DEADLINE;
        // Its own log says that this process listens: a reply alone could come from another that has the port.
        let listens = if self.options.sentinel { "Sentinel ID is" } else { "Server initialized" };
        while !self.log().contains(listens) {
            let ended = self.running().as_mut().and_then(|running| running.child.try_wait().ok().flatten());
            if let Some(status) = ended {
                if self.log().contains("Address already in use") {
                    return Err(StartError::PortTaken);
                }
                return Err(self.failed(&format!("ended with {status}")));
            }
            self.pause_until(deadline, "does not listen")?;
        }
        while !self.is_ready(deadline) {
            self.pause_until(deadline, "does not answer")?;
        }
        Ok(())
    }

    fn is_ready(&self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now()).max(POLL);
        let ping = || -> io::Result<Reply> { RawClient::admin_of(self.ports.plain, left)?.send(["PING"]) };
        match (self.options.ready_when, ping()) {
            (ReadyWhen::Answering, Ok(_)) => true,
            (ReadyWhen::Serving, Ok(Reply::Simple(_))) => {
                !self.options.replica || self.info("replication").get("master_link_status").is_some_and(|s| s == "up")
            }
            (_, Err(_)) | (ReadyWhen::Serving, Ok(_)) => false,
        }
    }

    fn pause_until(&self, deadline: Instant, what: &str) -> Result<(), StartError> {
        if Instant::now() > deadline {
            return Err(self.failed(what));
        }
        thread::sleep(POLL);
        Ok(())
    }

    fn failed(&self, what: &str) -> StartError {
        StartError::Failed(format!("the redis-server {what}; its log ends:\n{}", self.log_end()))
    }

    fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // The folder goes after this, as the fields are dropped.
        self.kill();
    }
}

fn pid_of(running: Option<&Running>) -> Pid {
    let running = running.expect("a running redis-server");
    Pid::from_child(&running.child)
}

fn signal(pid: Pid, signal: Signal) {
    rustix::process::kill_process(pid, signal).expect("signal the redis-server");
}

/// `cmdstat_get: calls=2,usec=..` to `get: 2`.
fn parse_command_stats(fields: &BTreeMap<String, String>) -> BTreeMap<String, u64> {
    let calls = |value: &str| value.split(',').find_map(|pair| pair.strip_prefix("calls="))?.parse().ok();
    fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("cmdstat_")?.to_owned(), calls(value)?))).collect()
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
