//! Finds libvosk.so for the feature `libvosk` and tells the linker, and the binary that uses this crate, where it is.
//!
//! The library is copied into `OUT_DIR`: Cargo puts search paths inside its target folder on the loader's path, so that
//! `cargo run` and `cargo test` work as they are. A link argument does not travel up from a dependency, so the binary
//! sets its own rpath from `DEP_ENGINE_VOSK_NATIVE_LIBDIR`.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=VOSK_LIB_DIR");
    if env::var_os("CARGO_FEATURE_LIBVOSK").is_none() {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let found = library_folder().join("libvosk.so");
    println!("cargo:rerun-if-changed={}", found.display());
    if !found.is_file() {
        fail(&format!(
            "{} is not there. Run `make setup` in the repository, or set VOSK_LIB_DIR to the folder that holds \
             libvosk.so 0.3.45; without the feature `libvosk` Callwright builds without it",
            found.display()
        ));
    }
    // Beside it first and renamed then, so that a running program keeps the file that it has mapped.
    let fresh = out.join("libvosk.so.new");
    let copied = fs::copy(&found, &fresh).and_then(|_| fs::rename(&fresh, out.join("libvosk.so")));
    if let Err(error) = copied {
        fail(&format!("cannot copy {} to {}: {error}", found.display(), out.display()));
    }
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:libdir={}", out.display());
}

/// `$VOSK_LIB_DIR`, else where `make setup` puts it.
fn library_folder() -> PathBuf {
    match env::var_os("VOSK_LIB_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => {
            let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets CARGO_MANIFEST_DIR"));
            here.parent().and_then(Path::parent).unwrap_or(&here).join(".setup/lib")
        }
    }
}

fn fail(why: &str) -> ! {
    eprintln!("engine-vosk: {why}");
    std::process::exit(1);
}
