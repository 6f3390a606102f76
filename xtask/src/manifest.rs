//! The few facts of a `Cargo.toml` that the steps need, in the plain layout that this workspace writes.

/// The names under `[features]`, without `default`.
pub(crate) fn features(manifest: &str) -> Vec<String> {
    section(manifest, "[features]")
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().trim_matches('"').to_owned())
        .filter(|name| name != "default")
        .collect()
}

/// The names of all `[[example]]` tables.
pub(crate) fn examples(manifest: &str) -> Vec<String> {
    manifest
        .split("[[example]]")
        .skip(1)
        .filter_map(|table| value_of(table.lines().take_while(|line| !line.starts_with('[')), "name"))
        .collect()
}

/// `rust-version` of the workspace.
pub(crate) fn rust_version(manifest: &str) -> Option<String> {
    value_of(section(manifest, "[workspace.package]"), "rust-version")
}

/// Every version that a text names as `Rust 1.88`.
pub(crate) fn rust_versions_named(text: &str) -> Vec<String> {
    text.match_indices("Rust 1.")
        .map(|(at, _)| text[at + "Rust ".len()..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect())
        .map(|version: String| version.trim_end_matches('.').to_owned())
        .collect()
}

/// The packages in the output of `cargo metadata` that ask for a newer Rust than this, as `uuid 1.89.0`.
///
/// Each package is one object, which has its name and version before its `rust_version`.
pub(crate) fn newer_than(rust_version: &str, metadata: &str) -> Vec<String> {
    let stated = numbers(rust_version);
    let mut found = Vec::new();
    let mut package = "";
    for object in metadata.split("{\"name\":\"") {
        // Dependencies and targets are objects with a name too, but without a version and an id next to it.
        if let Some((name, rest)) = object.split_once("\",\"version\":\"")
            && !name.contains('"')
            && rest.contains("\",\"id\":\"")
        {
            package = name;
        }
        if let Some((_, rest)) = object.split_once("\"rust_version\":\"") {
            let asked = rest.split('"').next().unwrap_or_default();
            if numbers(asked) > stated {
                found.push(format!("{package} {asked}"));
            }
        }
    }
    found
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').take(2).map(|number| number.parse().unwrap_or(0)).collect()
}

fn section<'m>(manifest: &'m str, header: &'m str) -> impl Iterator<Item = &'m str> {
    manifest
        .lines()
        .skip_while(move |line| line.trim() != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        // A list may go on over several lines; only a line that starts with a name counts.
        .filter(|line| line.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '_'))
}

fn value_of<'m>(mut lines: impl Iterator<Item = &'m str>, name: &str) -> Option<String> {
    lines.find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{examples, features, newer_than, rust_version, rust_versions_named};

    #[test]
    fn features_are_listed_without_default() {
        let manifest = "[package]\nname = \"x\"\n\n[features]\n# why\ndefault = [\"redis\"]\nredis = [\"dep:redis\"]\n\
                        tls = [\n    \"redis\",\n    \"redis/tls\",\n]\nuuid = [\"dep:uuid\"]\n\n\
                        [dependencies]\nserde = \"1\"\n";
        assert_eq!(features(manifest), ["redis", "tls", "uuid"]);
        assert!(features("[package]\nname = \"x\"\n").is_empty());
    }

    #[test]
    fn examples_are_listed() {
        let manifest = "[package]\nname = \"x\"\n\n[[example]]\nname = \"one\"\npath = \"one.rs\"\n\n\
                        [[example]]\npath = \"two.rs\"\nname = \"two\"\n\n[dependencies]\nname = \"three\"\n";
        assert_eq!(examples(manifest), ["one", "two"]);
    }

    #[test]
    fn versions_are_found() {
        assert_eq!(rust_version("[workspace.package]\nrust-version = \"1.88\"\n").as_deref(), Some("1.88"));
        assert_eq!(rust_versions_named("Needs Rust 1.88. Not Rust 1.9, ever."), ["1.88", "1.9"]);
    }

    #[test]
    fn packages_that_need_a_newer_rust_are_named() {
        let metadata = r#"{"packages":[{"name":"old","version":"1.0.0","id":"x#old@1.0.0","dependencies":[{"name":"new",
            "source":null}],"targets":[{"kind":["lib"],"name":"old"}],"rust_version":"1.56.0"},{"name":"new","version":"2.1.0",
            "id":"x#new@2.1.0","dependencies":[{"name":"old","req":"^1"}],"rust_version":"1.89.0"},{"name":"silent",
            "version":"0.1.0","id":"x","rust_version":null}]}"#;
        let metadata: String = metadata.lines().map(str::trim).collect();
        assert_eq!(newer_than("1.88", &metadata), ["new 1.89.0"]);
        assert!(newer_than("1.89", &metadata).is_empty());
    }

    #[test]
    fn the_real_manifests_are_understood() {
        let names = features(include_str!("../../cache-runtime/Cargo.toml"));
        assert!(names.contains(&"redis".to_owned()) && !names.contains(&"default".to_owned()), "{names:?}");
        assert!(rust_version(include_str!("../../Cargo.toml")).is_some());
    }
}
