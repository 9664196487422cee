//! One file a situation: the real binary, foreign telephones, and what both of them tell.

mod account_by_digits;
mod agent_lets_it_ring;
mod caller_leaves_while_agent_rings;
mod campaign_of_eight;
mod drain_on_sigterm;
mod handed_to_an_agent;
mod hold_and_codec_change;
mod interrupting_a_prompt;
mod kill_during_campaign;
mod killed_recogniser;
mod log_keeps_quiet;
mod many_calls_by_sipp;
mod menu_by_key;
mod menu_by_speech;
mod message_survives_a_kill;
mod no_agent;
mod not_understood_then_keys;
mod prompt_and_bye;
mod telephones;
mod trades;

use std::path::Path;

/// Asserts that a recording holds a sentence; most of its words must be recognised, in their order.
fn assert_heard(recording: &Path, sentence: &str) {
    let heard = test_harness::hear(recording);
    let share = test_harness::share_heard(&heard, sentence);
    assert!(share >= 0.7, "{sentence:?} should be heard ({share:.2} of it is) in: {heard:?}");
}

/// Asserts that a recording does not hold a sentence.
fn assert_not_heard(recording: &Path, sentence: &str) {
    let heard = test_harness::hear(recording);
    let share = test_harness::share_heard(&heard, sentence);
    assert!(share < 0.5, "{sentence:?} should not be heard ({share:.2} of it is) in: {heard:?}");
}
