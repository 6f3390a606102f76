use std::thread;
use std::time::{Duration, Instant};

use super::{RawClient, RedisServer, Reply, redis_cli};

const MASTERS: usize = 3;
const SLOTS: usize = 16_384;
const POLL: Duration = Duration::from_millis(20);
const DEADLINE: Duration = Duration::from_secs(60);

/// Three masters with a third of the slots each, and perhaps a replica of the first. A node that is gone takes its slots with
/// it, and no others.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts three masters.
    ///
    /// # Panics
    /// When they do not start or do not agree in time.
    pub fn start() -> Self {
        Self::form(0)
    }

    /// Starts three masters and a replica of the first, which takes over when the first is gone.
    ///
    /// # Panics
    /// As [`RedisCluster::start`].
    pub fn with_replica() -> Self {
        Self::form(1)
    }

    fn form(replicas: usize) -> Self {
        let start = || {
            RedisServer::builder()
                .cluster_node()
                .config("cluster-node-timeout", "2500")
                .config("cluster-require-full-coverage", "no")
                .config("cluster-allow-replica-migration", "no")
                .config("cluster-replica-validity-factor", "0")
                .start()
        };
        let cluster = Self { nodes: (0..MASTERS + replicas).map(|_| start()).collect() };
        let first = &cluster.nodes[0];
        for (nth, node) in cluster.nodes.iter().enumerate() {
            ok(redis_cli(node, ["CLUSTER", "SET-CONFIG-EPOCH", &(nth + 1).to_string()]));
            if nth < MASTERS {
                let (from, to) = (SLOTS * nth / MASTERS, SLOTS * (nth + 1) / MASTERS - 1);
                ok(redis_cli(node, ["CLUSTER", "ADDSLOTSRANGE", &from.to_string(), &to.to_string()]));
            }
            if nth > 0 {
                let (port, bus) = (node.port().to_string(), node.bus_port().to_string());
                ok(redis_cli(first, ["CLUSTER", "MEET", "127.0.0.1", &port, &bus]));
            }
        }
        let all = format!("cluster_known_nodes:{}", cluster.nodes.len());
        cluster.wait_for("the nodes to meet", || {
            cluster.nodes.iter().all(|node| {
                let info = text(node, ["CLUSTER", "INFO"]);
                info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384") && info.contains(&all)
            })
        });
        let id = text(first, ["CLUSTER", "MYID"]);
        for replica in &cluster.nodes[MASTERS..] {
            ok(redis_cli(replica, ["CLUSTER", "REPLICATE", &id]));
            let (port, up) = (format!(":{}@", replica.port()), format!("slave {id}"));
            cluster.wait_for("the replica to follow", || {
                replica.info("replication").get("master_link_status").is_some_and(|status| status == "up")
                    && cluster.nodes.iter().all(|node| {
                        let nodes = text(node, ["CLUSTER", "NODES"]);
                        nodes
                            .lines()
                            .any(|line| line.contains(&port) && line.contains(&up) && line.contains("connected"))
                    })
            });
        }
        cluster
    }

    /// The nodes: the masters, then the replica.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// The masters, as long as there was no failover.
    pub fn masters(&self) -> &[RedisServer] {
        &self.nodes[..MASTERS]
    }

    /// The URLs of all nodes.
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(RedisServer::url).collect()
    }

    /// The slot of a key.
    pub fn slot(&self, key: &str) -> usize {
        let alive = self.nodes.iter().find(|node| node.pid().is_some()).expect("a node that runs");
        usize::try_from(redis_cli(alive, ["CLUSTER", "KEYSLOT", key]).int()).expect("a slot")
    }

    /// Which master has the key's slot from the start.
    pub fn owner(&self, key: &str) -> usize {
        let slot = self.slot(key);
        (0..MASTERS).find(|nth| slot < SLOTS * (nth + 1) / MASTERS).expect("a slot")
    }

    /// Sends a command to the master that has the key's slot from the start.
    pub fn cli<A: AsRef<[u8]>>(&self, key: &str, command: impl IntoIterator<Item = A>) -> Reply {
        redis_cli(&self.nodes[self.owner(key)], command)
    }

    /// How often a command ran, on all nodes that run.
    pub fn command_calls(&self, command: &str) -> u64 {
        self.nodes.iter().filter(|node| node.pid().is_some()).map(|node| node.command_calls(command)).sum()
    }

    /// Returns when the replica has taken over from the first master, which is gone.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn wait_for_failover(&self) {
        let others = &self.nodes[1..];
        self.wait_for("the replica to take over", || {
            text(&self.nodes[MASTERS], ["ROLE"]) == "master"
                && others.iter().all(|node| text(node, ["CLUSTER", "INFO"]).contains("cluster_slots_ok:16384"))
        });
    }

    /// Gives one slot, which holds no keys, to another master.
    ///
    /// # Panics
    /// When the nodes refuse.
    pub fn move_slot(&self, slot: usize, to: usize) {
        let id = text(&self.nodes[to], ["CLUSTER", "MYID"]);
        // The new owner first, as the old one would refuse to give away what nobody takes.
        let (new, others): (Vec<_>, Vec<_>) = (0..MASTERS).partition(|nth| *nth == to);
        for nth in new.into_iter().chain(others) {
            ok(redis_cli(&self.nodes[nth], ["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &id]));
        }
    }

    fn wait_for(&self, what: &str, reached: impl Fn() -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !reached() {
            assert!(Instant::now() < deadline, "waited too long for {what}");
            thread::sleep(POLL);
        }
    }
}

fn ok(reply: Reply) {
    assert_eq!(reply, Reply::Simple("OK".into()));
}

/// The text of the reply, or of the first item of an array. Empty while the node does not answer.
fn text<'a>(node: &RedisServer, command: impl IntoIterator<Item = &'a str>) -> String {
    match RawClient::admin(node).and_then(|mut client| client.send(command)) {
        Ok(Reply::Array(items)) => items.first().map_or_else(String::new, |item| item.text().to_owned()),
        Ok(reply) => reply.text().to_owned(),
        Err(_) => String::new(),
    }
}
