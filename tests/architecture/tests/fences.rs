//! Fences that neither cargo nor clippy knows.

use architecture_tests::{root, tracked};

/// `rsip` does not read what the wire brings; it may only help inside the message layer.
#[test]
fn rsip_stays_inside_the_message_layer() {
    let outside: Vec<_> = tracked(&["*.rs"])
        .into_iter()
        // Tests compare the two parsers; this file names it.
        .filter(|file| !file.starts_with("sip-stack/src/message") && !file.starts_with("sip-stack/tests"))
        .filter(|file| !file.starts_with("tests/architecture"))
        .filter(|file| {
            let text = std::fs::read_to_string(root().join(file)).expect("a tracked file is readable");
            architecture_tests::lines_without_tests(&text).any(|line| line.contains("rsip::"))
        })
        .collect();
    assert!(outside.is_empty(), "rsip outside sip-stack/src/message: {outside:?}");
}

/// Every core disallows clocks, sockets, threads' sleep, locks and random iteration order.
#[test]
fn every_core_has_its_own_fence_of_clippy() {
    let cores =
        ["call-model", "audio", "sip-stack", "media", "asr", "tts", "ivr-flows", "dialer", "acd", "call-control"];
    let forbidden = ["Instant::now", "SystemTime::now", "UdpSocket", "thread::sleep", "sync::Mutex", "RandomState"];
    for core in cores {
        let path = root().join(core).join("clippy.toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for entry in forbidden {
            assert!(text.contains(entry), "{core}/clippy.toml does not disallow {entry}");
        }
    }
}

/// Names that say nothing.
#[test]
fn no_file_has_a_name_that_says_nothing() {
    let empty = ["utils", "util", "helper", "helpers", "common", "manager", "misc", "data", "info"];
    let found: Vec<_> = tracked(&["*.rs", "*.ts", "*.tsx"])
        .into_iter()
        .filter(|file| file.file_stem().is_some_and(|stem| empty.iter().any(|name| stem == *name)))
        .collect();
    assert!(found.is_empty(), "rename by meaning: {found:?}");
}
