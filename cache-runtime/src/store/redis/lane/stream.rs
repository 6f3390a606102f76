//! What redis-rs takes for the socket.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::inbox::Inbox;
use super::looks::{Looks, after_others};
use super::queue::Queue;
use super::socket::Source;

/// It gives redis-rs the answers to its own commands, and those to ours to those who wait for them.
pub(super) struct Stream {
    queue: Arc<Queue>,
    source: Source,
    inbox: Inbox,
    /// Whom the queue knows as the task that receives.
    receiver: Option<Waker>,
    looks: Looks,
}

impl Stream {
    pub(super) fn new(queue: Arc<Queue>, source: Source) -> Self {
        Self { queue, source, inbox: Inbox::new(), receiver: None, looks: Looks::default() }
    }

    fn receives(&mut self, context: &Context<'_>) {
        if !self.receiver.as_ref().is_some_and(|receiver| receiver.will_wake(context.waker())) {
            self.receiver = Some(context.waker().clone());
            self.queue.receives(context.waker().clone());
        }
    }

    fn end(&mut self, why: io::ErrorKind) {
        self.queue.end(why);
        self.inbox.end(why);
    }

    fn poll_some(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.remaining();
        loop {
            self.inbox.hand_out(&self.queue, buffer).map_err(|_| io::ErrorKind::InvalidData)?;
            if buffer.remaining() < before || before == 0 {
                return Poll::Ready(Ok(()));
            }
            let filled = self.inbox.poll_fill(&mut self.source, context);
            if filled.is_ready() {
                self.looks.came();
            } else if self.looks.again(|| self.queue.is_awaited()) {
                after_others(context);
            }
            if ready!(filled)? == 0 {
                self.end(io::ErrorKind::UnexpectedEof);
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let some = this.poll_some(context, buffer);
        match &some {
            Poll::Pending => this.receives(context),
            Poll::Ready(Err(error)) => this.end(error.kind()),
            Poll::Ready(Ok(())) => {}
        }
        some
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.queue.is_full() {
            ready!(self.queue.poll_written(context))?;
        }
        self.queue.take(bytes)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.queue.poll_written(context)
    }

    /// It is closed when both halves are dropped.
    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end(io::ErrorKind::ConnectionAborted);
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end(io::ErrorKind::ConnectionAborted);
    }
}
