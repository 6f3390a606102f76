//! The single-flight, sound or broken, as the scenarios see it: of one key, with numbers as values.

/// What a caller accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// A stored value, or one that is being loaded.
    Any,
    /// Only a value whose load begins after the call.
    Fresh,
}

/// What a caller gets on joining.
pub enum Seat<F: Subject> {
    /// It leads.
    Lead(F::Leader),
    /// It waits.
    Wait(F::Wait),
}

/// What a waiter gets.
pub enum Turned<L> {
    /// A value.
    Landed(u8),
    /// The lead.
    Lead(L),
    /// Nothing, ever.
    Forgotten,
}

/// The flights.
pub trait Subject: Send + Sync + 'static {
    /// Who leads.
    type Leader: Leading;
    /// A place in line.
    type Wait: Future<Output = Turned<Self::Leader>> + Unpin;

    /// No flight yet.
    fn empty() -> Self;
    /// Leads, or waits.
    fn join(&self, want: Want) -> Seat<Self>
    where
        Self: Sized;
    /// Voids the flight.
    fn void(&self);
    /// Voids all flights.
    fn void_all(&self);
    /// How many flights there are.
    fn count(&self) -> usize;
}

/// What a leader does.
pub trait Leading {
    /// Whether it looks into the store first.
    fn reads(&self) -> bool;
    /// A read or a load begins.
    fn begins(&self);
    /// The fill is about to be sent.
    fn fills(&self);
    /// Whether the flight is void.
    fn is_void(&self) -> bool;
    /// Stores, unless it is.
    fn unless_void(&self, store: impl FnOnce()) -> bool;
    /// Hands on what the store held.
    fn land_read(self, value: u8);
    /// Hands on what was loaded.
    fn land_load(self, value: u8, proved: bool);
}

/// Makes a [`Subject`] of a module with the flight's sources.
macro_rules! subject {
    ($flight:ident) => {
        use std::pin::Pin;
        use std::sync::Arc;
        use std::task::{Context, Poll, ready};

        use $flight::{Joined, Landed, Turn, Wish};

        use crate::key::KeyText;
        use crate::subject::{Leading, Seat, Subject, Turned, Want};
        use crate::sync::oneshot;

        const KEY: KeyText = KeyText::from_text("key");

        /// The flights of this copy.
        pub struct Flights($flight::Flights);

        /// The leader of this copy.
        pub struct Leader($flight::Leader);

        /// A place in line in this copy.
        pub struct Wait(oneshot::Receiver<Turn>);

        fn landed(value: u8) -> Landed {
            Landed::Value(Arc::new(vec![value]))
        }

        impl Subject for Flights {
            type Leader = Leader;
            type Wait = Wait;

            fn empty() -> Self {
                Self($flight::Flights::new())
            }

            fn join(&self, want: Want) -> Seat<Self> {
                let wish = if want == Want::Fresh { Wish::Fresh } else { Wish::Any };
                match self.0.join(&KEY, wish) {
                    Joined::Lead(leader) => Seat::Lead(Leader(leader)),
                    Joined::Wait(wait) => Seat::Wait(Wait(wait)),
                }
            }

            fn void(&self) {
                self.0.void(&KEY);
            }

            fn void_all(&self) {
                self.0.void_where(|key| key == KEY.as_str());
            }

            fn count(&self) -> usize {
                self.0.len()
            }
        }

        impl Future for Wait {
            type Output = Turned<Leader>;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
                Poll::Ready(match ready!(Pin::new(&mut self.0).poll(context)) {
                    Ok(Turn::Landed(Landed::Value(bytes), _)) => Turned::Landed(bytes[0]),
                    Ok(Turn::Lead(leader)) => Turned::Lead(Leader(leader)),
                    Ok(Turn::Landed(Landed::None | Landed::Stale(_), _)) | Err(oneshot::Gone) => Turned::Forgotten,
                })
            }
        }

        impl Leading for Leader {
            fn reads(&self) -> bool {
                self.0.reads()
            }

            fn begins(&self) {
                self.0.begins();
            }

            fn fills(&self) {
                self.0.fills();
            }

            fn is_void(&self) -> bool {
                self.0.is_void()
            }

            fn unless_void(&self, store: impl FnOnce()) -> bool {
                self.0.unless_void(store).is_some()
            }

            fn land_read(self, value: u8) {
                self.0.land_read(&landed(value));
            }

            fn land_load(self, value: u8, proved: bool) {
                self.0.land_load(&landed(value), proved);
            }
        }
    };
}

pub(crate) use subject;
