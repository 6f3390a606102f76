//! Replays the trace, once per cache, with many callers at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use cache_runtime::{Cache, CacheBuilder, Policy};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::args::Replay;
use crate::db::{Db, sample};
use crate::products::product;
use crate::report::{self, Run};
use crate::routes::{Caching, router};
use crate::{AnyError, filled};

/// The trace is in the binary, so that it runs from any folder.
static TRACE: &[u8] = include_bytes!("../data/web07.trace");

/// The ids of the products that were asked for, in order.
pub(crate) fn trace() -> Vec<u32> {
    let (ids, _) = TRACE.as_chunks::<4>();
    ids.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect()
}

pub(crate) async fn run(args: &Replay) -> Result<(), AnyError> {
    let mut ids = trace();
    ids.truncate(args.requests.unwrap_or(usize::MAX));
    let plan = Plan { ids: ids.into(), http: args.http, callers: args.callers, db: filled(args.db.as_deref()).await? };

    // Before the first minute of work, not after it.
    let redis = args.redis.clone().or_else(|| std::env::var("REDIS_URL").ok().filter(|url| !url.is_empty()));
    let mut on_redis = Vec::new();
    if let Some(url) = &redis {
        for (name, local) in [("Redis", None), ("Redis, two tiers", Some(TIER))] {
            on_redis.push((name, Temporary::connect(url, local).await?));
        }
    }
    let embedded = |name, local| tiered(Cache::builder().name(name), local).build();
    let mut runs = vec![
        plan.replay("no cache", &Caching { cache: embedded("off", None)?, off: true }).await?,
        plan.replay("embedded", &Caching { cache: embedded("embedded", None)?, off: false }).await?,
        plan.replay("embedded, two tiers", &Caching { cache: embedded("tiers", Some(TIER))?, off: false }).await?,
    ];
    for (name, temporary) in on_redis {
        let done = plan.replay(name, &Caching { cache: temporary.cache.clone(), off: false }).await;
        temporary.remove().await?;
        runs.push(done?);
    }
    print!("{}", report::text(&plan, &runs));
    let wrong: usize = runs.iter().map(|run| run.wrong).sum();
    if wrong > 0 {
        return Err(format!("{wrong} answers were not the product that was asked for").into());
    }
    Ok(())
}

/// How long the local tier holds a product.
const TIER: Duration = Duration::from_secs(60);

fn tiered(builder: CacheBuilder, local: Option<Duration>) -> CacheBuilder {
    match local {
        Some(ttl) => builder.policy(Policy::new().local(ttl)),
        None => builder,
    }
}

/// A cache in Redis whose entries are of no use after the replay.
struct Temporary {
    cache: Cache,
    prefix: String,
}

impl Temporary {
    /// Under a prefix of its own.
    async fn connect(url: &str, local: Option<Duration>) -> Result<Self, AnyError> {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
        let tiers = if local.is_some() { 2 } else { 1 };
        let prefix = format!("storefront-{}-{since}-{tiers}", std::process::id());
        let builder = Cache::builder().name("redis").prefix(&prefix).redis(url);
        Ok(Self { cache: answering(tiered(builder, local).build()?).await?, prefix })
    }

    async fn remove(self) -> Result<(), AnyError> {
        self.cache.invalidate_pattern(format!("{}:*", self.prefix)).await?;
        Ok(())
    }
}

/// The first answer may take longer than an operation may.
async fn answering(cache: Cache) -> Result<Cache, AnyError> {
    let mut answer = cache.ping().await;
    for _ in 0..20 {
        if answer.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = cache.ping().await;
        }
    }
    answer.map_err(|error| {
        format!("the Redis of `--redis` or `REDIS_URL` does not answer ({error}); start it, or unset it")
    })?;
    Ok(cache)
}

/// What is replayed, and how.
pub(crate) struct Plan {
    pub ids: Arc<[u32]>,
    pub http: bool,
    pub callers: usize,
    pub db: Db,
}

impl Plan {
    /// Replays all requests through one cache.
    pub(crate) async fn replay(&self, name: &'static str, caching: &Caching) -> Result<Run, AnyError> {
        let server = if self.http { Some(serve(router(self.db.clone(), caching.clone())).await?) } else { None };
        let (queries, before) = (self.db.queries(), caching.cache.stats());
        let bar = ProgressBar::new(self.ids.len() as u64)
            .with_style(ProgressStyle::with_template("{prefix:19} [{bar:40}] {pos}/{len} requests, {per_sec}")?);
        bar.set_prefix(name);
        let next = Arc::new(AtomicUsize::new(0));
        let mut callers = JoinSet::new();
        let started = Instant::now();
        for _ in 0..self.callers {
            let mut caller = match &server {
                Some(server) => Caller::Http(server.connect().await?),
                None => Caller::Direct(self.db.clone(), caching.clone()),
            };
            let (ids, next, bar) = (Arc::clone(&self.ids), Arc::clone(&next), bar.clone());
            callers.spawn(async move {
                let (mut took, mut wrong) = (Vec::new(), 0);
                while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (time, right) = caller.ask(*id).await?;
                    took.push(time);
                    wrong += usize::from(!right);
                    bar.inc(1);
                }
                Ok::<_, AnyError>((took, wrong))
            });
        }
        let (mut times, mut wrong) = (Vec::with_capacity(self.ids.len()), 0);
        while let Some(caller) = callers.join_next().await {
            let (took, missed) = caller??;
            times.extend(took);
            wrong += missed;
        }
        let elapsed = started.elapsed();
        bar.finish_and_clear();
        let queries = self.db.queries() - queries;
        Ok(Run::new(name, times, elapsed, wrong, queries, &before, &caching.cache.stats()))
    }
}

/// One of those who ask, each waiting for its answer before it asks again.
enum Caller {
    Direct(Db, Caching),
    Http(SendRequest<Empty<Bytes>>),
}

impl Caller {
    /// Asks for a product: how long it took, and whether it is the right one.
    async fn ask(&mut self, id: u32) -> Result<(Duration, bool), AnyError> {
        let started = Instant::now();
        let (took, product) = match self {
            Self::Direct(db, caching) => {
                let product = caching.run(product(db, id)).await?;
                (started.elapsed(), product)
            }
            Self::Http(connection) => {
                let request = Request::get(format!("/products/{id}")).header(header::HOST, "localhost");
                connection.ready().await?;
                let answer = connection.send_request(request.body(Empty::new())?).await?;
                let status = answer.status();
                let body = answer.into_body().collect().await?.to_bytes();
                let took = started.elapsed();
                (took, if status == StatusCode::OK { serde_json::from_slice(&body)? } else { None })
            }
        };
        Ok((took, product == Some(sample(id))))
    }
}

/// A server on a free port of this machine, which ends with this.
struct Server {
    address: std::net::SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

async fn serve(router: axum::Router) -> Result<Server, AnyError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok(Server { address, task: tokio::spawn(async move { drop(axum::serve(listener, router).await) }) })
}

impl Server {
    async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>, AnyError> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
