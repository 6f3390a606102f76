//! Keys of the embedded store that match a pattern.

use super::MemoryStore;
use crate::key::KeyText;
use crate::store::glob::Glob;

impl MemoryStore {
    /// The keys that match, and how many were looked at.
    pub(crate) fn matching(&self, glob: &Glob) -> (Vec<Vec<u8>>, u64) {
        let mut scanned = 0;
        let keys = self.map.iter().inspect(|_| scanned += 1).map(|(key, _)| key);
        let keys = keys.filter(|key| glob.matches(key.as_str().as_bytes())).map(|key| key.as_str().as_bytes().to_vec());
        (keys.collect(), scanned)
    }

    /// Removes keys; of those that had expired nobody is told.
    pub(crate) fn unlink(&self, keys: &[Vec<u8>]) -> u64 {
        let now = self.clock.now();
        let texts = keys.iter().filter_map(|key| std::str::from_utf8(key).ok()).map(KeyText::from_text);
        let removed = texts.filter_map(|key| self.map.remove(&key)).filter(|(_, entry)| entry.expires > now).count();
        u64::try_from(removed).unwrap_or(u64::MAX)
    }
}
