//! Any other commands.

use std::future::poll_fn;
use std::sync::Arc;

use ::redis::{Cmd, Pipeline, RedisResult, Value};

use super::Lane;
use super::queue::Full;
use super::spot::{Reply, Spot};
use super::value::{next, values};

impl Lane {
    /// One command. What the server refuses is an answer, too.
    pub(in crate::store::redis) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self.answers(1, |out| command.write_packed_command(out)).await? {
            Reply::Bytes(bytes) => Ok(Value::BulkString(bytes)),
            Reply::Nothing => Ok(Value::Nil),
            Reply::Other(answer) => next(&mut &answer[..]),
        }
    }

    /// Several commands one after the other, and the answer to each.
    pub(in crate::store::redis) async fn ask_all(&self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        debug_assert!(!commands.is_transaction(), "what is sent is the commands alone");
        let write = |out: &mut Vec<u8>| commands.cmd_iter().for_each(|command| command.write_packed_command(out));
        self.ask_written(commands.len(), write).await
    }

    /// Likewise of so many that are written here.
    pub(in crate::store::redis) async fn ask_written(
        &self,
        count: usize,
        write: impl Fn(&mut Vec<u8>),
    ) -> RedisResult<Vec<Value>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        match self.answers(count, write).await? {
            Reply::Bytes(bytes) => Ok(vec![Value::BulkString(bytes)]),
            Reply::Nothing => Ok(vec![Value::Nil]),
            Reply::Other(answers) => values(&answers, count),
        }
    }

    /// Sends commands, and waits for so many answers.
    pub(super) async fn answers(&self, count: usize, write: impl Fn(&mut Vec<u8>)) -> RedisResult<Reply> {
        let spot = Arc::new(Spot::default());
        while let Err(Full) = self.queue.send_bounded(&spot, count, &write) {
            // Boxed, as it is rare, and an operation is as large as what it may come to.
            Box::pin(self.queue.has_room()).await;
        }
        poll_fn(|context| spot.poll(context)).await
    }
}
