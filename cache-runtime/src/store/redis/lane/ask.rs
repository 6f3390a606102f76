//! Any other commands.

use std::future::poll_fn;
use std::sync::Arc;

use ::redis::aio::ConnectionLike as _;
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
        let count = commands.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        if commands.is_transaction() {
            // What became of it is more than its answers.
            return self.share.clone().req_packed_commands(commands, count + 1, 1).await;
        }
        let write = |out: &mut Vec<u8>| commands.cmd_iter().for_each(|command| command.write_packed_command(out));
        match self.answers(count, write).await? {
            Reply::Bytes(bytes) => Ok(vec![Value::BulkString(bytes)]),
            Reply::Nothing => Ok(vec![Value::Nil]),
            Reply::Other(answers) => values(&answers, count),
        }
    }

    /// Sends commands, and waits for so many answers.
    pub(super) async fn answers(&self, count: usize, write: impl Fn(&mut Vec<u8>)) -> RedisResult<Reply> {
        let spot = Arc::new(Spot::default());
        loop {
            // Before it is looked whether there is room: whoever makes some meanwhile is heard.
            let room = self.queue.room();
            match self.queue.send_bounded(&spot, count, &write) {
                Ok(()) => return poll_fn(|context| spot.poll(context)).await,
                Err(Full) => room.await,
            }
        }
    }
}
