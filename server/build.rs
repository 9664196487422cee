//! Tells the binary where libvosk.so lies: beside it when it is installed, in the build folder while it is developed.
//! A link argument does not travel up from a dependency, so the binary sets it itself.
//!
//! Tells cargo as well to build anew when the console's pages were: it does not see files that were not there before.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A folder that is missing would count as changed each time.
    let pages = if std::path::Path::new(PAGES).is_dir() { PAGES } else { "../console" };
    println!("cargo:rerun-if-changed={pages}");
    if std::env::var_os("CARGO_FEATURE_SPEECH").is_none() {
        return;
    }
    let built = std::env::var("DEP_ENGINE_VOSK_NATIVE_LIBDIR").unwrap_or_default();
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN/../lib:$ORIGIN:{built}");
}

const PAGES: &str = "../console/dist";
