//! Keys of a server that match a pattern: by `SCAN`, never `KEYS`, on every master of a Cluster.

use ::redis::Cmd;

use super::RedisStore;
#[cfg(feature = "cluster")]
use super::masters::Owners;
use crate::store::{STEP, StoreResult};

/// How often the masters of a Cluster are walked because slots moved meanwhile.
#[cfg(feature = "cluster")]
const WALKS: u32 = 3;

/// Where a walk is.
pub(crate) struct Scan {
    /// What is still to be walked: the masters of a Cluster by address, or the one server.
    nodes: Vec<Option<String>>,
    cursor: u64,
    #[cfg(feature = "cluster")]
    owners: Owners,
    #[cfg(feature = "cluster")]
    walks: u32,
    /// Whether slots moved in each of the walks.
    moved: bool,
}

impl Scan {
    pub(crate) fn met_all(&self) -> bool {
        self.nodes.is_empty() && !self.moved
    }
}

impl RedisStore {
    pub(crate) async fn begin_scan(&self) -> StoreResult<Scan> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            let (owners, nodes) = self.masters().await?;
            let nodes = nodes.into_iter().map(Some).collect();
            return Ok(Scan { nodes, cursor: 0, owners, walks: 1, moved: false });
        }
        Ok(Scan {
            nodes: vec![None],
            cursor: 0,
            #[cfg(feature = "cluster")]
            owners: Owners::new(),
            #[cfg(feature = "cluster")]
            walks: 1,
            moved: false,
        })
    }

    /// Of the next keys those that match; `None` at the end.
    pub(crate) async fn scan(&self, scan: &mut Scan, pattern: &str) -> StoreResult<Option<Vec<Vec<u8>>>> {
        let Some(node) = scan.nodes.last() else { return Ok(None) };
        let mut command = Cmd::new();
        command.arg("SCAN").arg(scan.cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(STEP);
        let (cursor, keys) = self.scan_at(node.as_deref(), &command).await?;
        scan.cursor = cursor;
        if cursor == 0 {
            scan.nodes.pop();
            #[cfg(feature = "cluster")]
            if scan.nodes.is_empty() && self.slot.is_cluster() {
                self.look_for_moved(scan).await?;
            }
        }
        Ok(Some(keys))
    }

    async fn scan_at(&self, node: Option<&str>, command: &Cmd) -> StoreResult<(u64, Vec<Vec<u8>>)> {
        #[cfg(feature = "cluster")]
        if let Some(node) = node {
            return self.query_node(node, command).await;
        }
        let _ = node;
        self.query(command, &[]).await
    }

    /// Slots that moved while the masters were walked may have been on neither side: all masters are walked again.
    #[cfg(feature = "cluster")]
    async fn look_for_moved(&self, scan: &mut Scan) -> StoreResult<()> {
        if self.owners().await? == scan.owners {
            return Ok(());
        }
        if scan.walks == WALKS {
            scan.moved = true;
            return Ok(());
        }
        let (owners, nodes) = self.masters().await?;
        *scan = Scan { nodes: nodes.into_iter().map(Some).collect(), owners, walks: scan.walks + 1, ..*scan };
        Ok(())
    }

    pub(crate) async fn unlink(&self, keys: &[Vec<u8>]) -> StoreResult<u64> {
        if keys.is_empty() {
            return Ok(0);
        }
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.unlink_by_slot(keys).await;
        }
        let mut command = Cmd::new();
        command.arg("UNLINK");
        for key in keys {
            command.arg(key.as_slice());
        }
        self.query(&command, &[]).await
    }
}
