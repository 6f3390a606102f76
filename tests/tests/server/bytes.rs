//! Scenario 24: what does not decode is a miss, removed, counted, and logged without its value.

use cache_tests::{Logs, Metrics, RedisServer, redis_cli};

use super::{CacheKey, Source, User, UserKey, cached, kind, outcome, patient, read};

const KEY: &str = "cache:tenant-global:user:7:v2";

async fn a_miss(bytes: &[u8], reason: &str) {
    let server = RedisServer::start();
    let (metrics, logs) = (Metrics::local(), Logs::local());
    redis_cli(&server, [b"SET".as_slice(), KEY.as_bytes(), bytes]);
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            let (user, first) = read(&source, 7).await;
            assert_eq!(user.name, "read 1");
            assert_eq!(kind(first), "decode", "{reason}: {first}");
            assert!(first.stored, "{reason}: {first}");
            let (_, second) = read(&source, 7).await;
            assert!(second.is_hit(), "{reason}: {second}");
        })
        .await;
    assert_eq!(
        metrics.counter("cache_decode_failures_total", &[("resource", "user"), ("reason", reason)]),
        1,
        "{reason}"
    );
    assert_eq!(logs.matching("do not decode").len(), 1, "{:?}", logs.lines());
    assert!(!logs.contains("hunter2") && !logs.contains(KEY), "{:?}", logs.lines());
}

#[tokio::test]
async fn scenario_24_corrupt_bytes() {
    a_miss(b"\x00\xff hunter2", "malformed").await;
}

#[tokio::test]
async fn scenario_24_truncated_envelope() {
    a_miss(b"{\"$cache\":1,\"created\":1,\"value\":{\"id\":7,\"name\":\"hunter2", "malformed").await;
}

#[tokio::test]
async fn scenario_24_truncated_frame() {
    a_miss(b"\xCAche\x01\x00\x00\x00hunter2", "malformed").await;
}

#[tokio::test]
async fn scenario_24_missing_field() {
    a_miss(b"{\"$cache\":1,\"value\":{\"name\":\"hunter2\"}}", "mismatch").await;
}

#[tokio::test]
async fn scenario_24_another_shape() {
    a_miss(b"[\"hunter2\"]", "mismatch").await;
}

#[tokio::test]
async fn scenario_24_a_later_envelope() {
    a_miss(b"{\"$cache\":99,\"value\":{\"id\":7,\"name\":\"hunter2\"}}", "unknown_version").await;
}

#[tokio::test]
async fn scenario_24_none_where_none_is_not_allowed() {
    a_miss(b"{\"$cache\":1,\"none\":true,\"value\":null}", "unexpected_none").await;
}

/// A key that looks at what it is given.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "checked", value = User, ttl = "1m", validate = |key: &CheckedKey, user: &User| key.id == user.id)]
struct CheckedKey {
    id: u64,
}

#[cached(CheckedKey { id })]
async fn checked(source: &Source, id: u64) -> User {
    source.read(id)
}

#[tokio::test]
async fn scenario_24_a_value_under_the_wrong_key() {
    let server = RedisServer::start();
    let metrics = Metrics::local();
    redis_cli(&server, ["SET", "cache:tenant-global:checked:7:v1", "{\"id\":8,\"name\":\"somebody else\"}"]);
    let (cache, source) = (patient(&server), Source::default());
    let (user, outcome) = cache.scope(outcome(checked(&source, 7))).await;
    assert_eq!((user.id, kind(outcome)), (7, "decode"));
    assert_eq!(metrics.counter("cache_decode_failures_total", &[("reason", "rejected")]), 1);
}

#[tokio::test]
async fn scenario_24_another_redis_type() {
    let server = RedisServer::start();
    redis_cli(&server, ["RPUSH", KEY, "a", "b"]);
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            let (_, first) = read(&source, 7).await;
            assert_eq!(kind(first), "wrong_type", "{first}");
            assert!(first.stored, "the fill takes the place of what was there: {first}");
            assert!(read(&source, 7).await.1.is_hit());
        })
        .await;
}

#[tokio::test]
async fn what_changed_meanwhile_is_not_removed() {
    let server = RedisServer::start();
    redis_cli(&server, ["SET", KEY, "garbage"]);
    let cache = patient(&server);
    let error = cache.get(&UserKey { id: 7 }).await.expect_err("does not decode");
    assert_eq!(error.kind(), cache_runtime::ErrorKind::Decode);
    assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 0, "removed, as it was the same");
    // The script that removes compares first; run here as the runtime runs it, with bytes that are no longer there.
    redis_cli(&server, ["SET", KEY, "{\"id\":7,\"name\":\"fresh\"}"]);
    let script = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0";
    assert_eq!(redis_cli(&server, ["EVAL", script, "1", KEY, "garbage"]).int(), 0);
    assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 1);
}

#[tokio::test]
async fn bare_json_of_another_service_is_read() {
    let server = RedisServer::start();
    redis_cli(&server, ["SET", KEY, "{ \"id\": 7, \"name\": \"from python\" }"]);
    let (cache, source) = (patient(&server), Source::default());
    let (user, outcome) = cache.scope(read(&source, 7)).await;
    assert_eq!((user.name.as_str(), outcome.is_hit()), ("from python", true));
    assert_eq!(source.reads(), 0);
}

/// What docs/wire-format.md tells other languages to do, with nothing but Python's standard library.
const PYTHON: &str = r#"
import json, socket, sys, urllib.parse

def redis(*args):
    out = b"*%d\r\n" % len(args)
    for arg in args:
        arg = arg if isinstance(arg, bytes) else str(arg).encode()
        out += b"$%d\r\n%s\r\n" % (len(arg), arg)
    link.sendall(out)
    line = link_file.readline()
    if line[:1] != b"$":
        return line
    length = int(line[1:])
    return None if length < 0 else link_file.read(length + 2)[:-2]

def key(prefix, tenant, resource, parts, version):
    quote = lambda text: urllib.parse.quote(str(text), safe="") or "''"
    return f"{prefix}:tenant-{quote(tenant)}:{resource}:{','.join(map(quote, parts))}:{version}"

link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link_file = link.makefile("rb")
entry = json.loads(redis("GET", key("cache", "global", "user", [7], "v2")))
user = entry["value"] if isinstance(entry, dict) and "$cache" in entry else entry
print(user["name"])
redis("SET", key("cache", "global", "user", [8], "v2"), json.dumps({"id": 8, "name": "from python"}), "PX", 60000)
"#;

#[tokio::test]
async fn scenario_44_python_reads_what_rust_wrote_and_rust_reads_what_it_wrote() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache.scope(read(&source, 7)).await;
    match std::process::Command::new("python3").args(["-c", PYTHON, &server.port().to_string()]).output() {
        Ok(done) => {
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), "read 1");
        }
        // The same by hand, where there is no Python.
        Err(_) => {
            let stored = redis_cli(&server, ["GET", KEY]);
            assert!(stored.text().ends_with(r#""value":{"id":7,"name":"read 1"}}"#), "{}", stored.text());
            redis_cli(&server, ["SET", "cache:tenant-global:user:8:v2", "{\"id\": 8, \"name\": \"from python\"}"]);
        }
    }
    let (user, how) = cache.scope(read(&source, 8)).await;
    assert_eq!((user.name.as_str(), how.is_hit(), source.reads()), ("from python", true, 1));
}
