use std::thread;
use std::time::{Duration, Instant};

use super::{RawClient, RedisServer, Reply};

/// The name that the sentinel knows the master by.
pub const MASTER: &str = "mymaster";

const POLL: Duration = Duration::from_millis(20);
const DEADLINE: Duration = Duration::from_secs(60);

/// Two servers, of which one is the master, and a sentinel that makes the other one master when the first is gone.
#[derive(Debug)]
pub struct Sentinels {
    servers: [RedisServer; 2],
    sentinel: RedisServer,
}

impl Sentinels {
    /// Starts a master, its replica and the sentinel.
    ///
    /// # Panics
    /// When they do not start, or the sentinel does not find the replica in time.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// As [`Sentinels::start`], with a password that the servers ask for and the sentinel does not.
    ///
    /// # Panics
    /// As [`Sentinels::start`].
    pub fn start_with(password: &str) -> Self {
        let server = || match password {
            "" => RedisServer::builder(),
            password => RedisServer::builder().requirepass(password),
        };
        let master = server().start();
        let replica = server().replica_of(&master).config("replica-priority", "1").start();
        let port = master.port().to_string();
        let sentinel = RedisServer::builder()
            .sentinel()
            .config("sentinel", &format!("monitor {MASTER} 127.0.0.1 {port} 1"))
            .config("sentinel", &format!("auth-user {MASTER} {}", super::server::ADMIN))
            .config("sentinel", &format!("auth-pass {MASTER} {}", super::server::ADMIN))
            .config("sentinel", &format!("down-after-milliseconds {MASTER} 1500"))
            .config("sentinel", &format!("failover-timeout {MASTER} 5000"))
            .start();
        let all = Self { servers: [master, replica], sentinel };
        all.wait_for(
            "the sentinel to find the replica",
            || matches!(all.ask(["SENTINEL", "REPLICAS", MASTER]), Some(Reply::Array(replicas)) if replicas.len() == 1),
        );
        all
    }

    /// The URL of the sentinel.
    pub fn url(&self) -> String {
        self.sentinel.url()
    }

    /// The sentinel itself.
    pub fn sentinel(&self) -> &RedisServer {
        &self.sentinel
    }

    /// The first master, and the replica that is to be the next.
    pub fn servers(&self) -> &[RedisServer; 2] {
        &self.servers
    }

    /// Tells the sentinel to change the master.
    ///
    /// # Panics
    /// When it does not agree in time.
    pub fn fail_over(&self) {
        self.wait_for("the sentinel to begin a failover", || {
            self.ask(["SENTINEL", "FAILOVER", MASTER]) == Some(Reply::Simple("OK".into()))
        });
    }

    /// Returns when the sentinel names the second server as master.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn wait_for_failover(&self) {
        let port = self.servers[1].port().to_string();
        self.wait_for("another master", || match self.ask(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER]) {
            Some(Reply::Array(address)) => address[1].text() == port,
            _ => false,
        });
    }

    fn ask<'a>(&self, command: impl IntoIterator<Item = &'a str>) -> Option<Reply> {
        RawClient::admin(&self.sentinel).and_then(|mut client| client.send(command)).ok()
    }

    fn wait_for(&self, what: &str, reached: impl Fn() -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !reached() {
            assert!(
                Instant::now() < deadline,
                "waited too long for {what}; the sentinel's log:\n{}",
                self.sentinel.log()
            );
            thread::sleep(POLL);
        }
    }
}
