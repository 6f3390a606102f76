//! Every mistake has one error, at its token, that says what to write.
//!
//! `TRYBUILD=overwrite cargo test -p cache-ui-tests` writes the expected output anew.

use std::fs;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 14] = [
    "arguments",
    "derive_key",
    "derive_schema",
    "detached",
    "freshness",
    "function",
    "key",
    "returns",
    "tags",
    "targets",
    "ttl",
    "typed",
    "version",
    "windows",
];

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for folder in FOLDERS {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
}

/// Without this a case with a cascade of errors would pass as soon as somebody accepts its output.
#[test]
fn each_case_is_one_error() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let name = case.display().to_string();
        let expected = fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
        let errors = expected.lines().filter(|line| line.starts_with("error")).count();
        let several = name.contains("several_");
        if (several && errors < 2) || (!several && errors != 1) {
            wrong.push(format!("{name}: {errors} errors"));
        }
    }
    assert!(cases.len() >= 60, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = |name: &str| fs::read_dir(root.join(name)).expect("a folder of cases");
    FOLDERS
        .iter()
        .flat_map(|name| folder(name).map(|entry| entry.expect("an entry").path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
