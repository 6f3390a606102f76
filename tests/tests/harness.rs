//! The harness does what the tests that stand on it believe.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, panic, thread};

use cache_tests::redis::ReadyWhen;
use cache_tests::{Logs, Metrics, RawClient, RedisServer, Reply, redis_cli};

fn ping_within(server: &RedisServer, timeout: Duration) -> std::io::Result<Reply> {
    let mut client = RawClient::anonymous(server)?;
    client.set_timeout(timeout)?;
    client.send(["PING"])
}

fn pong() -> Reply {
    Reply::Simple("PONG".to_owned())
}

fn is_alive(pid: u32) -> bool {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::test_kill_process(pid).is_ok()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 10 s: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_started_server_stores_and_counts() {
    let server = RedisServer::start();
    assert_eq!(redis_cli(&server, ["SET", "greeting", "hello"]), Reply::Simple("OK".to_owned()));
    assert_eq!(redis_cli(&server, ["GET", "greeting"]).text(), "hello");
    assert_eq!(redis_cli(&server, ["GET", "missing"]), Reply::Nil);
    assert_eq!(redis_cli(&server, ["KEYS", "*"]).texts(), ["greeting"]);
    assert_eq!(redis_cli(&server, ["DEL", "greeting"]).int(), 1);
    assert_eq!(server.command_stats().get("get"), Some(&2));
    server.reset_stats();
    assert_eq!(server.command_stats().get("get"), None);
}

#[test]
fn two_servers_are_apart() {
    let (one, other) = (RedisServer::start(), RedisServer::start());
    redis_cli(&one, ["SET", "k", "v"]);
    assert_ne!(one.port(), other.port());
    assert_eq!(redis_cli(&other, ["GET", "k"]), Reply::Nil);
}

#[test]
fn a_paused_server_is_silent_until_it_resumes() {
    let server = RedisServer::start();
    server.pause();
    assert!(ping_within(&server, Duration::from_millis(100)).is_err());
    server.resume();
    assert_eq!(ping_within(&server, Duration::from_secs(5)).unwrap(), pong());
}

#[test]
fn a_killed_server_refuses_and_a_restarted_one_is_empty_on_the_same_port() {
    let server = RedisServer::start();
    redis_cli(&server, ["SET", "k", "v"]);
    let (port, url) = (server.port(), server.url());
    server.kill();
    assert_eq!(server.pid(), None);
    assert!(RawClient::anonymous(&server).is_err());
    server.restart();
    assert_eq!((server.port(), server.url()), (port, url));
    assert_eq!(redis_cli(&server, ["GET", "k"]), Reply::Nil);
}

#[test]
fn a_paused_server_can_be_killed_stopped_and_restarted() {
    let server = RedisServer::start();
    server.pause();
    server.kill();
    server.restart();
    server.pause();
    assert!(server.stop().success());
    server.restart();
    assert_eq!(redis_cli(&server, ["PING"]), pong());
}

#[test]
fn a_password_is_asked_for() {
    let server = RedisServer::builder().requirepass("p w@1").start();
    assert!(server.url().starts_with("redis://:p%20w%401@127.0.0.1:"), "{}", server.url());
    let mut client = RawClient::anonymous(&server).unwrap();
    assert!(client.send(["PING"]).unwrap().text().starts_with("NOAUTH"));
    assert_eq!(client.send(["AUTH", "p w@1"]).unwrap(), Reply::Simple("OK".to_owned()));
    assert_eq!(client.send(["PING"]).unwrap(), pong());
    assert_eq!(redis_cli(&server, ["PING"]), pong());
}

#[test]
fn an_acl_user_is_refused_what_its_rules_forbid() {
    let server = RedisServer::builder().acl_user("reader", "on >word ~* +get +auth").start();
    let mut client = RawClient::anonymous(&server).unwrap();
    client.send(["AUTH", "reader", "word"]).unwrap();
    assert_eq!(client.send(["GET", "k"]).unwrap(), Reply::Nil);
    assert!(client.send(["SET", "k", "v"]).unwrap().text().starts_with("NOPERM"));
}

#[test]
fn a_full_server_refuses_writes() {
    let server = RedisServer::builder().maxmemory(1_000_000).start();
    let reply = redis_cli(&server, ["SET".as_bytes(), b"k", &vec![b'x'; 2_000_000]]);
    let next = redis_cli(&server, ["SET", "k2", "v"]);
    assert!(
        [&reply, &next].iter().any(|r| matches!(r, Reply::Error(text) if text.starts_with("OOM"))),
        "{reply:?} {next:?}"
    );
}

#[test]
fn a_replica_follows_and_is_read_only() {
    let primary = RedisServer::builder().requirepass("secret").start();
    redis_cli(&primary, ["SET", "k", "v"]);
    let replica = RedisServer::builder().replica_of(&primary).start();
    assert_eq!(redis_cli(&replica, ["GET", "k"]).text(), "v");
    assert!(redis_cli(&replica, ["SET", "k", "w"]).text().starts_with("READONLY"));
}

#[test]
fn a_loading_server_answers_that_it_loads() {
    let server = RedisServer::builder()
        .config("key-load-delay", "10000")
        .config("rdbcompression", "no")
        .config("loading-process-events-interval-bytes", "1024")
        .ready_when(ReadyWhen::Answering)
        .start();
    redis_cli(&server, ["EVAL", "for i = 1, 500 do redis.call('SET', 'k' .. i, string.rep('v', 1500)) end", "0"]);
    assert_eq!(redis_cli(&server, ["SAVE"]), Reply::Simple("OK".to_owned()));
    server.restart();
    let reply = redis_cli(&server, ["GET", "k1"]);
    assert!(reply.text().starts_with("LOADING"), "{reply:?}");
}

#[test]
fn a_unix_socket_answers() {
    let server = RedisServer::builder().unix_socket().start();
    assert_eq!(server.unix_url(), format!("unix://{}", server.socket_path().display()));
    let mut stream = UnixStream::connect(server.socket_path()).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+PONG\r\n");
}

#[test]
fn a_tls_listener_starts_with_certificates_of_its_own() {
    let server = RedisServer::builder().tls().start();
    assert!(server.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(server.tls_url().starts_with("rediss://localhost:"));
    assert_eq!(
        redis_cli(&server, ["CONFIG", "GET", "tls-port"]).texts()[1].parse::<u16>().ok().map(|p| p > 0),
        Some(true)
    );
}

#[test]
fn nothing_stays_after_a_drop() {
    let server = RedisServer::start();
    let (folder, pid) = (server.folder().to_owned(), server.pid().unwrap());
    server.pause();
    drop(server);
    assert!(!folder.exists());
    assert!(!is_alive(pid));
}

#[test]
fn nothing_stays_after_a_panic() {
    let caught = panic::catch_unwind(|| {
        let server = RedisServer::start();
        panic::panic_any((server.folder().to_owned(), server.pid().unwrap()));
    });
    let (folder, pid) = *caught.unwrap_err().downcast::<(PathBuf, u32)>().unwrap();
    assert!(!folder.exists());
    assert!(!is_alive(pid));
}

const CHILD: &str = "CACHE_TESTS_HARNESS_CHILD";

/// Runs itself as a process of its own, and kills that in the middle of its work.
#[test]
fn nothing_stays_after_the_test_process_is_killed() {
    if env::var_os(CHILD).is_some() {
        let server = RedisServer::start();
        println!("started {} {}", server.pid().unwrap(), server.folder().display());
        thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "nothing_stays_after_the_test_process_is_killed", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("started ")?.1.to_owned())).unwrap();
    let (pid, folder) = line.split_once(' ').unwrap();
    let (pid, folder): (u32, &Path) = (pid.parse().unwrap(), Path::new(folder));
    assert!(is_alive(pid) && folder.exists());

    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the server ends and its folder goes", || !folder.exists() && !is_running(pid));
}

/// A process that waits for its parent to be read is over too.
fn is_running(pid: u32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')),
        Err(_) => is_alive(pid),
    }
}

#[test]
fn metrics_add_up_over_the_labels_that_are_named() {
    let recorded = Metrics::local();
    metrics::counter!("requests_total", "result" => "hit", "cache" => "a").increment(2);
    metrics::counter!("requests_total", "result" => "hit", "cache" => "b").increment(3);
    metrics::counter!("requests_total", "result" => "miss", "cache" => "a").increment(1);
    metrics::gauge!("entries").set(4.0);
    metrics::histogram!("seconds").record(0.5);
    metrics::describe_counter!("requests_total", metrics::Unit::Count, "calls");

    assert_eq!(recorded.counter("requests_total", &[("result", "hit")]), 5);
    assert_eq!(recorded.counter("requests_total", &[("result", "hit")]), 5, "reading changes nothing");
    assert_eq!(recorded.counter("requests_total", &[]), 6);
    assert_eq!(recorded.counter("requests_total", &[("result", "stale")]), 0);
    assert_eq!(recorded.gauge("entries", &[]), Some(4.0));
    assert_eq!(recorded.samples("seconds", &[]), [0.5]);
    assert_eq!(recorded.series().len(), 5);
    assert_eq!(recorded.descriptions()["requests_total"].text, "calls");

    let seen = recorded.clone();
    drop(recorded);
    metrics::counter!("requests_total", "result" => "hit").increment(1);
    assert_eq!(seen.counter("requests_total", &[]), 6, "the thread records no longer");
}

#[test]
fn logs_keep_events_and_spans_as_text() {
    let logs = Logs::local();
    let span = tracing::info_span!("load", resource = "user", outcome = tracing::field::Empty);
    span.record("outcome", "hit");
    tracing::warn!(target: "cache", attempts = 3, "store refused");
    assert_eq!(logs.lines().len(), 3);
    assert!(logs.lines()[0].ends_with(": span load resource=user"), "{:?}", logs.lines());
    assert_eq!(logs.lines()[1], "record outcome=hit");
    assert_eq!(logs.lines()[2], "WARN cache: store refused attempts=3");
    assert!(logs.contains("refused"));
    assert_eq!(logs.matching("span").len(), 1);
}
