//! A program that does to one resource what its standard input says, so that programs of different versions can be run side
//! by side.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cache_runtime::{Cache, TypedKey};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Patient as _;

/// Reads `load ID NAME` (what the source holds), `invalidate ID`, `put ID NAME` from standard input; answers each with a
/// line. Ends with its input.
pub fn serve<K: TypedKey>(
    key: impl Fn(u64) -> K,
    value: impl Fn(u64, String) -> K::Value,
    name: impl Fn(K::Value) -> String,
) where
    K::Value: Serialize + DeserializeOwned,
{
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = std::env::var("REDIS_URL").expect("the server under test");
    let cache = Cache::builder().redis(url).patient().build().expect("good settings");
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let words: Vec<&str> = line.split(' ').collect();
        let id = words[1].parse().expect("a number");
        let answer = runtime.block_on(async {
            match words[0] {
                "load" => {
                    let load = || async { Ok::<_, Infallible>(value(id, words[2].to_owned())) };
                    name(cache.get_or_load(&key(id), load).await.expect("loads"))
                }
                "put" => {
                    cache.put(&key(id), &value(id, words[2].to_owned())).await.expect("stored");
                    "stored".to_owned()
                }
                "invalidate" => cache.invalidate(&key(id)).await.expect("removed").to_string(),
                other => panic!("no such word: {other}"),
            }
        });
        println!("{answer}");
        std::io::stdout().flush().expect("somebody reads");
    }
}

/// Such a program, running.
#[derive(Debug)]
pub struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it against this server.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(program: &str, url: &str) -> Self {
        let mut child = Command::new(program)
            .env("REDIS_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("built with the tests");
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("piped"));
        Self { child, input, output: BufReader::new(output) }
    }

    /// Stops the process where it is (SIGSTOP).
    ///
    /// # Panics
    /// When it is gone.
    pub fn pause(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::STOP).expect("it runs");
        waitpid(Some(pid), WaitOptions::UNTRACED).expect("wait until it stands still");
    }

    /// Lets it go on (SIGCONT).
    ///
    /// # Panics
    /// When it is gone.
    pub fn resume(&self) {
        kill_process(Pid::from_child(&self.child), Signal::CONT).expect("it is there");
    }

    /// Says a line, and returns the answer.
    ///
    /// # Panics
    /// When the program ended.
    pub fn ask(&mut self, line: &str) -> String {
        let input = self.input.as_mut().expect("open");
        writeln!(input, "{line}").expect("it reads");
        input.flush().expect("it reads");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("it answers");
        answer.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.input.take());
        // A test that failed may have left it stopped.
        let _ = kill_process(Pid::from_child(&self.child), Signal::CONT);
        let _ = self.child.wait();
    }
}
