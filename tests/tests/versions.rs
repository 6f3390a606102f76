//! Programs of different versions, side by side on one server.

use cache_tests::versions::Program;
use cache_tests::{RedisServer, redis_cli};

fn both(server: &RedisServer) -> (Program, Program) {
    let old = Program::start(env!("CARGO_BIN_EXE_version_one"), &server.url());
    let new = Program::start(env!("CARGO_BIN_EXE_version_auto"), &server.url());
    (old, new)
}

fn entries(server: &RedisServer) -> usize {
    redis_cli(server, ["KEYS", "cache:tenant-global:member:7:*"]).texts().len()
}

#[test]
fn scenario_41_a_write_on_either_version_removes_the_entry_of_both() {
    let server = RedisServer::start();
    let (mut old, mut new) = both(&server);
    assert_eq!(old.ask("load 7 Ada"), "Ada");
    assert_eq!(new.ask("load 7 Ada"), "Ada");
    assert_eq!(entries(&server), 2, "each its own bytes");
    // Neither program names the other's version anywhere.
    assert_eq!(old.ask("invalidate 7"), "2");
    assert_eq!((old.ask("load 7 Grace"), new.ask("load 7 Grace")), ("Grace".into(), "Grace".into()));
    assert_eq!(new.ask("invalidate 7"), "2");
    assert_eq!(entries(&server), 0);
}

#[test]
fn scenario_41_an_update_of_one_version_removes_the_other() {
    let server = RedisServer::start();
    let (mut old, mut new) = both(&server);
    assert_eq!((old.ask("load 7 Ada"), new.ask("load 7 Ada")), ("Ada".into(), "Ada".into()));
    assert_eq!(new.ask("put 7 Grace"), "stored");
    assert_eq!(old.ask("load 7 Grace"), "Grace");
    assert_eq!(new.ask("load 7 nobody"), "Grace");
}

/// A version that appears while the other program runs, after that has invalidated already.
#[test]
fn a_version_that_starts_later_is_found() {
    let server = RedisServer::start();
    let mut old = Program::start(env!("CARGO_BIN_EXE_version_one"), &server.url());
    assert_eq!(old.ask("load 7 Ada"), "Ada");
    assert_eq!(old.ask("invalidate 7"), "1");
    let mut new = Program::start(env!("CARGO_BIN_EXE_version_auto"), &server.url());
    assert_eq!(new.ask("load 7 Ada"), "Ada");
    assert_eq!(old.ask("invalidate 7"), "1", "the new program's, which the old one never heard of");
    assert_eq!(new.ask("load 7 Grace"), "Grace");
}

/// Registrations outlast what is filled under them, so that a program that comes back finds nothing stale.
#[test]
fn a_version_whose_last_process_ended_is_still_reached() {
    let server = RedisServer::start();
    let (mut old, mut new) = both(&server);
    assert_eq!(old.ask("load 7 Ada"), "Ada");
    drop(old);
    assert_eq!(new.ask("invalidate 7"), "1");
    let mut again = Program::start(env!("CARGO_BIN_EXE_version_one"), &server.url());
    assert_eq!(again.ask("load 7 Grace"), "Grace");
    let ttl = redis_cli(&server, ["PTTL", "cache:versions:member"]).int();
    assert!(ttl > 2 * 600_000, "longer than any entry: {ttl} ms");
}
