//! Forms that take an amount and digits: which number belongs where, and which is corrected.
#![allow(clippy::disallowed_methods)]

mod support;

use support::{Caller, flow, yaml_of};

const TRANSFER: &str = r#"
  first:
    form:
      say: "转多少钱，转到哪里，哪一天？"
      read_back: "{{ day }}转{{ amount }}到{{ target }}，对吗？"
      slots:
        amount: { type: money, label: "金额", hear: ["转{amount}"], say: "转多少钱？" }
        target: { type: digits, length: 4, label: "尾号", hear: ["尾号{target}"], say: "尾号是多少？" }
        day: { type: date, in_the: future, label: "日期", say: "哪一天？" }
      then: bye"#;

const DEPOSIT: &str = r#"
  first:
    form:
      say: "How much, and for how many?"
      read_back: "{{ amount }} for {{ guests }}. Right?"
      slots:
        amount: { type: money, say: "How much?" }
        guests: { type: number, hear: ["for {guests}"], say: "For how many?" }
      then: bye"#;

fn chinese() -> Caller {
    let yaml = yaml_of(TRANSFER).replace("language: en", "language: zh");
    Caller::calls_at(&flow(&yaml), "2026-11-24T10:00:00")
}

fn english() -> Caller {
    Caller::calls_at(&flow(&yaml_of(DEPOSIT)), "2026-11-24T10:00:00")
}

fn slots(caller: &Caller, names: [&str; 2]) -> [String; 2] {
    names.map(|slot| caller.slot(slot).unwrap_or_default())
}

#[test]
fn a_number_with_its_units_corrects_the_amount_and_not_the_digits() {
    for correction in ["不对是三千二", "不是两千三是三千二", "不是两千三三千二"] {
        let mut caller = chinese();
        caller.says("转两千三百块到尾号幺零二四下周三");
        assert_eq!(slots(&caller, ["amount", "target"]), ["2300.00", "1024"]);
        caller.says(correction);
        assert_eq!(slots(&caller, ["amount", "target"]), ["3200.00", "1024"], "{correction}: {:?}", caller.turns());
    }
}

#[test]
fn digits_correct_the_digits() {
    let mut caller = chinese();
    caller.says("转两千三百块到尾号幺零二四下周三").says("不对尾号二零四八");
    assert_eq!(slots(&caller, ["amount", "target"]), ["2300.00", "2048"]);
    caller.says("不是二零四八是五五六六");
    assert_eq!(slots(&caller, ["amount", "target"]), ["2300.00", "5566"]);
}

#[test]
fn the_value_that_is_denied_says_which_slot_is_corrected() {
    let mut caller = english();
    caller.says("fifty dollars for four");
    assert_eq!(slots(&caller, ["amount", "guests"]), ["50.00", "4"]);
    caller.says("no not fifty sixty");
    assert_eq!(slots(&caller, ["amount", "guests"]), ["60.00", "4"], "{:?}", caller.turns());
    caller.says("not four five");
    assert_eq!(slots(&caller, ["amount", "guests"]), ["60.00", "5"], "{:?}", caller.turns());
}

#[test]
fn digits_may_stand_right_before_an_amount() {
    for said in ["尾号幺零二四两千三百块下周三", "下周三转两千三百块到尾号幺零二四"] {
        let mut caller = chinese();
        caller.says(said);
        assert_eq!(slots(&caller, ["amount", "target"]), ["2300.00", "1024"], "{said}: {:?}", caller.turns());
        assert_eq!(caller.slot("day").as_deref(), Some("2026-12-02"), "{said}");
    }
}

#[test]
fn a_numeral_within_other_words_is_no_amount() {
    for said in ["我想一想", "等一会", "哪一天都行", "明天下午一点"] {
        let mut caller = chinese();
        caller.says(said);
        assert_eq!(caller.slot("amount"), None, "{said}: {:?}", caller.turns());
    }
    let mut caller = chinese();
    caller.says("尾号幺零二四下周三");
    assert_eq!(caller.last(), "转多少钱？");
    caller.says("三千二");
    assert_eq!(slots(&caller, ["amount", "target"]), ["3200.00", "1024"]);
}
