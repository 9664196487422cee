//! A caller's exchange holds the call, takes it back, and changes the codec.

use test_harness::Script;

use super::assert_heard;
use scenario_tests::House;

#[test]
fn the_call_goes_on_after_hold_and_with_another_codec() {
    let house = House::new(&[]);
    let script = Script::new()
        .speech(500)
        .hold(true)
        .pause(800)
        .hold(false)
        .codecs(&["PCMA"])
        .pause(300)
        .say("opening hours")
        .answer("no thank you");
    let (talk, call) = house.call(&script);
    let ended = talk.ended();
    assert_eq!(ended["status"], 200, "{ended}");
    let media: Vec<_> = talk.facts().into_iter().filter(|fact| fact["event"] == "media").collect();
    assert!(media.iter().any(|fact| fact["status"] == "held_by_us"), "{media:?}");
    assert_eq!(media.last().map(|fact| &fact["codec"]), Some(&"PCMA".into()), "{media:?}");
    assert_eq!(house.accepted(&call), ["opening_hours", "done"]);
    assert_heard(&talk.recording(), "We are open Monday to Friday");
}
