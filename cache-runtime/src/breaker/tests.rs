use super::*;

const CONFIG: BreakerConfig = BreakerConfig {
    failure_rate: 0.5,
    slow_rate: 0.5,
    slow_call: Duration::from_millis(40),
    min_calls: 4,
    window: Duration::from_secs(10),
    open_for: Duration::from_secs(1),
    probes: 2,
};

fn settle(permit: Permit<'_>, failed: bool) -> Option<BreakerState> {
    let took = permit.elapsed();
    permit.settle(took, failed, 1)
}

fn call(breaker: &Breaker, failed: bool) -> Option<BreakerState> {
    settle(breaker.permit().expect("a permit"), failed)
}

#[tokio::test(start_paused = true)]
async fn opens_at_the_failure_rate_and_not_before_enough_calls() {
    let breaker = Breaker::new(CONFIG);
    for _ in 0..3 {
        assert_eq!(call(&breaker, true), None);
    }
    assert_eq!(call(&breaker, true), Some(BreakerState::Open));
    assert!(breaker.permit().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_call_of_several_counts_for_each() {
    let breaker = Breaker::new(CONFIG);
    let settle = |callers| breaker.permit().expect("a permit").settle(Duration::ZERO, true, callers);
    assert_eq!(settle(3), None);
    assert_eq!(settle(1), Some(BreakerState::Open));
    let breaker = Breaker::new(CONFIG);
    assert_eq!(breaker.permit().expect("a permit").settle(Duration::ZERO, false, 5), None);
    assert_eq!(breaker.permit().expect("a permit").settle(Duration::ZERO, true, 4), None, "four of nine");
    assert_eq!(breaker.permit().expect("a permit").settle(Duration::ZERO, true, 1), Some(BreakerState::Open));
}

#[tokio::test(start_paused = true)]
async fn opens_on_slow_calls() {
    let breaker = Breaker::new(CONFIG);
    for turn in 0..4 {
        let permit = breaker.permit().expect("a permit");
        tokio::time::advance(Duration::from_millis(45)).await;
        assert_eq!(settle(permit, false).is_some(), turn == 3);
    }
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[tokio::test(start_paused = true)]
async fn old_failures_roll_out_of_the_window() {
    let breaker = Breaker::new(CONFIG);
    for _ in 0..3 {
        call(&breaker, true);
    }
    tokio::time::advance(Duration::from_secs(11)).await;
    assert_eq!(call(&breaker, true), None);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

/// As long as failures are in the window it is looked at, whatever the call came to.
#[tokio::test(start_paused = true)]
async fn a_good_call_may_be_the_one_that_makes_them_enough() {
    for (seconds, state) in [(0, Some(BreakerState::Open)), (9, Some(BreakerState::Open)), (10, None)] {
        let breaker = Breaker::new(CONFIG);
        for _ in 0..3 {
            assert_eq!(call(&breaker, true), None);
        }
        tokio::time::advance(Duration::from_secs(seconds)).await;
        assert_eq!(call(&breaker, false), state, "after {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn successes_keep_it_closed() {
    let breaker = Breaker::new(CONFIG);
    for turn in 0..40 {
        assert_eq!(call(&breaker, turn % 3 == 2), None);
    }
}

#[tokio::test(start_paused = true)]
async fn probes_are_few_and_close_it() {
    let breaker = opened();
    tokio::time::advance(Duration::from_secs(1)).await;
    let (first, second) = (breaker.permit().expect("a probe"), breaker.permit().expect("a probe"));
    assert!(breaker.permit().is_none(), "no third probe at once");
    assert_eq!(settle(first, false), None);
    assert_eq!(settle(second, false), Some(BreakerState::Closed));
    assert!(breaker.permit().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_again() {
    let breaker = opened();
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(call(&breaker, true), Some(BreakerState::Open));
    assert!(breaker.permit().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_probe_gives_its_place_back() {
    let breaker = opened();
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..10 {
        drop(breaker.permit().expect("a probe"));
    }
}

fn opened() -> Breaker {
    let breaker = Breaker::new(CONFIG);
    for _ in 0..4 {
        call(&breaker, true);
    }
    breaker
}

#[tokio::test(start_paused = true)]
async fn refuses_only_while_it_is_open_for_sure() {
    let breaker = Breaker::new(CONFIG);
    assert!(!breaker.refuses());
    for _ in 0..4 {
        call(&breaker, true);
    }
    assert!(breaker.refuses());
    tokio::time::advance(CONFIG.open_for - Duration::from_millis(1)).await;
    assert!(breaker.refuses() && breaker.permit().is_none());
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(!breaker.refuses(), "somebody has to probe");
    let probe = breaker.permit().expect("a probe");
    assert!(!breaker.refuses(), "half open");
    let took = probe.elapsed();
    assert_eq!(probe.settle(took, true, 1), Some(BreakerState::Open));
    assert!(breaker.refuses());
}
