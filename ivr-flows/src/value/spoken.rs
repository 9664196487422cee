//! Values as they are read out, by the rules of each language. What is read out is understood again.

use jiff::civil::{Date, Time};
use phonenumber::Mode;

use super::{Value, english};
use crate::language::{Myriad, Speech, Words};

impl Value {
    /// As it is spoken.
    pub(crate) fn spoken(&self, words: &Words) -> String {
        match self {
            Self::Text(text) | Self::Recording(text) => text.clone(),
            Self::Digits(digits) => words.spell(digits),
            Self::Money(hundredths) => words.spell_money(*hundredths),
            Self::Number(number) if *number < 0.0 => format!("{}{}", words.minus(), -number),
            Self::Number(number) => number.to_string(),
            Self::YesNo(yes) => {
                let names = if *yes { words.yes } else { words.no };
                names.first().copied().unwrap_or_default().to_owned()
            }
            Self::Date(date) => words.spell_date(*date),
            Self::Time(time) => words.spell_time(*time),
            Self::DateTime(moment) => {
                let (date, time) = (words.spell_date(moment.date()), words.spell_time(moment.time()));
                match words.speech {
                    Speech::English => format!("{date}, at {time}"),
                    Speech::Myriad(table) => format!("{date}{}{time}", table.told.gap),
                }
            }
            Self::Phone(number) => words.spell_phone(number),
            Self::IdentityCard(number) => {
                let groups = [number.get(..6), number.get(6..14), number.get(14..)];
                match groups {
                    [Some(region), Some(birthday), Some(rest)] => words.in_groups(&[region, birthday, rest]),
                    _ => words.in_groups(&[number.as_str()]),
                }
            }
        }
    }
}

impl Words {
    /// Digits as they are read out, long strings in groups; other characters stay.
    pub(crate) fn spell(&self, text: &str) -> String {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        if !plain {
            return self.one_by_one(text, self.spelt[1]);
        }
        let spelt: Vec<String> = groups(text).iter().map(|group| self.one_by_one(group, self.spelt[1])).collect();
        spelt.join(self.between_groups)
    }

    fn one_by_one(&self, text: &str, one: &str) -> String {
        let spelt = text.chars().map(|c| match c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()) {
            Some(1) => one.to_owned(),
            Some(digit) => self.spelt[digit].to_owned(),
            None => c.to_string(),
        });
        spelt.collect::<Vec<_>>().join(self.between_digits)
    }

    /// Groups of a telephone or card number.
    fn in_groups(&self, groups: &[&str]) -> String {
        let spelt: Vec<String> = groups.iter().map(|group| self.one_by_one(group, self.one_of_lines)).collect();
        spelt.join(self.between_groups)
    }

    /// A telephone number in the groups that its country writes.
    fn spell_phone(&self, number: &str) -> String {
        let written = phonenumber::parse(None, number).ok().filter(phonenumber::is_valid);
        let Some(written) = written.filter(|_| number.starts_with('+')) else {
            let plus = number.strip_prefix('+');
            let digits = plus.unwrap_or(number);
            let parts = match (digits.get(..3), digits.get(3..7), digits.get(7..)) {
                // Mobile numbers of China and Korea.
                (Some(a), Some(b), Some(c)) if c.len() == 4 => vec![a, b, c],
                _ => groups(digits),
            };
            let spelt = self.in_groups(&parts);
            return if plus.is_some() { format!("{}{}{spelt}", self.plus_word(), self.between_digits) } else { spelt };
        };
        let written = written.format().mode(Mode::International).to_string();
        let parts: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        format!("{}{}{}", self.plus_word(), self.between_digits, self.in_groups(&parts))
    }

    fn plus_word(&self) -> &'static str {
        self.plus.first().copied().unwrap_or("+")
    }

    /// An amount in hundredths as it is read out.
    pub(crate) fn spell_money(&self, hundredths: i64) -> String {
        let amount = hundredths.unsigned_abs();
        let minus = if hundredths < 0 { self.minus() } else { "" };
        let (whole, rest) = (amount / 100, amount % 100);
        if let Speech::Myriad(table) = self.speech
            && table.told.says_zero
        {
            return format!("{minus}{}", chinese_money(whole, rest, self.money, table));
        }
        let unit = |count: u64, one: usize| self.money[if count == 1 { one } else { one + 1 }];
        let gap = if self.by_character() { "" } else { " " };
        let mut spoken = format!("{minus}{whole}{gap}{}", unit(whole, 0));
        if rest > 0 {
            spoken.push_str(&format!("{}{rest}{gap}{}", self.money_joint, unit(rest, 2)));
        }
        spoken
    }

    fn minus(&self) -> &'static str {
        match self.speech {
            Speech::English => "minus ",
            Speech::Myriad(table) => table.told.minus,
        }
    }

    /// A day as it is read out: with its weekday and its year.
    fn spell_date(&self, date: Date) -> String {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).expect("0 to 6");
        let month = usize::try_from(date.month() - 1).expect("0 to 11");
        let day = u64::from(date.day().unsigned_abs());
        let year = u64::from(date.year().unsigned_abs());
        match self.speech {
            Speech::English => {
                let (weekday, month) = (english::WEEKDAYS[weekday], english::MONTHS[month]);
                format!("{weekday}, the {} of {month}, {}", english::ordinal(day), english::year(year))
            }
            Speech::Myriad(table) => {
                let told = &table.told;
                let year = if told.says_zero { digit_by_digit(year, table) } else { cardinal(year, table) };
                let (year, month) = (format!("{year}{}", told.year), told.months[month]);
                let day = format!("{}{}", cardinal(day, table), told.day);
                [year.as_str(), month, &day, told.weekdays[weekday]].join(told.gap)
            }
        }
    }

    /// A time of day as it is read out.
    fn spell_time(&self, time: Time) -> String {
        let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
        match self.speech {
            Speech::English => english::time(hour, minute),
            Speech::Myriad(table) => {
                let told = &table.told;
                let part = match hour {
                    0..=5 => 0,
                    6..=11 => 1,
                    12 => 2,
                    13..=17 => 3,
                    _ => 4,
                };
                let hour = told.hours[usize::from(if hour > 12 { hour - 12 } else { hour })];
                let minutes = match minute {
                    0 => String::new(),
                    30 => format!("{}{}", told.gap, told.half),
                    1..=9 if told.says_zero => {
                        format!("{}{}{}", told.digits[0], told.digits[usize::from(minute)], told.minute)
                    }
                    _ => format!("{}{}{}{}", told.gap, cardinal(u64::from(minute), table), told.gap, told.minute),
                };
                format!("{}{}{hour}{minutes}", told.parts[part], told.gap)
            }
        }
    }
}

/// Groups that can be kept in mind: of four where they come out even, otherwise of three, and never a single digit.
fn groups(digits: &str) -> Vec<&str> {
    let size = if digits.len().is_multiple_of(4) { 4 } else { 3 };
    let (mut groups, mut rest) = (Vec::new(), digits);
    while rest.len() > size + 1 {
        let (group, after) = rest.split_at(size);
        groups.push(group);
        rest = after;
    }
    groups.push(rest);
    groups
}

/// A number in words: 一千二百零五, 이십삼.
fn cardinal(number: u64, table: &Myriad) -> String {
    let told = &table.told;
    if number == 0 {
        return told.digits[0].to_owned();
    }
    let (mut spoken, mut gap) = (String::new(), false);
    for big in (0..told.big.len()).rev() {
        let section = number / 10_000_u64.pow(u32::try_from(big).expect("four sections")) % 10_000;
        if section == 0 {
            gap = !spoken.is_empty();
            continue;
        }
        let first = spoken.is_empty();
        for small in (0..4_usize).rev() {
            let unit = 10_u64.pow(u32::try_from(small).expect("four places"));
            let digit = section / unit % 10;
            if digit == 0 {
                gap |= !spoken.is_empty() && !section.is_multiple_of(unit);
                continue;
            }
            if gap && told.says_zero {
                spoken.push_str(told.digits[0]);
            }
            gap = false;
            let lone = if small == 2 { spoken.is_empty() } else { first && section < 20 };
            spoken.push_str(digit_before(digit, small, lone, big, table));
            spoken.push_str(told.small[small]);
        }
        spoken.push_str(told.big[big]);
    }
    spoken
}

/// The digit before a unit: left out in 十二 and in 백, 两 in 两千 and in 两百, but 二 in 一千二百.
fn digit_before(digit: u64, small: usize, first: bool, big: usize, table: &Myriad) -> &'static str {
    let told = &table.told;
    let silent = if told.says_zero { digit == 1 && small == 1 && first } else { digit == 1 && small > 0 };
    match (digit, small) {
        _ if silent => "",
        (2, 3) => told.two_of,
        (2, 2) if first => told.two_of,
        (2, 0) if big > 0 && first => told.two_of,
        _ => told.digits[usize::try_from(digit).expect("a digit")],
    }
}

fn digit_by_digit(number: u64, table: &Myriad) -> String {
    let digits = number.to_string();
    digits.bytes().map(|digit| table.told.digits[usize::from(digit - b'0')]).collect()
}

/// 四十二元五角, 四十二元零五分, 两元.
fn chinese_money(whole: u64, rest: u64, units: [&'static str; 4], table: &Myriad) -> String {
    let told = &table.told;
    let count = |number: u64| if number == 2 { told.two_of.to_owned() } else { cardinal(number, table) };
    // Only the yuan has a word for its tenths.
    let (tenths, hundredths) = if units[2] == "分" { (rest / 10, rest % 10) } else { (0, rest) };
    let mut spoken = if whole > 0 || rest == 0 { format!("{}{}", count(whole), units[0]) } else { String::new() };
    if tenths > 0 {
        spoken.push_str(&format!("{}{}", cardinal(tenths, table), table.tenths.last().copied().unwrap_or_default()));
    }
    if hundredths > 0 {
        let zero = if hundredths < 10 && tenths == 0 && whole > 0 { told.digits[0] } else { "" };
        spoken.push_str(&format!("{zero}{}{}", cardinal(hundredths, table), units[2]));
    }
    spoken
}

#[cfg(test)]
mod tests {
    use call_model::Language;
    use jiff::civil::date;

    use super::*;

    fn said(value: Value, language: &str) -> String {
        value.spoken(Words::of(&Language::new(language)))
    }

    #[test]
    fn digits_are_read_out_one_by_one_in_groups() {
        let digits = |digits: &str, language| said(Value::Digits(digits.to_owned()), language);
        assert_eq!(digits("102", "en"), "one zero two");
        assert_eq!(digits("123456", "en"), "one two three, four five six");
        assert_eq!(digits("1234567", "en"), "one two three, four five six seven");
        assert_eq!(digits("12", "zh"), "一 二");
        assert_eq!(digits("12345678", "zh"), "一 二 三 四，五 六 七 八");
    }

    #[test]
    fn telephone_and_card_numbers_are_read_out_as_they_are_written() {
        assert_eq!(said(Value::Phone("13800138000".into()), "zh"), "幺 三 八，零 零 幺 三，八 零 零 零");
        assert_eq!(said(Value::Phone("+8613800138000".into()), "zh"), "加 八 六，幺 三 八，零 零 幺 三，八 零 零 零");
        assert_eq!(
            said(Value::Phone("+4930901820".into()), "en"),
            "plus four nine, three zero, nine zero one eight two zero"
        );
        let card = said(Value::IdentityCard("11010519491231002X".into()), "zh");
        assert_eq!(card, "幺 幺 零 幺 零 五，幺 九 四 九 幺 二 三 幺，零 零 二 X");
    }

    #[test]
    fn money_is_read_out_with_its_units() {
        let cases = [
            (4210, "en", "42 dollars and 10 cents"),
            (100, "en", "1 dollar"),
            (-300, "en", "minus 3 dollars"),
            (4205, "zh", "四十二元零五分"),
            (4250, "zh", "四十二元五角"),
            (200, "zh", "两元"),
            (120_530, "zh", "一千二百零五元三角"),
            (20_000_000, "zh", "二十万元"),
            (2_000_000, "zh", "两万元"),
            (0, "zh", "零元"),
            (1_500_000, "ko", "15000원"),
        ];
        for (hundredths, language, spoken) in cases {
            assert_eq!(said(Value::Money(hundredths), language), spoken);
        }
    }

    #[test]
    fn dates_and_times_are_read_out_as_people_say_them() {
        let moment = Value::DateTime(date(2027, 5, 5).at(15, 30, 0, 0));
        assert_eq!(
            said(moment.clone(), "en"),
            "Wednesday, the fifth of May, twenty twenty seven, at half past three in the afternoon"
        );
        assert_eq!(said(moment.clone(), "zh"), "二零二七年五月五日星期三下午三点半");
        assert_eq!(said(moment, "ko"), "이천이십칠년 오월 오일 수요일 오후 세 시 반");
        let birthday = Value::Date(date(1905, 10, 31));
        assert_eq!(said(birthday, "en"), "Tuesday, the thirty first of October, nineteen oh five");
        assert_eq!(said(Value::Time(jiff::civil::time(0, 5, 0, 0)), "zh"), "凌晨十二点零五分");
    }
}
