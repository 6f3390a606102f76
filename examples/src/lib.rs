//! The programs are in this folder, beside `src`; run one with `cargo run --example quickstart`.
