//! Sentences and what is found in them.

use call_model::Language;
use jiff::civil::{DateTime, date};

use super::*;

/// A Tuesday, ten in the morning.
const NOW: DateTime = date(2026, 11, 24).at(10, 0, 0, 0);

fn words(language: &str) -> &'static Words {
    Words::of(&Language::new(language))
}

/// What is found first, as it is stored.
fn first(of: &SlotType, spoken: &str, language: &str) -> Option<String> {
    of.find(spoken, words(language), Some(NOW)).first().map(|found| found.value.raw())
}

fn expect(of: &SlotType, language: &str, cases: &[(&str, &str)]) {
    for (spoken, value) in cases {
        let found = of.find(spoken, words(language), Some(NOW));
        let raw = found.first().map(|found| found.value.raw()).unwrap_or_default();
        assert_eq!(raw, *value, "{spoken}: {found:?}");
    }
}

fn digits(min: usize, max: usize) -> SlotType {
    SlotType::Digits(DigitRules { min, max, checksum: None, patterns: Vec::new() })
}

const NUMBER: SlotType = SlotType::Number(Limits { min: None, max: None });
const MONEY: SlotType = SlotType::Money(Limits { min: None, max: None });
const DATE: SlotType = SlotType::Date(Lies::Anywhere);
const MOMENT: SlotType = SlotType::DateTime(Lies::Anywhere);

#[test]
fn numbers_are_understood_in_words_and_figures() {
    expect(
        &NUMBER,
        "en",
        &[
            ("a hundred and five", "105"),
            ("twenty-three", "23"),
            ("one thousand two hundred and five", "1205"),
            ("twelve hundred", "1200"),
            ("two hundred thousand and one", "200001"),
            ("three point one four", "3.14"),
            ("minus two and a half", "-2.5"),
            ("one point five million", "1500000"),
            ("i want 42 please", "42"),
            ("1,205.5", "1205.5"),
            ("zero", "0"),
            ("twelve fifty", "1250"),
        ],
    );
    expect(
        &NUMBER,
        "zh",
        &[
            ("两百", "200"),
            ("一千二百零五", "1205"),
            ("一百五", "150"),
            ("三万五", "35000"),
            ("一百零五", "105"),
            ("十二", "12"),
            ("三点一四", "3.14"),
            ("负五", "-5"),
            ("一亿两千万", "120000000"),
            ("二零二七", "2027"),
            ("零", "0"),
            ("我要两个", "2"),
            ("幺三八", "138"),
        ],
    );
    expect(
        &NUMBER,
        "ko",
        &[("이십삼", "23"), ("백오", "105"), ("만 오천", "15000"), ("천이백 개", "1200"), ("영", "0")],
    );
}

#[test]
fn money_is_understood_as_people_say_it() {
    expect(
        &MONEY,
        "en",
        &[
            ("twenty three dollars fifty", "23.50"),
            ("twenty three euros fifty", "23.50"),
            ("a hundred and five", "105.00"),
            ("a hundred and five dollars and ten cents", "105.10"),
            ("fifty cents", "0.50"),
            ("two fifty", "2.50"),
            ("$42.10", "42.10"),
            ("a dollar", "1.00"),
            ("one point five million dollars", "1500000.00"),
        ],
    );
    expect(
        &MONEY,
        "zh",
        &[
            ("一千二百零五块三毛", "1205.30"),
            ("两百", "200.00"),
            ("三块五", "3.50"),
            ("三块两毛五", "3.25"),
            ("五毛", "0.50"),
            ("两块钱", "2.00"),
            ("四十二元零五分", "42.05"),
            ("十块零五分", "10.05"),
            ("一万两千元", "12000.00"),
            ("42.5元", "42.50"),
        ],
    );
    expect(&MONEY, "ko", &[("만 오천 원", "15000.00"), ("이만삼천원", "23000.00"), ("15000원", "15000.00")]);
}

#[test]
fn a_numeral_within_other_words_is_no_money() {
    let none = [
        ("我想一想", "zh"),
        ("等一会", "zh"),
        ("哪一天都行", "zh"),
        ("明天下午一点", "zh"),
        ("下周三", "zh"),
        ("[unk] 一 [unk]", "zh"),
        ("半小时后", "zh"),
        ("中午十二点", "zh"),
        ("五分钟", "zh"),
        ("二十号", "zh"),
        ("one moment please", "en"),
        ("this one", "en"),
    ];
    for (spoken, language) in none {
        assert_eq!(MONEY.find(spoken, words(language), Some(NOW)), [], "{spoken}");
    }
    expect(
        &MONEY,
        "zh",
        &[
            ("一百", "100.00"),
            ("三千二", "3200.00"),
            ("五", "5.00"),
            ("不是五", "5.00"),
            ("我要转一块", "1.00"),
            ("一想转五百", "500.00"),
            ("我要转十", ""),
            ("我要转十五", "15.00"),
        ],
    );
    expect(&MONEY, "en", &[("one", "1.00"), ("no not one", "1.00"), ("one dollar", "1.00"), ("pay fifty", "50.00")]);
}

#[test]
fn another_currency_than_the_flows_is_less_certain() {
    let euros = words("en").in_currency("EUR").unwrap();
    let loss = |spoken, words| MONEY.find(spoken, words, None)[0].certainty_loss;
    assert_eq!(loss("twenty three euros fifty", euros), 0);
    assert!(loss("twenty three dollars fifty", euros) >= 40);
    assert_eq!(Value::Money(2350).spoken(euros), "23 euros and 50 cents");
}

#[test]
fn days_are_understood_by_the_callers_calendar() {
    expect(
        &DATE,
        "en",
        &[
            ("next wednesday", "2026-12-02"),
            ("on wednesday", "2026-11-25"),
            ("this friday", "2026-11-27"),
            ("the fifth of may", "2027-05-05"),
            ("may the fifth", "2027-05-05"),
            ("may five twenty twenty eight", "2028-05-05"),
            ("the twenty first of march nineteen eighty four", "1984-03-21"),
            ("wednesday the second of december", "2026-12-02"),
            ("in two weeks", "2026-12-08"),
            ("two weeks from today", "2026-12-08"),
            ("a week on friday", "2026-12-04"),
            ("tomorrow", "2026-11-25"),
            ("the day after tomorrow", "2026-11-26"),
            ("three days ago", "2026-11-21"),
            ("the fifth", "2026-12-05"),
            ("the fifth of next month", "2026-12-05"),
            ("in a month", "2026-12-24"),
            ("2027-01-31", "2027-01-31"),
            ("5th of May 2027", "2027-05-05"),
        ],
    );
    expect(
        &DATE,
        "zh",
        &[
            ("下周三", "2026-12-02"),
            ("下个星期三", "2026-12-02"),
            ("周三", "2026-11-25"),
            ("这周五", "2026-11-27"),
            ("五月五号", "2027-05-05"),
            ("二零二七年五月五日", "2027-05-05"),
            ("明年一月一日", "2027-01-01"),
            ("2027年5月5日", "2027-05-05"),
            ("五号", "2026-12-05"),
            ("下个月五号", "2026-12-05"),
            ("两周后", "2026-12-08"),
            ("三天以后", "2026-11-27"),
            ("一个月之后", "2026-12-24"),
            ("大后天", "2026-11-27"),
            ("三天前", "2026-11-21"),
            ("我想约下週三", "2026-12-02"),
            ("月底", "2026-11-30"),
            ("这个月底吧", "2026-11-30"),
            ("下个月底", "2026-12-31"),
            ("二月底", "2027-02-28"),
            ("十一月底", "2026-11-30"),
            ("明年六月底", "2027-06-30"),
        ],
    );
    expect(
        &DATE,
        "ko",
        &[
            ("다음 주 수요일", "2026-12-02"),
            ("수요일에요", "2026-11-25"),
            ("오월 오일", "2027-05-05"),
            ("오월 십일", "2027-05-10"),
            ("오월 십일일", "2027-05-11"),
            ("유월 삼십일", "2027-06-30"),
            ("내일", "2026-11-25"),
            ("이 주 후", "2026-12-08"),
            ("이천이십칠년 시월 삼일", "2027-10-03"),
        ],
    );
}

#[test]
fn times_are_understood() {
    expect(
        &SlotType::Time,
        "en",
        &[
            ("half past two", "14:30"),
            ("at three", "15:00"),
            ("at nine", "09:00"),
            ("nine in the evening", "21:00"),
            ("quarter to nine", "08:45"),
            ("twenty past eight", "08:20"),
            ("three thirty p m", "15:30"),
            ("3pm", "15:00"),
            ("15:30", "15:30"),
            ("three oh five", "15:05"),
            ("noon", "12:00"),
            ("fifteen thirty", "15:30"),
            ("six o'clock in the morning", "06:00"),
            ("in twenty minutes", "10:20"),
        ],
    );
    expect(
        &SlotType::Time,
        "zh",
        &[
            ("下午三点", "15:00"),
            ("三点半", "15:30"),
            ("两点一刻", "14:15"),
            ("差五分九点", "08:55"),
            ("晚上八点零五分", "20:05"),
            ("中午", "12:00"),
            ("中午十二点半", "12:30"),
            ("早上六点", "06:00"),
            ("十五点三十分", "15:30"),
            ("半小时后", "10:30"),
        ],
    );
    expect(
        &SlotType::Time,
        "ko",
        &[
            ("오후 세 시 반", "15:30"),
            ("열두 시", "12:00"),
            ("오전 열한 시 이십 분", "11:20"),
            ("저녁 여덟 시에", "20:00"),
        ],
    );
}

#[test]
fn days_and_times_are_understood_together() {
    expect(
        &MOMENT,
        "en",
        &[
            ("next wednesday at three", "2026-12-02T15:00"),
            ("at three on wednesday", "2026-11-25T15:00"),
            ("tomorrow morning at eight thirty", "2026-11-25T08:30"),
            ("tonight at eight", "2026-11-24T20:00"),
            ("today at nine", "2026-11-24T21:00"),
            ("on the fifth of may at half past two", "2027-05-05T14:30"),
            ("in two hours", "2026-11-24T12:00"),
        ],
    );
    expect(
        &MOMENT,
        "zh",
        &[
            ("下周三下午三点", "2026-12-02T15:00"),
            ("明天早上八点半", "2026-11-25T08:30"),
            ("今晚八点", "2026-11-24T20:00"),
            ("明早九点", "2026-11-25T09:00"),
            ("五月五号两点", "2027-05-05T14:00"),
            ("两个小时后", "2026-11-24T12:00"),
        ],
    );
    expect(&MOMENT, "ko", &[("다음 주 수요일 오후 세 시", "2026-12-02T15:00")]);
}

#[test]
fn what_can_be_two_things_is_offered_as_both() {
    let found = MOMENT.find("tomorrow at three", words("en"), Some(NOW));
    let raw: Vec<String> = found.iter().map(|found| found.value.raw()).collect();
    assert_eq!(raw, ["2026-11-25T15:00", "2026-11-25T03:00"]);
    assert!(found[0].certainty_loss < found[1].certainty_loss);
}

#[test]
fn digits_and_telephone_numbers_are_understood() {
    let account = digits(3, 12);
    expect(
        &account,
        "en",
        &[
            ("one oh two", "102"),
            ("double four seven", "447"),
            ("twenty three forty five", "2345"),
            ("eight hundred five five five", "800555"),
            ("my number is 123 456", "123456"),
        ],
    );
    let doubled = [("双幺三", "113"), ("一三四个八", "138888"), ("两个六三个五", "66555"), ("尾号三个零", "000")];
    expect(&account, "zh", &doubled);
    expect(&account, "zh", &[("幺三八", "138"), ("两零三", "203"), ("一三八 零零", "13800")]);
    expect(&account, "ko", &[("공일공 일이삼사", "0101234"), ("일 이 삼", "123")]);
    let phone = SlotType::Phone(phone::Country::named("CN"));
    assert_eq!(first(&phone, "幺三八零零幺三八零零零", "zh").as_deref(), Some("+8613800138000"));
    let phone = SlotType::Phone(phone::Country::named("DE"));
    assert_eq!(first(&phone, "plus four nine three oh nine oh one eight two oh", "en").as_deref(), Some("+4930901820"));
    let card = first(&SlotType::IdentityCard, "一一零一零五一九四九一二三一零零二 x", "zh");
    assert_eq!(card.as_deref(), Some("11010519491231002X"));
}

#[test]
fn an_amount_behind_digits_is_none_of_them() {
    let four = digits(4, 4);
    expect(
        &four,
        "en",
        &[
            ("one oh two four two hundred dollars", "1024"),
            ("ten twenty four fifty euros", "1024"),
            ("twenty three hundred", "2300"),
            ("one two three four five", "12345"),
            ("twenty three forty five fifty", "234550"),
        ],
    );
    expect(
        &four,
        "zh",
        &[
            ("尾号幺零二四，两千三百块", "1024"),
            ("幺零二四五十块", "1024"),
            ("幺零二四三块五", "1024"),
            ("幺零二四五", "10245"),
        ],
    );
    expect(&digits(3, 12), "en", &[("eight hundred five five five", "800555")]);
}

#[test]
fn several_values_in_one_sentence_say_where_they_stand() {
    let sentence = "five people on the fifth of may at half past two";
    let found = MOMENT.find(sentence, words("en"), Some(NOW));
    assert_eq!(found[0].span, (2, 11));
    let found = NUMBER.find(sentence, words("en"), Some(NOW));
    assert_eq!((found[0].value.clone(), found[0].span), (Value::Number(5.0), (0, 1)));
}

#[test]
fn without_the_callers_time_nothing_is_found_that_depends_on_it() {
    assert_eq!(DATE.find("tomorrow", words("en"), None), []);
    let absolute = DATE.find("the fifth of may 2027", words("en"), None);
    assert_eq!(absolute[0].value.raw(), "2027-05-05");
}

#[test]
fn a_refusal_is_told_in_the_callers_language() {
    let account = digits(6, 6);
    let refusal = account.check(&Value::Digits("12345".into()), None).unwrap_err();
    assert_eq!(refusal.spoken(words("en")), "I heard 5 digits, but need 6.");
    assert_eq!(refusal.spoken(words("zh")), "我听到5位数字，但是需要6位。");
    let past = SlotType::Date(Lies::Ahead);
    assert_eq!(past.check(&Value::Date(date(2026, 11, 23)), Some(NOW)), Err(Refusal::Over));
    let limits = SlotType::Money(Limits { min: None, max: Some(100.0) });
    let refusal = limits.check(&Value::Money(10_001), None).unwrap_err();
    assert_eq!(refusal.spoken(words("en")), "It must be 100 dollars or less.");
    let card = SlotType::IdentityCard.check(&Value::IdentityCard("110105194912310021".into()), None);
    assert_eq!(card, Err(Refusal::NoCard));
}

#[test]
fn grammars_hold_the_words_of_their_type() {
    let phrases = MOMENT.phrases(words("en"));
    for word in ["wednesday", "next", "fifth", "may", "half past", "three"] {
        assert!(phrases.iter().any(|phrase| phrase == word), "{word}");
    }
    let phrases = MOMENT.phrases(words("zh"));
    for word in ["下周", "三", "下午", "点", "月", "号"] {
        assert!(phrases.iter().any(|phrase| phrase == word), "{word}");
    }
}

#[test]
fn long_strings_are_listened_for_digit_after_digit() {
    let long = digits(6, 6).phrases(words("en"));
    assert!(long.iter().any(|phrase| phrase.contains("seven eight")), "{long:?}");
    let short = digits(1, 1).phrases(words("en"));
    assert!(short.iter().all(|phrase| !phrase.contains(' ')), "{short:?}");
}

#[test]
fn one_that_stands_for_something_is_no_number() {
    let number = SlotType::Number(Limits::default());
    assert_eq!(number.find("no i do not have one", words("en"), None), []);
    let found = number.find("i want one", words("en"), None);
    assert_eq!(found.first().map(|found| found.value.clone()), Some(Value::Number(1.0)));
}

/// What is read out is understood again as the same value.
fn survives(of: &SlotType, value: &Value, language: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    let spoken = value.spoken(words(language));
    let found = of.find(&spoken, words(language), Some(NOW));
    proptest::prop_assert_eq!(
        found.first().map(|found| &found.value),
        Some(value),
        "{} {}: {:?}",
        language,
        spoken,
        found
    );
    proptest::prop_assert_eq!(found[0].span, (0, tokens(&spoken).len()), "{}: the whole of {}", language, spoken);
    Ok(())
}

const LANGUAGES: [&str; 3] = ["en", "zh", "ko"];

proptest::proptest! {
    #[test]
    fn digits_survive_being_read_out(number in "[0-9]{2,24}") {
        for language in LANGUAGES {
            survives(&digits(2, 24), &Value::Digits(number.clone()), language)?;
        }
    }

    #[test]
    fn numbers_survive_being_read_out(hundredths in -1_000_000_000_i64..1_000_000_000) {
        for language in LANGUAGES {
            survives(&NUMBER, &Value::Number(hundredths as f64 / 100.0), language)?;
            survives(&NUMBER, &Value::Number((hundredths / 100) as f64), language)?;
        }
    }

    #[test]
    fn money_survives_being_read_out(hundredths in -100_000_000_i64..100_000_000) {
        for language in LANGUAGES {
            survives(&MONEY, &Value::Money(hundredths), language)?;
            survives(&MONEY, &Value::Money(hundredths / 10_000 * 100), language)?;
        }
    }

    #[test]
    fn money_of_every_currency_survives_being_read_out(hundredths in -100_000_000_i64..100_000_000) {
        for words in LANGUAGES.map(words).into_iter().flat_map(|words| words.currencies().into_iter().map(|code| words.in_currency(code).unwrap())) {
            let spoken = Value::Money(hundredths).spoken(words);
            let found = MONEY.find(&spoken, words, Some(NOW));
            proptest::prop_assert_eq!(found.first().map(|found| &found.value), Some(&Value::Money(hundredths)), "{}: {:?}", spoken, found);
            proptest::prop_assert_eq!(found[0].certainty_loss, 0, "{}", spoken);
        }
    }

    #[test]
    fn dates_survive_being_read_out(year in 1800_i16..2199, day in 1_i16..=365) {
        let date = date(year, 1, 1).with().day_of_year(day).build().unwrap();
        for language in LANGUAGES {
            survives(&DATE, &Value::Date(date), language)?;
        }
    }

    #[test]
    fn times_survive_being_read_out(hour in 0_i8..24, minute in 0_i8..60, days in 0_i32..4000) {
        let time = jiff::civil::time(hour, minute, 0, 0);
        let day = NOW.date().checked_add(jiff::Span::new().days(days + 1)).unwrap();
        for language in LANGUAGES {
            survives(&SlotType::Time, &Value::Time(time), language)?;
            survives(&MOMENT, &Value::DateTime(day.to_datetime(time)), language)?;
        }
    }

    #[test]
    fn telephone_numbers_survive_being_read_out(number in "1[3-9][0-9]{9}", local in "[1-9][0-9]{4,13}") {
        let abroad = format!("+86{number}");
        for language in LANGUAGES {
            survives(&SlotType::Phone(None), &Value::Phone(local.clone()), language)?;
            if phone::e164(&abroad, None).as_deref() == Some(abroad.as_str()) {
                survives(&SlotType::Phone(phone::Country::named("CN")), &Value::Phone(abroad.clone()), language)?;
                survives(&SlotType::Phone(None), &Value::Phone(abroad.clone()), language)?;
            }
        }
    }

    #[test]
    fn identity_cards_survive_being_read_out(region in "[1-6][0-9]{5}", day in 0_i32..40_000, order in "[0-9]{3}") {
        let birthday = date(1900, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let number = format!("{region}{}{order}", birthday.strftime("%Y%m%d"));
        let number = format!("{number}{}", char::from(identity::check_digit(number.as_bytes())));
        for language in LANGUAGES {
            survives(&SlotType::IdentityCard, &Value::IdentityCard(number.clone()), language)?;
        }
        proptest::prop_assert_eq!(SlotType::IdentityCard.check(&Value::IdentityCard(number), Some(NOW)), Ok(()));
    }

    #[test]
    fn any_sentence_is_survived(
        spoken in "([a-z]{1,9}|[0-9.,:]{1,6}|(two|hundred|oh|double|half|past|the|of|may|next|week|in|and|point|minus|at)|[两百一点半下周三月号后天块毛零幺差十万亿]{1,6}|[오월일시후다음이십백만 ]{1,6}| |\\[unk\\]){0,30}",
    ) {
        let types = [
            digits(1, 20), NUMBER, MONEY, DATE, SlotType::Time, MOMENT, SlotType::Date(Lies::Behind), SlotType::Phone(None),
            SlotType::Phone(phone::Country::named("DE")), SlotType::IdentityCard, SlotType::Text,
        ];
        for (of, language) in types.iter().flat_map(|of| LANGUAGES.map(|language| (of, language))) {
            let count = tokens(&spoken).len();
            for found in of.find(&spoken, words(language), Some(NOW)) {
                proptest::prop_assert!(found.span.0 < found.span.1 && found.span.1 <= count, "{:?}", found);
                let _ = (of.check(&found.value, Some(NOW)), found.value.spoken(words(language)));
            }
        }
    }
}

#[test]
fn one_of_something_is_no_digit_of_a_string() {
    expect(
        &digits(4, 4),
        "zh",
        &[
            ("一个问题是一二三四", "1234"),
            ("一个八两个三一个五", "8335"),
            ("我有一个账号尾号幺零二四", "1024"),
            ("一二三一", "1231"),
            ("一一一一", "1111"),
        ],
    );
}
