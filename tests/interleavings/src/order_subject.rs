//! The order of the local tier, sound or broken, as the scenarios see it: of one key.

/// The counts.
pub trait Ordered: Send + Sync + 'static {
    /// A moment.
    type Turn: Copy + Send;

    /// Nothing voided yet.
    fn fresh() -> Self;
    /// Now.
    fn turn(&self) -> Self::Turn;
    /// After a fill.
    fn advance(&self, turn: Self::Turn, remove: impl FnOnce()) -> Option<Self::Turn>;
    /// Inserts, unless the key was voided.
    fn unless_void(&self, turn: Self::Turn, insert: impl FnOnce()) -> bool;
    /// Voids the key.
    fn void(&self, remove: impl FnOnce());
    /// Voids all keys.
    fn void_all(&self, remove: impl FnOnce());
}

/// Makes an [`Ordered`] of a module with the order's source.
macro_rules! order_subject {
    ($order:ident) => {
        /// The counts of this copy.
        pub struct Turns($order::Order);

        /// A moment in this copy.
        #[derive(Clone, Copy)]
        pub struct Turn($order::Turn);

        impl crate::order_subject::Ordered for Turns {
            type Turn = Turn;

            fn fresh() -> Self {
                Self($order::Order::new())
            }

            fn turn(&self) -> Turn {
                Turn(self.0.turn(7))
            }

            fn advance(&self, turn: Turn, remove: impl FnOnce()) -> Option<Turn> {
                self.0.advance(turn.0, remove).0.map(Turn)
            }

            fn unless_void(&self, turn: Turn, insert: impl FnOnce()) -> bool {
                self.0.unless_void(turn.0, insert).is_some()
            }

            fn void(&self, remove: impl FnOnce()) {
                self.0.void(7, remove);
            }

            fn void_all(&self, remove: impl FnOnce()) {
                self.0.void_all(remove);
            }
        }
    };
}

pub(crate) use order_subject;
