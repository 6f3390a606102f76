//! Every mistake in a derive gives one error, at its token, that says what to write.

#[test]
fn derives() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/derive_key/*.rs");
    cases.compile_fail("ui/derive_schema/*.rs");
}
