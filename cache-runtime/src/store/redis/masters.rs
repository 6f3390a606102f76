//! The masters of a Cluster, each by itself.

use std::collections::{BTreeMap, BTreeSet};

use ::redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo, SingleNodeRoutingInfo};
use ::redis::{Cmd, FromRedisValue, Value};

use super::RedisStore;
use super::link::Link;
use super::parsed;
use super::slots::words;
use crate::error::ErrorKind;
use crate::store::{StoreError, StoreResult};

const SLOTS: u64 = 16_384;

/// First and last slot, and the id of the master that has them.
pub(super) type Owners = BTreeSet<(u64, u64, String)>;

impl RedisStore {
    /// Who has which slots, and the addresses of the masters.
    pub(super) async fn masters(&self) -> StoreResult<(Owners, Vec<String>)> {
        let owners = self.owners().await?;
        let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let ids: BTreeMap<String, String> = self.query_routed(&words(["CLUSTER", "MYID"]), all).await?;
        let covered: u64 = owners.iter().map(|(first, last, _)| last - first + 1).sum();
        let asked: BTreeSet<&String> = ids.values().collect();
        // redis-rs leaves out nodes that it has no connection to.
        if covered != SLOTS || owners.iter().any(|(_, _, id)| !asked.contains(id)) {
            return Err(StoreError::new(ErrorKind::Unavailable));
        }
        let known: BTreeSet<&String> = owners.iter().map(|(_, _, id)| id).collect();
        let nodes = ids.iter().filter(|(_, id)| known.contains(id)).map(|(address, _)| address.clone()).collect();
        Ok((owners, nodes))
    }

    pub(super) async fn owners(&self) -> StoreResult<Owners> {
        let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
        let ranges: Vec<Vec<Value>> = self.query_routed(&words(["CLUSTER", "SLOTS"]), any).await?;
        ranges.into_iter().map(owner).collect()
    }

    /// Whether any node answers.
    pub(super) async fn ping_any(&self) -> StoreResult<()> {
        let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
        self.query_routed::<String>(&words(["PING"]), any).await.map(|_| ())
    }

    /// Asks the node at this address, as redis-rs writes it.
    pub(super) async fn query_node<T: FromRedisValue>(&self, node: &str, command: &Cmd) -> StoreResult<T> {
        let (host, port) = node
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
            .ok_or(StoreError::new(ErrorKind::Refused))?;
        let routing = RoutingInfo::SingleNode(SingleNodeRoutingInfo::ByAddress { host, port });
        self.query_routed(command, routing).await
    }

    async fn query_routed<T: FromRedisValue>(&self, command: &Cmd, routing: RoutingInfo) -> StoreResult<T> {
        let connection = self.slot.connection().await?;
        let Link::Cluster(mut link) = connection.link.clone() else {
            return Err(StoreError::new(ErrorKind::Refused));
        };
        let answer = link.route_command(command.clone(), routing).await.and_then(Value::extract_error);
        parsed(self.settle(connection.generation, answer)?)
    }
}

/// First slot, last slot, and the master: host, port, id.
fn owner(range: Vec<Value>) -> StoreResult<(u64, u64, String)> {
    let mut range = range.into_iter();
    let mut next = || range.next().ok_or(StoreError::new(ErrorKind::Refused));
    let (first, last) = (parsed(next()?)?, parsed(next()?)?);
    let master: Vec<Value> = parsed(next()?)?;
    let id = master.into_iter().nth(2).ok_or(StoreError::new(ErrorKind::Refused))?;
    Ok((first, last, parsed(id)?))
}
