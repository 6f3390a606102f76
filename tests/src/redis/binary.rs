use std::env;
use std::path::PathBuf;

const NAMES: [&str; 2] = ["redis-server", "valkey-server"];

/// The server's program: `REDIS_SERVER_BIN`, else the first known name in `PATH`.
pub(super) fn find() -> PathBuf {
    if let Some(named) = env::var_os("REDIS_SERVER_BIN").filter(|value| !value.is_empty()) {
        return PathBuf::from(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    NAMES
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .expect("no redis-server in PATH: run `cargo xtask test`, which installs it, or set REDIS_SERVER_BIN")
}
