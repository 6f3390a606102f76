//! Walking the keys under a prefix.

use ::redis::Cmd;

use super::RedisStore;
use crate::key::KeyText;
use crate::store::StoreResult;
use crate::wire::is_lease;

/// Which entries a sweep removes, by key and bytes.
pub(super) type Matcher<'a> = &'a (dyn Fn(&str, &[u8]) -> bool + Send + Sync);

/// How many keys one `SCAN` step asks for, and one `MGET` and `UNLINK` of a sweep handle.
const SWEEP_STEP: usize = 500;

impl RedisStore {
    /// Walks the keys with `SCAN`, never `KEYS`, and looks into each entry before it is removed.
    pub(crate) async fn sweep(&self, prefix: &str, matches: Matcher<'_>) -> StoreResult<u64> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.sweep_masters(prefix, matches).await;
        }
        self.walk(prefix, matches, None).await
    }

    /// Walks the keys of the server, or of the node at this address of a Cluster.
    pub(super) async fn walk(&self, prefix: &str, matches: Matcher<'_>, node: Option<&str>) -> StoreResult<u64> {
        let pattern = format!("{}*", escape_glob(prefix));
        let (mut cursor, mut removed) = (0_u64, 0);
        loop {
            let mut scan = Cmd::new();
            scan.arg("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(SWEEP_STEP)
                .arg("TYPE")
                .arg("string");
            let (next, keys): (u64, Vec<String>) = self.scan(&scan, node).await?;
            removed += self.sweep_step(&keys, matches).await?;
            if next == 0 {
                return Ok(removed);
            }
            cursor = next;
        }
    }

    async fn scan(&self, command: &Cmd, node: Option<&str>) -> StoreResult<(u64, Vec<String>)> {
        #[cfg(feature = "cluster")]
        if let Some(node) = node {
            return self.query_node(node, command).await;
        }
        let _ = node;
        self.query(command, &[]).await
    }

    async fn sweep_step(&self, keys: &[String], matches: Matcher<'_>) -> StoreResult<u64> {
        if keys.is_empty() {
            return Ok(0);
        }
        let keys: Vec<KeyText> = keys.iter().map(|key| KeyText::from_text(key)).collect();
        let found = self.get_many(&keys).await?;
        // A lease stands for a value that is on its way, whose tags its holder alone knows.
        let (mut hits, mut leases) = (Vec::new(), Vec::new());
        for (key, bytes) in keys.into_iter().zip(found) {
            match bytes {
                Some(bytes) if is_lease(&bytes) => leases.push(key),
                Some(bytes) if matches(key.as_str(), &bytes) => hits.push(key),
                _ => {}
            }
        }
        self.remove(&leases).await?;
        self.remove(&hits).await
    }
}

/// A prefix may hold no glob characters of its own; escaping keeps that true whatever was configured.
fn escape_glob(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '^') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
