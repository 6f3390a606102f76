//! How much code an annotation becomes: lines of Rust after expansion, and of LLVM's language after that.

use std::fs;
use std::path::{Path, PathBuf};

use cache_programs::{Program, Scratch, output};

/// As rustc prints it with all macros expanded.
pub(crate) fn expanded(scratch: &Scratch, program: &Program) -> Result<usize, String> {
    let mut command = scratch.cargo(["rustc", "--quiet", "--package", &program.name, "--"]);
    command.arg("-Zunpretty=expanded").env("RUSTC_WORKSPACE_WRAPPER", wrapper(&scratch.folder)?);
    let text = output(&mut command)?;
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    Ok(lines.count())
}

/// Lets a stable compiler print expansions, and for the program alone: with the variable set for all, build scripts
/// of dependencies would run again.
fn wrapper(scratch: &Path) -> Result<PathBuf, String> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = scratch.join("rustc-wrapper");
    let written = fs::write(&path, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec \"$@\"\n")
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o755)));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Instructions in function bodies, before any optimisation, as `cargo llvm-lines` counts them.
pub(crate) fn llvm(scratch: &Scratch, program: &Program) -> Result<usize, String> {
    let file = scratch.folder.join(format!("{}.ll", program.name));
    let mut command = scratch.cargo(["rustc", "--quiet", "--package", &program.name, "--"]);
    command.arg(format!("--emit=llvm-ir={}", file.display()));
    command.args(["-Ccodegen-units=1", "-Cno-prepopulate-passes", "-Cpasses=name-anon-globals"]);
    output(&mut command)?;
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut inside = false;
    let mut lines = 0;
    for line in text.lines() {
        inside = (inside || line.starts_with("define ")) && line != "}";
        // Further in are the rest of a long instruction, and what is said for the debugger.
        let code = line.starts_with("  ") && !line.starts_with("   ");
        lines += usize::from(inside && code);
    }
    Ok(lines)
}
