use std::fmt::Write as _;
use std::path::Path;

use super::RedisServer;
use super::server::{ADMIN, Ports};

/// When a server counts as started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyWhen {
    /// It answers `PING` with `PONG`; a replica is in step with its primary.
    Serving,
    /// It answers anything, `-LOADING` included.
    Answering,
}

/// Options of a [`RedisServer`].
#[derive(Clone, Debug)]
pub struct Builder {
    lines: String,
    pub(super) password: Option<String>,
    pub(super) replica: bool,
    pub(super) unix_socket: bool,
    pub(super) tls: bool,
    cluster: bool,
    pub(super) sentinel: bool,
    pub(super) ready_when: ReadyWhen,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            lines: String::new(),
            password: None,
            replica: false,
            unix_socket: false,
            tls: false,
            cluster: false,
            sentinel: false,
            ready_when: ReadyWhen::Serving,
        }
    }

    /// Any line of `redis.conf`, such as `("key-load-delay", "1000")`.
    #[must_use]
    pub fn config(mut self, name: &str, value: &str) -> Self {
        writeln!(self.lines, "{name} {value}").expect("write to a string");
        self
    }

    /// Bounds the memory and refuses writes beyond it (`noeviction`). An empty server needs about 1 MB.
    #[must_use]
    pub fn maxmemory(self, bytes: u64) -> Self {
        self.config("maxmemory", &bytes.to_string()).config("maxmemory-policy", "noeviction")
    }

    /// Asks the `default` user for a password; [`RedisServer::url`] has it.
    #[must_use]
    pub fn requirepass(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.config("requirepass", &quoted(password))
    }

    /// Adds a user by its ACL rules, such as `("app", "on >secret ~* &* +@all -set")`.
    #[must_use]
    pub fn acl_user(self, name: &str, rules: &str) -> Self {
        self.config("user", &format!("{name} {rules}"))
    }

    /// Makes a read-only replica.
    #[must_use]
    pub fn replica_of(mut self, primary: &RedisServer) -> Self {
        self.replica = true;
        self.config("replicaof", &format!("127.0.0.1 {}", primary.port()))
            .config("masteruser", ADMIN)
            .config("masterauth", ADMIN)
    }

    /// Listens on a unix socket too: [`RedisServer::unix_url`].
    #[must_use]
    pub fn unix_socket(mut self) -> Self {
        self.unix_socket = true;
        self
    }

    /// Listens with TLS on a port of its own too: [`RedisServer::tls_url`], [`RedisServer::ca_pem`].
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Makes a node of a Cluster, which is put together by [`RedisCluster`](super::RedisCluster).
    pub(super) fn cluster_node(mut self) -> Self {
        self.cluster = true;
        self
    }

    /// Makes a sentinel, which keeps no data.
    pub(super) fn sentinel(mut self) -> Self {
        self.sentinel = true;
        self
    }

    /// When [`Builder::start`] and [`RedisServer::restart`] return.
    #[must_use]
    pub fn ready_when(mut self, ready_when: ReadyWhen) -> Self {
        self.ready_when = ready_when;
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    /// When there is no redis-server, or it does not start in time; the text has the end of its log.
    pub fn start(self) -> RedisServer {
        RedisServer::launch(self)
    }

    pub(super) fn config_file(&self, folder: &Path, ports: Ports) -> String {
        let path = |name: &str| quoted(&folder.join(name).display().to_string());
        if self.sentinel {
            return format!(
                "bind 127.0.0.1\nport {}\ndir {}\ndaemonize no\nuser {ADMIN} on >{ADMIN} ~* &* +@all\n{}",
                ports.plain,
                path(""),
                self.lines
            );
        }
        let mut text = format!(
            "bind 127.0.0.1\nport {}\ndir {}\nsave \"\"\nappendonly no\ndaemonize no\n\
             repl-diskless-sync-delay 0\nuser {ADMIN} on >{ADMIN} ~* &* +@all\n",
            ports.plain,
            path("")
        );
        if self.cluster {
            // The second port is free here, and the usual one is beyond the range for high ports.
            writeln!(text, "cluster-enabled yes\ncluster-config-file nodes.conf\ncluster-port {}", ports.tls)
                .expect("write to a string");
        }
        if self.unix_socket {
            writeln!(text, "unixsocket {}\nunixsocketperm 700", path("redis.sock")).expect("write to a string");
        }
        if self.tls {
            let [ca, cert, key] = ["ca.pem", "server.pem", "server.key"].map(path);
            writeln!(
                text,
                "tls-port {}\ntls-ca-cert-file {ca}\ntls-cert-file {cert}\ntls-key-file {key}\ntls-auth-clients no",
                ports.tls
            )
            .expect("write to a string");
        }
        text + &self.lines
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
