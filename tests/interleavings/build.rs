//! Writes a copy of the sources for every break in `src/broken.rs`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use broken::{BREAKS, Break, File};

#[allow(unreachable_pub, reason = "public in the crate that is built")]
#[path = "src/broken.rs"]
mod broken;

const SOURCES: &str = "../../cache-runtime/src";

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to"));
    let mut all = String::new();
    for broken in BREAKS {
        all.push_str(&module(broken));
    }
    fs::write(out.join("broken.rs"), all).expect("write the broken copies");
    println!("cargo::rerun-if-changed=src/broken.rs");
}

fn module(broken: &Break) -> String {
    let (name, about) = (broken.name, broken.about);
    if broken.edits.iter().all(|(at, ..)| *at == File::Order) {
        let order = source(broken, File::Order);
        return format!(
            "/// {about}\npub mod {name} {{\nmod order {{\n{order}\n}}\ncrate::order_subject::order_subject!(order);\n}}\n"
        );
    }
    let (leader, keyed) = (source(broken, File::Leader), source(broken, File::Keyed));
    // The unit tests stay behind.
    let flight = source(broken, File::Mod)
        .replace("#[cfg(test)]\nmod tests;", "")
        .replace("mod keyed;", &format!("mod keyed {{\n{keyed}\n}}"))
        .replace("mod leader;", &format!("mod leader {{\n{leader}\n}}"));
    format!("/// {about}\npub mod {name} {{\nmod flight {{\n{flight}\n}}\ncrate::subject::subject!(flight);\n}}\n")
}

fn source(broken: &Break, file: File) -> String {
    let path = Path::new(SOURCES).join(file.path());
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // The description of a file may stand at its head alone.
    let mut text: String = text.lines().filter(|line| !line.starts_with("//!")).flat_map(|line| [line, "\n"]).collect();
    for (_, from, to) in broken.edits.iter().filter(|(at, ..)| *at == file) {
        let found = text.matches(from).count();
        // A break that breaks nothing any more would let its test fail for no visible reason.
        assert!(
            found == 1,
            "tests/interleavings/src/broken.rs: {}: {found} times in {}: {from}",
            broken.name,
            file.path()
        );
        text = text.replace(from, to);
    }
    text
}
