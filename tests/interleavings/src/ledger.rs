//! Who runs a load when, to see that no two leaders that are not void ever do at once.

/// The loads of one execution.
#[derive(Default)]
pub(crate) struct Ledger {
    runs: Vec<Run>,
}

#[derive(Default)]
struct Run {
    /// The runs that were under way when this one began.
    beside: Vec<usize>,
    /// Whether another one filled meanwhile, at which moment that other one was not void.
    met_a_fill: bool,
    /// Whether its flight was void at its end.
    ended_void: Option<bool>,
}

impl Ledger {
    /// A load begins. Gives its number.
    pub(crate) fn begins(&mut self) -> usize {
        let beside = (0..self.runs.len()).filter(|run| self.runs[*run].ended_void.is_none()).collect();
        self.runs.push(Run { beside, ..Run::default() });
        self.runs.len() - 1
    }

    /// It fills.
    pub(crate) fn fills(&mut self, run: usize) {
        for (other, met) in self.runs.iter_mut().enumerate() {
            met.met_a_fill |= other != run && met.ended_void.is_none();
        }
    }

    /// It ends. Says whether all is well. A mark stays: who is not void at its end never was.
    pub(crate) fn ends(&mut self, run: usize, void: bool) -> bool {
        self.runs[run].ended_void = Some(void);
        let ended_valid = |run: usize| self.runs[run].ended_void == Some(false);
        let later = (0..self.runs.len()).filter(|later| self.runs[*later].beside.contains(&run));
        let earlier = self.runs[run].beside.iter().copied();
        void || !(self.runs[run].met_a_fill || later.chain(earlier).any(ended_valid))
    }
}
