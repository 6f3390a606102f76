//! That it runs through all phases. How long anything takes is not looked at: that is the business of who reads the table.

use std::process::Command;

use cache_latency::run::PHASES;

#[test]
fn all_phases_are_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_cache-latency")).arg("--quick").output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("a text");
    let problems = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{problems}");
    for phase in PHASES {
        for name in ["annotated", "by hand, 50 ms", "by hand, default"] {
            let found = text.lines().any(|line| {
                // `healthy` begins `healthy again` as well.
                line.strip_prefix(phase).is_some_and(|rest| !rest.starts_with(" again") && rest.contains(name))
            });
            assert!(found, "{phase}, {name}:\n{text}");
        }
    }
    assert_eq!(text.matches("first hit after SIGCONT").count(), 3, "{text}");
}

#[test]
fn unknown_options_are_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_cache-latency")).arg("--slow").output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--slow"));
}
