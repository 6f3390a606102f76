//! `tokio::sync::oneshot` as far as the flight uses it, on shuttle's lock: tokio's own has atomics that shuttle does not see, so
//! that nothing could come between a send and a receiver that leaves. That tokio's keeps what it promises is not checked here.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::{Arc, Mutex, MutexGuard, PoisonError};

struct Inner<T> {
    value: Option<T>,
    waker: Option<Waker>,
    sender_gone: bool,
    receiver_gone: bool,
}

type Shared<T> = Arc<Mutex<Inner<T>>>;

pub(crate) struct Sender<T>(Shared<T>);

pub(crate) struct Receiver<T>(Shared<T>);

/// The sender was dropped.
#[derive(Debug)]
pub(crate) struct Gone;

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let inner = Inner { value: None, waker: None, sender_gone: false, receiver_gone: false };
    let shared = Arc::new(Mutex::new(inner));
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

fn lock<T>(shared: &Shared<T>) -> MutexGuard<'_, Inner<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Sender<T> {
    /// Gives the value back if the receiver is gone.
    pub(crate) fn send(self, value: T) -> Result<(), T> {
        let mut inner = lock(&self.0);
        if inner.receiver_gone {
            drop(inner);
            return Err(value);
        }
        inner.value = Some(value);
        Ok(())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut inner = lock(&self.0);
        inner.sender_gone = true;
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The flight's unit tests ask for it. They are looked at by clippy, and run in cache-runtime.
#[cfg(test)]
impl<T> Receiver<T> {
    pub(crate) fn try_recv(&mut self) -> Result<T, Gone> {
        lock(&self.0).value.take().ok_or(Gone)
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, Gone>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut inner = lock(&self.0);
        match inner.value.take() {
            Some(value) => Poll::Ready(Ok(value)),
            None if inner.sender_gone => Poll::Ready(Err(Gone)),
            None => {
                inner.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut inner = lock(&self.0);
        inner.receiver_gone = true;
        // A lead that nobody took passes on when it is dropped, which takes locks of its own.
        let unread = inner.value.take();
        drop(inner);
        drop(unread);
    }
}
