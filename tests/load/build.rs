//! Tells the program that measures understanding where libvosk.so lies.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SPEECH").is_some() {
        let built = std::env::var("DEP_ENGINE_VOSK_NATIVE_LIBDIR").unwrap_or_default();
        println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN/../lib:$ORIGIN:{built}");
    }
}
