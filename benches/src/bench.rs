//! What all rows share: a runtime, a server, an installed cache, a recorder of metrics.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use cache_runtime::Cache;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::measure::Plan;
use crate::place::Place;
use crate::server::Server;

/// Where the annotated functions of `cached` find the server.
pub(crate) static URL: OnceLock<String> = OnceLock::new();

/// So many keys are filled before hits are counted. No two callers ask for the same, so that nobody is served by another's read.
pub(crate) const KEYS: u64 = 20_000;

/// So many keys in rows of the local tier.
pub(crate) const LOCAL_KEYS: u64 = 1_000;

pub(crate) struct Bench {
    // Ends before the server, which its connections would miss.
    runtime: Runtime,
    pub(crate) server: Server,
    pub(crate) quick: bool,
    recorder: PrometheusHandle,
}

impl Bench {
    /// Starts the server, and installs the cache and the recorder. Once in a process. This thread is one of the clients.
    pub(crate) fn start(quick: bool, place: Place) -> Result<Self, String> {
        let bench = Self::bare(quick, place)?;
        let cache = {
            let _inside = bench.runtime.enter();
            patient(&bench.server.url()).build().map_err(|error| error.to_string())?
        };
        bench.runtime.block_on(async {
            for _ in 0..100 {
                if cache.ping().await.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err("the cache does not reach the server")
        })?;
        cache.install().map_err(|error| error.to_string())?;
        Ok(bench)
    }

    /// The same without a cache, for what is to install its own.
    pub(crate) fn bare(quick: bool, place: Place) -> Result<Self, String> {
        let workers = place.workers();
        let server = Server::start(place)?;
        place.client();
        URL.set(server.url()).map_err(|_| "started twice")?;
        let recorder = PrometheusBuilder::new().install_recorder().map_err(|error| error.to_string())?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(workers)
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { runtime, server, quick, recorder })
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Rounds of so long, and fewer of them when it has to be quick.
    pub(crate) fn plan(&self, each: Duration) -> Plan {
        // What Prometheus' exporter does every few seconds: samples of histograms would fill the memory.
        self.recorder.run_upkeep();
        Plan { rounds: if self.quick { 3 } else { 7 }, each: if self.quick { each / 2 } else { each } }
    }

    /// The same time in three times as many rounds: what disturbs a machine for a second or two then concerns both sides of a round.
    pub(crate) fn short_rounds(&self, each: Duration) -> Plan {
        let Plan { rounds, each } = self.plan(each);
        Plan { rounds: 3 * rounds, each: each / 3 }
    }

    /// As short as [`short_rounds`](Self::short_rounds), and three times as many: the ratios of two rounds differ by a quarter, and
    /// the median of 21 of them is still off by a twentieth. Contenders that are far away take part [seldom](crate::measure::Contender::seldom).
    pub(crate) fn many_rounds(&self, each: Duration) -> Plan {
        let Plan { rounds, each } = self.short_rounds(each);
        Plan { rounds: if self.quick { rounds } else { 3 * rounds }, each }
    }

    /// `full`, or `quick` when it has to be quick.
    pub(crate) fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// The default settings, but for patience: a machine that is busy with something else must not turn a hit into a miss.
pub(crate) fn patient(url: &str) -> cache_runtime::CacheBuilder {
    let long = Duration::from_secs(20);
    Cache::builder().redis(url).operation_timeout(long).breaker_slow_call(long).local_bound(Duration::from_secs(60))
}

/// The top of the checkout.
pub(crate) fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
