//! Slots of every type: what callers say, what is stored, what is read back, and what cannot be.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use ivr_flows::Flow;
use support::{Caller, findings, flow, replays, yaml_of};

/// A Tuesday.
const NOW: &str = "2026-11-24T10:00:00";

/// A flow that asks for one slot, `it`, and reads it back.
fn asks(language: &str, of: &str) -> Arc<Flow> {
    let ask = format!(
        "  first: {{ ask: {{ slot: it, {of}, say: \"What?\", then: told }} }}\n  told: {{ play: {{ say: \"{{{{ it }}}}\", then: bye }} }}"
    );
    flow(&yaml_of(&ask).replace("language: en", &format!("language: {language}")))
}

/// Says something and gives what is stored and what is read back.
fn says(language: &str, of: &str, said: &str) -> (Option<String>, String) {
    let flow = asks(language, of);
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says(said);
    let found = (caller.slot("it"), caller.last().to_owned());
    replays(&flow, &caller);
    found
}

#[test]
fn slots_of_every_type_are_filled_from_what_people_say() {
    let cases = [
        ("en", "type: number", "a hundred and five", "105", "105"),
        ("en", "type: money", "twenty three dollars fifty", "23.50", "23 dollars and 50 cents"),
        ("en", "type: date", "next wednesday", "2026-12-02", "Wednesday, the second of December, twenty twenty six"),
        ("en", "type: date", "the fifth of may", "2027-05-05", "Wednesday, the fifth of May, twenty twenty seven"),
        ("en", "type: date", "in two weeks", "2026-12-08", "Tuesday, the eighth of December, twenty twenty six"),
        ("en", "type: time", "half past two", "14:30", "half past two in the afternoon"),
        (
            "en",
            "type: date_time",
            "next wednesday at three",
            "2026-12-02T15:00",
            "Wednesday, the second of December, twenty twenty six, at three in the afternoon",
        ),
        (
            "en",
            "type: phone, country: US",
            "two oh two five five five oh one two three",
            "+12025550123",
            "plus one, two zero two, five five five, zero one two three",
        ),
        ("zh", "type: date_time", "下周三下午三点", "2026-12-02T15:00", "二零二六年十二月二日星期三下午三点"),
        ("zh", "type: money", "一千二百零五块三毛", "1205.30", "一千二百零五元三角"),
        ("zh", "type: number", "两百", "200", "200"),
        ("zh", "type: digits, length: 3", "幺三八", "138", "一 三 八"),
        (
            "zh",
            "type: identity_card",
            "幺幺零幺零五 幺九四九幺二三幺 零零二 x",
            "11010519491231002X",
            "幺 幺 零 幺 零 五，幺 九 四 九 幺 二 三 幺，零 零 二 X",
        ),
        (
            "ko",
            "type: date_time",
            "다음 주 수요일 오후 세 시",
            "2026-12-02T15:00",
            "이천이십육년 십이월 이일 수요일 오후 세 시",
        ),
        ("ko", "type: money", "만 오천 원", "15000.00", "15000원"),
        ("ko", "type: money", "사십오만 원이요", "450000.00", "450000원"),
        ("ko", "type: number", "이십삼", "23", "23"),
        ("ko", "type: number", "다섯", "5", "5"),
        ("ko", "type: number", "두 명이요", "2", "2"),
        ("ko", "type: number", "서른여덟 개", "38", "38"),
        ("ko", "type: digits, length: 4", "공 일 이 삼", "0123", "공 일 이 삼"),
        ("ko", "type: date", "다음 달 삼일", "2026-12-03", "이천이십육년 십이월 삼일 목요일"),
        ("ko", "type: date", "다음주 화요일이요", "2026-12-01", "이천이십육년 십이월 일일 화요일"),
    ];
    for (language, of, said, stored, spoken) in cases {
        let found = says(language, of, said);
        assert_eq!(found, (Some(stored.to_owned()), spoken.to_owned()), "{said}");
    }
}

#[test]
fn values_are_pressed_as_well() {
    let cases = [
        ("type: number", "105#", "105"),
        ("type: money", "42*5#", "42.50"),
        ("type: phone, country: US", "2025550123#", "+12025550123"),
    ];
    for (of, keys, stored) in cases {
        let mut caller = Caller::calls_at(&asks("en", of), NOW);
        caller.hears_out().presses(keys);
        assert_eq!(caller.slot("it").as_deref(), Some(stored), "{of}");
    }
}

#[test]
fn a_value_that_cannot_be_is_refused_with_its_reason() {
    let cases = [
        (
            "type: digits, length: 10, checksum: mod_11",
            "one two three four five six seven eight nine three",
            "cannot be right",
        ),
        ("type: digits, pattern: \"4###\"", "five one two three", "cannot be right"),
        ("type: number, min: 1, max: 8", "nine", "It must be 8 or less."),
        ("type: money, max: 100", "two hundred dollars", "It must be 100 dollars or less."),
        ("type: date, in_the: future", "yesterday", "That day is over."),
        ("type: date, in_the: past", "tomorrow", "still to come"),
        ("type: phone, country: CN", "one two three four five six seven", "no such telephone number"),
    ];
    for (of, said, told) in cases {
        let mut caller = Caller::calls_at(&asks("en", of), NOW);
        // A string that may go on is waited for.
        caller.hears_out().says(said).pass(Duration::from_secs(4));
        assert!(caller.last().contains(told), "{said}: {}", caller.last());
        assert!(caller.last().ends_with("What?"), "{said}: {}", caller.last());
        assert_eq!(caller.slot("it"), None, "{said}");
        replays(&asks("en", of), &caller);
    }
}

#[test]
fn the_other_meaning_is_taken_when_the_first_was_declined() {
    let flow = asks("en", "type: time, read_back: \"{{ it }}?\"");
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("at three");
    assert_eq!(caller.last(), "three in the afternoon?");
    caller.says("no").hears_out().says("at three");
    assert_eq!(caller.last(), "three in the morning?");
    caller.says("yes");
    assert_eq!(caller.slot("it").as_deref(), Some("03:00"));
}

#[test]
fn free_speech_is_taken_word_for_word() {
    let flow = asks("en", "type: text");
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out();
    let (_, request) = caller.listening.clone().expect("somebody listens");
    assert!(request.free);
    caller.says("my parcel was wet and late");
    assert_eq!(caller.slot("it").as_deref(), Some("my parcel was wet and late"));
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("agent");
    assert!(caller.queued.is_some());
}

#[test]
fn several_values_are_read_from_one_sentence() {
    let flow = flow(&yaml_of(
        r#"
  first:
    form:
      say: "When, and for how many?"
      slots:
        people: { type: number, min: 1, max: 12, hear: ["{people} people", "for {people}"], say: "How many?" }
        at: { type: date_time, in_the: future, say: "When?" }
      then: bye"#,
    ));
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("five people next wednesday at three");
    assert_eq!(caller.slot("people").as_deref(), Some("5"));
    assert_eq!(caller.slot("at").as_deref(), Some("2026-12-02T15:00"));
}

#[test]
fn conditions_compare_dates_with_today() {
    let flow = flow(&yaml_of(
        r#"
  first: { ask: { slot: day, type: date, say: "Which day?", then: check } }
  check:
    branch:
      - { if: "day > today + 14 days", goto: late }
      - { if: "weekday == 'tuesday' and now < '12:00'", goto: soon }
      - { else: bye }
  late: { play: { say: "That is late.", then: bye } }
  soon: { play: { say: "On a Tuesday morning.", then: bye } }"#,
    ));
    for (said, told) in [("in three weeks", "That is late."), ("tomorrow", "On a Tuesday morning.")] {
        let mut caller = Caller::calls_at(&flow, NOW);
        caller.hears_out().says(said);
        assert_eq!(caller.last(), told);
        replays(&flow, &caller);
    }
}

#[test]
fn a_korean_caller_is_understood_and_answered_in_korean() {
    let flow = asks("ko", "type: digits, length: 4, read_back: \"{{ it }}, 맞습니까?\"");
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("일 이 삼 사");
    assert_eq!(caller.last(), "일 이 삼 사, 맞습니까?");
    caller.says("네 맞아요");
    assert_eq!(caller.slot("it").as_deref(), Some("1234"));
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("상담원");
    assert!(caller.queued.is_some());
}

#[test]
fn a_syllable_of_a_korean_word_is_no_number() {
    for said in ["오늘", "이사했어요", "네"] {
        for of in ["type: number", "type: money"] {
            assert_eq!(says("ko", of, said).0, None, "{said} as {of}");
        }
    }
}

#[test]
fn zones_currencies_and_types_are_checked_when_the_flow_is_loaded() {
    let head = "callwright: 1\nflow: test\nlanguage: en\n";
    let ask = |of: &str| yaml_of(&format!("  first: {{ ask: {{ slot: it, {of}, say: \"What?\", then: bye }} }}"));
    let cases = [
        (format!("{head}zone: Europe/Berlim\n"), "no time zone `Europe/Berlim`", "write `Europe/Berlin`"),
        (format!("{head}currency: XYZ\n"), "no words for the currency `XYZ`", "`EUR`"),
        (ask("type: dat"), "the type `dat`", "write `date`"),
        (ask("type: date, in_the: furure"), "the future or in the past", "in_the: future"),
        (ask("type: phone, country: Germany"), "no country `Germany`", "two letters"),
        (ask("type: digits, length: 3, checksum: crc"), "no checksum `crc`", "`luhn`"),
        (ask("type: digits, pattern: \"4x\""), "no pattern of digits", "any digit"),
        (ask("type: digits, length: 3, pattern: \"4###\""), "has 4 digits", "change the pattern"),
        (ask("type: number, min: 9, max: 1"), "`min` is 9", "swap"),
    ];
    for (yaml, message, fix) in cases {
        let found = findings(&[("flow.yaml", &yaml)]);
        let hit = found.iter().find(|found| found.message.contains(message));
        assert!(hit.is_some_and(|hit| hit.fix.contains(fix) && hit.line > 0), "{yaml}: {found:?}");
    }
}

#[test]
fn two_choices_that_sound_alike_are_warned_of() {
    let menu = |language: &str, a: &str, b: &str| {
        yaml_of(&format!(
            "  first: {{ menu: {{ say: \"?\", choices: {{ a: {{ hear: [{a}], press: \"1\", goto: desk }}, b: {{ hear: [{b}], press: \"2\", goto: bye }} }} }} }}"
        ))
        .replace("language: en", &format!("language: {language}"))
    };
    for (language, a, b, warned) in [
        ("zh", "四", "十", true),
        ("zh", "账单", "投诉", false),
        ("en", "bill", "bell", true),
        ("en", "bill", "complaint", false),
    ] {
        let found = findings(&[("flow.yaml", &menu(language, a, b))]);
        let told = found.iter().any(|found| found.message.contains("sounds like"));
        assert_eq!(told, warned, "{a} {b}: {found:?}");
    }
}

#[test]
fn amounts_are_spoken_in_the_flows_currency() {
    let yaml = yaml_of(
        "  first: { ask: { slot: it, type: money, say: \"How much?\", then: told } }\n  told: { play: { say: \"{{ it }}\", then: bye } }",
    );
    let flow = flow(&yaml.replace("language: en", "language: en\ncurrency: EUR\nzone: Europe/Berlin"));
    let mut caller = Caller::calls_at(&flow, NOW);
    caller.hears_out().says("twenty three euros fifty");
    assert_eq!(caller.last(), "23 euros and 50 cents");
}

#[test]
fn a_stray_digit_before_a_whole_string_is_none_of_it() {
    let cases = [
        ("en", "[unk] one [unk] one two three four", "one two three four"),
        ("zh", "[unk] 一 [unk] 一 二 三 四", "一 二 三 四"),
        ("zh", "一个 [unk] 一 二 三 四", "一 二 三 四"),
    ];
    for (language, said, told) in cases {
        let ask = "  first:\n    ask: { slot: account, type: digits, length: 4, say: \"?\", then: bye }";
        let flow = support::flow(&support::yaml_of(ask).replace("language: en", &format!("language: {language}")));
        let mut caller = Caller::calls(&flow);
        caller.says(said);
        assert!(caller.last().contains(told), "{language} {said}: {}", caller.last());
        caller.presses("1").hears_all();
        assert_eq!(caller.slot("account").as_deref(), Some("1234"), "{said}");
    }
}
