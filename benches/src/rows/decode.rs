//! Decoders alone, for the value of all rows.

use std::hint::black_box;
use std::time::Duration;

use crate::bench::Bench;
use crate::calls::spin;
use crate::measure::{contender, interleave};
use crate::report::{OURS, Row};
use crate::value::{User, user};

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let texts: Vec<Vec<u8>> = (0..1_000).map(|id| serde_json::to_vec(&user(id)).unwrap_or_default()).collect();
    let samples = interleave(
        bench.plan(Duration::from_millis(100)),
        vec![
            contender(OURS, |each| spin(runtime, &texts, each, async |text| serde_json::from_slice::<User>(text).ok())),
            contender("sonic-rs", |each| {
                spin(runtime, &texts, each, async |text| sonic_rs::from_slice::<User>(text).ok())
            }),
            contender("simd-json", |each| {
                // It writes into its input, so that each call needs a copy.
                spin(runtime, &texts, each, async |text| {
                    simd_json::serde::from_slice::<User>(&mut black_box(text.clone())).ok()
                })
            }),
        ],
    );
    Ok(vec![
        Row::new("decoding 246 bytes of JSON", "ns", &samples)
            .note("ours is serde_json; simd-json's time includes the copy that it works in"),
    ])
}
