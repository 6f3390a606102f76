//! Where entries live, as the user named it.

use super::CacheBuilder;
use crate::clock::Clock;
use crate::error::CacheError;
use crate::local::Local;
use crate::recovery::Recovery;
use crate::store::{MemoryStore, Store};

/// One way to name a server.
#[derive(Clone)]
pub(super) enum Place {
    Server(String),
    Cluster(Vec<String>),
    /// The sentinels, and the master under the name of its own setting.
    Sentinel(Vec<String>, String, String),
}

impl CacheBuilder {
    /// Sets a place under the name of its setting. Of each kind the last one counts.
    pub(super) fn place(mut self, setting: &str, place: Place) -> Self {
        let kind = std::mem::discriminant(&place);
        self.places.retain(|(_, other)| std::mem::discriminant(other) != kind);
        self.places.push((setting.to_owned(), place));
        self
    }

    pub(super) fn store(&self, clock: &Clock, recovery: &Recovery, local: &Local) -> Result<Store, CacheError> {
        match self.places.as_slice() {
            [] => Ok(Store::Memory(MemoryStore::new(self.memory, clock.clone(), local.cells()))),
            [(setting, place)] => self.remote(setting, place, recovery, local),
            [(first, _), (second, _), ..] => Err(CacheError::config(format!(
                "`{first}` and `{second}` both name a server; allowed is one of a server, a Cluster, and a set of sentinels"
            ))),
        }
    }

    #[cfg(feature = "redis")]
    fn remote(&self, setting: &str, place: &Place, recovery: &Recovery, local: &Local) -> Result<Store, CacheError> {
        let root = self.tls_root.as_deref();
        // What takes longer than the longest operation is not slow, it is gone.
        let silence = self.connect_timeout.max(self.operation_timeout);
        let endpoint = match place {
            Place::Server(url) => crate::store::parse_url(setting, url, root)?,
            Place::Cluster(urls) => cluster(setting, urls, root, self.connect_timeout, silence)?,
            Place::Sentinel(urls, master_setting, master) => sentinel(setting, urls, master_setting, master, root)?,
        };
        let store = crate::store::RedisStore::new(endpoint, self.connect_timeout, recovery.wake(), local);
        Ok(Store::Redis(std::sync::Arc::new(store)))
    }

    #[cfg(not(feature = "redis"))]
    fn remote(&self, setting: &str, place: &Place, recovery: &Recovery, local: &Local) -> Result<Store, CacheError> {
        let _ = (&self.tls_root, self.connect_timeout, recovery, local);
        let feature = match place {
            Place::Server(url) => {
                let _ = url;
                "redis"
            }
            Place::Cluster(urls) => {
                let _ = urls;
                "cluster"
            }
            Place::Sentinel(urls, master_setting, master) => {
                let _ = (urls, master_setting, master);
                "sentinel"
            }
        };
        Err(CacheError::config(format!(
            "`{setting}` names a server, and this build has no Redis store; enable the feature `{feature}` of `cache-runtime`"
        )))
    }
}

#[cfg(feature = "cluster")]
use crate::store::parse_cluster as cluster;
#[cfg(feature = "sentinel")]
use crate::store::parse_sentinel as sentinel;

#[cfg(all(feature = "redis", not(feature = "cluster")))]
fn cluster(
    setting: &str,
    _: &[String],
    _: Option<&[u8]>,
    _: std::time::Duration,
    _: std::time::Duration,
) -> Result<crate::store::Endpoint, CacheError> {
    Err(CacheError::config(format!(
        "`{setting}` names a Redis Cluster, and this build cannot use one; enable the feature `cluster` of `cache-runtime`"
    )))
}

#[cfg(all(feature = "redis", not(feature = "sentinel")))]
fn sentinel(
    setting: &str,
    _: &[String],
    _: &str,
    _: &str,
    _: Option<&[u8]>,
) -> Result<crate::store::Endpoint, CacheError> {
    Err(CacheError::config(format!(
        "`{setting}` names sentinels, and this build cannot use them; enable the feature `sentinel` of `cache-runtime`"
    )))
}

#[cfg(test)]
mod tests {
    use crate::Cache;

    fn refused(builder: crate::CacheBuilder) -> String {
        let error = builder.build().expect_err("refused");
        assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
        error.to_string()
    }

    #[test]
    fn only_one_place_may_be_named() {
        let both = Cache::builder().redis("redis://localhost").cluster(["redis://:hunter2@localhost"]);
        let text = refused(both);
        assert!(text.contains("`redis`") && text.contains("`cluster`"), "{text}");
        assert!(refused(Cache::builder().cluster(["redis://a"]).sentinel(["redis://b"], "m")).contains("`sentinel`"));
    }

    #[cfg(not(feature = "cluster"))]
    #[test]
    fn a_cluster_asks_for_its_feature() {
        assert!(refused(Cache::builder().cluster(["redis://:hunter2@localhost"])).contains("feature `cluster`"));
    }

    #[cfg(feature = "cluster")]
    #[test]
    fn bad_nodes_of_a_cluster_are_refused_by_name() {
        for (urls, why) in [
            (vec![], "one node at least"),
            (vec!["redis://:hunter2@ok", "http://:hunter2@b"], "redis://host:6379/0"),
            (vec!["unix:///tmp/hunter2"], "host and port"),
            (vec!["redis://:hunter2@a", "redis://:other@b"], "same user, password"),
        ] {
            let text = refused(Cache::builder().cluster(urls));
            assert!(text.contains("`cluster`") && text.contains(why), "{text}");
        }
        let cache = Cache::builder().cluster(["redis://user:hunter2@localhost:1", "redis://user:hunter2@localhost:2"]);
        assert!(!format!("{cache:?} {:?}", cache.clone().build().expect("good")).contains("hunter2"));
    }

    #[cfg(not(feature = "sentinel"))]
    #[test]
    fn sentinels_ask_for_their_feature() {
        assert!(refused(Cache::builder().sentinel(["redis://localhost"], "mymaster")).contains("feature `sentinel`"));
    }

    #[cfg(feature = "sentinel")]
    #[test]
    fn bad_sentinels_are_refused_by_name() {
        for (urls, master, why) in [
            (vec![], "m", "one node at least"),
            (vec!["hunter2:26379"], "m", "redis://host:6379/0"),
            (vec!["unix:///tmp/hunter2"], "m", "host and port"),
            (vec!["redis://:hunter2@a", "redis://:other@b"], "m", "same user, password"),
            (vec!["redis://:hunter2@a/1"], "m", "a database"),
            (vec!["redis://:hunter2@a"], "", "`sentinel (master)`"),
            (vec!["redis://a"], "http://:hunter2@m", "`sentinel (master)`"),
            (vec!["redis://a"], "redis://:hunter2@m:notaport", "`sentinel (master)`"),
        ] {
            let text = refused(Cache::builder().sentinel(urls, master));
            assert!(text.contains("`sentinel") && text.contains(why), "{text}");
        }
        let cache = Cache::builder().sentinel(["redis://user:hunter2@a"], "redis://:hunter2@MyMaster/2");
        assert!(!format!("{cache:?} {:?}", cache.clone().build().expect("good")).contains("hunter2"));
    }
}
