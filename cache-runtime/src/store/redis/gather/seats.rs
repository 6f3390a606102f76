//! What those who share a command wait for: a seat each, where the answer is laid. One list for all of them, so that a caller
//! takes no memory of its own for it, and the answers of a command are given under one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::count::Count;
use super::waiting::MOST_SPARE;

/// The seats of one command's callers.
pub(super) struct Seats<T> {
    inner: Mutex<Inner<T>>,
    /// Who took an answer or left is counted out here.
    count: Arc<Count>,
}

struct Inner<T> {
    /// Those that were looked at: a caller that was not polled has none yet.
    seats: Vec<Seat<T>>,
    took: Duration,
    /// Nothing more is laid.
    over: bool,
    /// Room for those who are woken.
    wakers: Vec<Waker>,
}

enum Seat<T> {
    Waits(Option<Waker>),
    Laid(T),
    /// Its caller has the answer, or is gone.
    Left,
}

/// A caller's seat. Who leaves it without an answer is gone.
pub(super) struct Seated<T> {
    seats: Option<Arc<Seats<T>>>,
    at: usize,
}

impl<T> Seats<T> {
    /// For others, where everybody has left. So much memory at once is dear.
    pub(super) fn cleared(mut self: Arc<Self>) -> Option<Arc<Self>> {
        let inner = Arc::get_mut(&mut self)?.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        inner.seats.clear();
        (inner.took, inner.over) = (Duration::ZERO, false);
        (inner.seats.capacity() <= MOST_SPARE).then_some(self)
    }

    /// Of callers that are counted here.
    pub(super) fn of(count: Arc<Count>) -> Self {
        let (seats, wakers) = (Vec::new(), Vec::new());
        Self { inner: Mutex::new(Inner { seats, took: Duration::ZERO, over: false, wakers }), count }
    }

    /// For callers of another command.
    pub(super) fn others(&self) -> Arc<Self> {
        Arc::new(Self::of(Arc::clone(&self.count)))
    }

    /// The caller that comes after so many.
    pub(super) fn seat(self: &Arc<Self>, at: usize) -> Seated<T> {
        Seated { seats: Some(Arc::clone(self)), at }
    }

    /// Has only those kept that somebody waits for, with `keep`, which is told who does.
    pub(super) fn check(&self, keep: impl FnOnce(&dyn Fn(usize) -> bool)) {
        let inner = self.lock();
        keep(&|at| !matches!(inner.seats.get(at), Some(Seat::Left)));
    }

    /// Has answers laid, which took so long. Who gets none is told that there is none.
    pub(super) fn answer(&self, took: Duration, lay: impl FnOnce(&mut Laying<'_, T>)) {
        let mut inner = self.lock();
        inner.took = took;
        let wakers = std::mem::take(&mut inner.wakers);
        let mut laying = Laying { wakers, seats: &mut inner.seats };
        lay(&mut laying);
        let mut wakers = laying.wakers;
        if wakers.len() < inner.seats.len() {
            wakers.extend(inner.seats.iter_mut().filter_map(Seat::waker));
        }
        inner.over = true;
        // They take the lock.
        drop(inner);
        wakers.drain(..).for_each(Waker::wake);
        self.lock().wakers = wakers;
    }

    /// Tells everybody that still waits that there is no answer.
    pub(super) fn end(&self) {
        self.answer(Duration::ZERO, |_| ());
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lays answers.
pub(super) struct Laying<'a, T> {
    seats: &'a mut Vec<Seat<T>>,
    wakers: Vec<Waker>,
}

impl<T> Laying<'_, T> {
    /// Says whether its caller is there.
    pub(super) fn lay(&mut self, at: usize, answer: T) -> bool {
        let seat = place(self.seats, at);
        if !matches!(seat, Seat::Waits(_)) {
            return false;
        }
        self.wakers.extend(seat.waker());
        *seat = Seat::Laid(answer);
        true
    }
}

/// That seat, and those before it, which are made when one is looked at.
#[inline]
fn place<T>(seats: &mut Vec<Seat<T>>, at: usize) -> &mut Seat<T> {
    while at >= seats.len() {
        seats.push(Seat::Waits(None));
    }
    &mut seats[at]
}

impl<T> Seat<T> {
    fn waker(&mut self) -> Option<Waker> {
        if let Self::Waits(waker) = self { waker.take() } else { None }
    }
}

impl<T> Seated<T> {
    /// Ready with the answer and how long it took, or `None` where there will be none.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<(T, Duration)>> {
        let Some(seats) = &self.seats else { return Poll::Ready(None) };
        let mut inner = seats.lock();
        let (over, took) = (inner.over, inner.took);
        let seat = place(&mut inner.seats, self.at);
        let answer = match seat {
            Seat::Waits(waker) if !over => {
                // Dropped without the lock: it may be the last to know a task, which has a seat here.
                let before = match waker {
                    Some(waker) if waker.will_wake(context.waker()) => None,
                    waker => waker.replace(context.waker().clone()),
                };
                drop(inner);
                drop(before);
                return Poll::Pending;
            }
            seat => std::mem::replace(seat, Seat::Left),
        };
        drop(inner);
        seats.count.took();
        self.seats = None;
        Poll::Ready(if let Seat::Laid(answer) = answer { Some((answer, took)) } else { None })
    }
}

impl<T> Drop for Seated<T> {
    fn drop(&mut self) {
        let Some(seats) = self.seats.take() else { return };
        let mut inner = seats.lock();
        let before = std::mem::replace(place(&mut inner.seats, self.at), Seat::Left);
        drop(inner);
        seats.count.took();
        drop(before);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::task::Wake;

    use super::*;

    const TOOK: Duration = Duration::from_millis(3);

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn seats<T>() -> Arc<Seats<T>> {
        Arc::new(Seats::of(Arc::default()))
    }

    fn poll<T>(seat: &mut Seated<T>, waker: &Arc<Woken>) -> Poll<Option<(T, Duration)>> {
        seat.poll(&mut Context::from_waker(&Waker::from(Arc::clone(waker))))
    }

    #[test]
    fn each_is_woken_once_and_has_its_own_answer_whether_it_was_polled_before_or_not() {
        let (seats, waker) = (seats(), Arc::<Woken>::default());
        let [mut early, mut late, mut without] = [0, 1, 2].map(|at| seats.seat(at));
        for _ in 0..3 {
            assert!(poll(&mut early, &waker).is_pending() && poll(&mut without, &waker).is_pending());
        }
        seats.answer(TOOK, |laying| {
            assert!(laying.lay(0, "early") && laying.lay(1, "late"));
            assert_eq!(waker.0.load(Ordering::Relaxed), 0, "nobody runs before all answers lie there");
        });
        assert_eq!(waker.0.load(Ordering::Relaxed), 2);
        assert_eq!(poll(&mut early, &waker), Poll::Ready(Some(("early", TOOK))));
        assert_eq!(poll(&mut late, &waker), Poll::Ready(Some(("late", TOOK))));
        assert_eq!(poll(&mut without, &waker), Poll::Ready(None));
        assert_eq!(poll(&mut seats.seat(3), &waker), Poll::Ready(None), "who comes after the end");
    }

    #[test]
    fn the_waker_of_the_last_poll_is_the_one_that_counts() {
        let (seats, wakers) = (seats(), [(); 2].map(|()| Arc::<Woken>::default()));
        let mut seat = seats.seat(0);
        for waker in &wakers {
            assert!(poll(&mut seat, waker).is_pending());
        }
        seats.answer(TOOK, |laying| assert!(laying.lay(0, ())));
        assert_eq!(wakers.map(|waker| waker.0.load(Ordering::Relaxed)), [0, 1]);
    }

    #[test]
    fn who_is_gone_is_told_of_and_woken_no_more() {
        let (seats, waker) = (seats(), Arc::<Woken>::default());
        let [mut gone, unpolled, _there] = [0, 1, 2].map(|at| seats.seat(at));
        assert!(poll(&mut gone, &waker).is_pending());
        drop((gone, unpolled));
        assert_eq!(Arc::strong_count(&waker), 1);
        seats.check(|is_there| assert_eq!([0, 1, 2].map(is_there), [false, false, true]));
        seats.answer(TOOK, |laying| assert_eq!([0, 1, 2].map(|at| laying.lay(at, ())), [false, false, true]));
        assert_eq!(waker.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn who_took_an_answer_or_left_is_counted_out_and_only_once() {
        let (count, waker) = (Arc::<Count>::default(), Arc::<Woken>::default());
        let seats = Arc::new(Seats::of(Arc::clone(&count)));
        let [mut takes, mut untold, leaves, stays] = [0, 1, 2, 3].map(|at| {
            count.asks();
            seats.seat(at)
        });
        drop(leaves);
        assert_eq!(count.asking(), 3);
        seats.answer(TOOK, |laying| assert!(laying.lay(0, ())));
        assert_eq!(count.asking(), 3, "they have it, and did not run");
        for (seat, left) in [(&mut takes, 2), (&mut untold, 1)] {
            assert!(poll(seat, &waker).is_ready());
            assert_eq!(count.asking(), left);
        }
        drop((takes, untold, stays));
        assert_eq!(count.asking(), 0);
    }

    #[test]
    fn seats_serve_again_once_everybody_has_left() {
        let (seats, waker) = (seats::<&str>(), Arc::<Woken>::default());
        let [mut first, mut second] = [0, 1].map(|at| seats.seat(at));
        seats.answer(TOOK, |laying| assert!(laying.lay(0, "one") && laying.lay(1, "two")));
        assert!(poll(&mut first, &waker).is_ready());
        assert!(Arc::clone(&seats).cleared().is_none(), "one is still to come");
        assert_eq!(poll(&mut second, &waker), Poll::Ready(Some(("two", TOOK))));
        let seats = seats.cleared().expect("nobody has them");
        let mut next = seats.seat(1);
        assert!(poll(&mut next, &waker).is_pending());
        seats.answer(TOOK, |laying| assert!(laying.lay(1, "three")));
        assert_eq!(poll(&mut next, &waker), Poll::Ready(Some(("three", TOOK))));
    }

    /// A task that only its waker knows, and that waits here itself.
    struct Task(#[expect(dead_code, reason = "to be dropped")] Mutex<Seated<()>>);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a_waker_may_be_the_last_to_know_another_that_waits() {
        let (done, wait) = mpsc::channel();
        // Of its own: without that it waits for itself.
        std::thread::spawn(move || {
            let seats = seats();
            let known = |at| Waker::from(Arc::new(Task(Mutex::new(seats.seat(at)))));
            let mut seat = seats.seat(0);
            assert!(seat.poll(&mut Context::from_waker(&known(1))).is_pending());
            assert!(seat.poll(&mut Context::from_waker(&known(2))).is_pending(), "the first one is dropped");
            drop(seat);
            let mut other = seats.seat(3);
            assert!(other.poll(&mut Context::from_waker(&known(4))).is_pending());
            seats.end();
            done.send(()).expect("it is waited for");
        });
        wait.recv_timeout(Duration::from_secs(20)).expect("no lock is held while a waker is dropped");
    }
}
