use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Outlives the test process, to clean up after one that was killed: ends a process, frozen or not, and removes a folder.
///
/// The shell waits on a pipe that only the test process holds. A line means "all is done", an end of file means that
/// nobody is left to stop the server. A parent-death signal would do less: it needs Linux, leaves the folder behind,
/// and fires when the thread that started the server ends, which for a test is too early.
#[derive(Debug)]
pub struct Guardian(Child);

const SCRIPT: &str = r#"trap "" INT TERM HUP; read -r done || { kill -KILL "$1"; [ -z "$2" ] || rm -rf "$2"; }"#;

impl Guardian {
    /// The guardian of a child process, and of its folder where it has one.
    ///
    /// # Panics
    /// When no shell can be started.
    pub fn of(pid: u32, folder: Option<&Path>) -> Self {
        let child = Command::new("sh")
            .args(["-c", SCRIPT, "redis-guardian"])
            .arg(pid.to_string())
            .arg(folder.unwrap_or(Path::new("")))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("start the guardian of a redis-server");
        Self(child)
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // A guardian that is gone already has nothing left to be told.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.0.wait();
    }
}
