//! Every mistake has one error, at its token, that says what to write.
//!
//! `TRYBUILD=overwrite cargo test -p cache-tests --test ui` writes the expected output anew.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for folder in ["arguments", "ttl", "version", "key", "typed", "returns", "function", "targets", "tags"] {
        cases.compile_fail(format!("ui/{folder}/*.rs"));
    }
}
