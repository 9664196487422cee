//! Figures said in Mandarin.

use super::figure::{Amount, Currency, Figure, Half};
use super::in_groups;

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
/// Words that count: before these a lone 2 is 两.
const MEASURES: [&str; 42] = [
    "个", "位", "天", "次", "张", "条", "件", "本", "年", "周", "星期", "小时", "分钟", "秒", "元", "块", "人", "名",
    "台", "辆", "份", "封", "笔", "项", "种", "遍", "倍", "米", "公里", "公斤", "斤", "家", "间", "部", "步", "句",
    "岁", "套", "双", "只", "点", "分",
];

/// Says a figure; its neighbours decide between 二 and 两, and whether a figure before 年 is a year.
pub(super) fn say(figure: &Figure, before: Option<char>, after: &str) -> String {
    match figure {
        Figure::Number(amount) => number(amount, before, after),
        Figure::Range(from, to) => format!("{}到{}", decimal(from), counted(to, after)),
        Figure::Percent(amount) => {
            let minus = if amount.negative { "负" } else { "" };
            format!("{minus}百分之{}", decimal(&Amount { negative: false, ..amount.clone() }))
        }
        Figure::Money { currency, amount } => money(*currency, amount),
        Figure::Ordinal(value) => format!("第{}", cardinal(*value)),
        Figure::Date { year, month, day } => {
            let (month, day) = (cardinal(u64::from(*month)), cardinal(u64::from(*day)));
            format!("{}年{month}月{day}日", one_by_one(&year.to_string(), '一'))
        }
        Figure::Time { hour, minute, half } => time(*hour, *minute, *half),
        Figure::Digits { plus, groups } => digits(groups, *plus),
    }
}

fn number(amount: &Amount, before: Option<char>, after: &str) -> String {
    let is_year = after.starts_with('年') && (1000..=2999).contains(&amount.whole) && amount.fraction.is_empty();
    if is_year && !amount.negative {
        return one_by_one(&amount.whole.to_string(), '一');
    }
    if amount.negative && (after.starts_with('度') || after.starts_with('℃')) {
        return format!("零下{}", decimal(&Amount { negative: false, ..amount.clone() }));
    }
    if before == Some('第') {
        return decimal(amount);
    }
    counted(amount, after)
}

/// A number before what it counts.
fn counted(amount: &Amount, after: &str) -> String {
    if amount.is_two() && MEASURES.iter().any(|measure| after.starts_with(measure)) {
        return "两".to_owned();
    }
    decimal(amount)
}

/// `20_105` is 两万零一百零五.
pub(super) fn cardinal(value: u64) -> String {
    if value == 0 {
        return "零".to_owned();
    }
    // Groups of four digits, the highest first.
    let groups = [
        value / 10_u64.pow(16),
        value / 10_u64.pow(12) % 10_000,
        value / 10_u64.pow(8) % 10_000,
        value / 10_000 % 10_000,
        value % 10_000,
    ];
    let scales = ["亿亿", "万亿", "亿", "万", ""];
    let mut words = String::new();
    let mut gap = false;
    for (at, (group, scale)) in groups.into_iter().zip(scales).enumerate() {
        if group == 0 {
            gap = true;
            continue;
        }
        let first = words.is_empty();
        if !first && (gap || group < 1000) {
            words.push('零');
        }
        gap = false;
        if group == 2 && !scale.is_empty() {
            words.push('两');
        } else {
            words.push_str(&below_ten_thousand(group, first));
        }
        // 一万二千亿, not 一万亿二千亿: 亿 closes both of its groups.
        let closes_with_next = scale == "万亿" && groups[at + 1] != 0;
        words.push_str(if closes_with_next { "万" } else { scale });
    }
    words
}

fn below_ten_thousand(value: u64, first: bool) -> String {
    let mut words = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = value / unit % 10;
        if digit == 0 {
            gap = true;
            continue;
        }
        if gap && !words.is_empty() {
            words.push('零');
        }
        gap = false;
        match (digit, unit) {
            // 十五, but 一百一十五.
            (1, 10) if first && value < 100 => {}
            (2, 1000) => words.push('两'),
            (digit, _) => words.push(DIGITS[digit as usize]),
        }
        words.push_str(name);
    }
    words
}

fn decimal(amount: &Amount) -> String {
    let mut words = String::new();
    if amount.negative {
        words.push('负');
    }
    words.push_str(&cardinal(amount.whole));
    if !amount.fraction.is_empty() {
        words.push('点');
        words.push_str(&one_by_one(&amount.fraction, '一'));
    }
    words
}

fn money(currency: Currency, amount: &Amount) -> String {
    let name = match currency {
        Currency::Dollar => "美元",
        Currency::Euro => "欧元",
        Currency::Pound => "英镑",
        Currency::Yen => "日元",
        Currency::Yuan | Currency::YuanOrYen => return yuan(amount),
    };
    let short = Amount { fraction: amount.fraction.trim_end_matches('0').to_owned(), ..amount.clone() };
    let count = if short.is_two() { "两".to_owned() } else { decimal(&short) };
    format!("{count}{name}")
}

/// 42.50 is 四十二元五角, 42.05 is 四十二元零五分.
fn yuan(amount: &Amount) -> String {
    let Some(hundredths) = amount.hundredths() else {
        return format!("{}元", decimal(amount));
    };
    let mut words = String::new();
    if amount.negative {
        words.push('负');
    }
    let (jiao, fen) = (hundredths / 10, hundredths % 10);
    match amount.whole {
        0 if hundredths > 0 => {}
        2 => words.push_str("两元"),
        whole => {
            words.push_str(&cardinal(whole));
            words.push('元');
        }
    }
    if jiao > 0 {
        words.push(DIGITS[jiao as usize]);
        words.push('角');
    }
    if fen > 0 {
        if jiao == 0 && amount.whole > 0 {
            words.push('零');
        }
        words.push(DIGITS[fen as usize]);
        words.push('分');
    }
    words
}

fn time(hour: u8, minute: u8, half: Option<Half>) -> String {
    let hour = match (half, hour) {
        (Some(Half::Am), 12) => 0,
        (Some(Half::Pm), 1..=11) => hour + 12,
        _ => hour,
    };
    let part = match hour {
        0..=5 => "凌晨",
        6..=11 => "上午",
        12 => "中午",
        13..=17 => "下午",
        _ => "晚上",
    };
    let shown = if hour > 12 { hour - 12 } else { hour };
    let oclock = if shown == 2 { "两".to_owned() } else { cardinal(u64::from(shown)) };
    match minute {
        0 => format!("{part}{oclock}点"),
        1..=9 => format!("{part}{oclock}点零{}分", cardinal(u64::from(minute))),
        _ => format!("{part}{oclock}点{}分", cardinal(u64::from(minute))),
    }
}

/// Digit by digit with 幺 for 1, in the groups in which numbers are told on the telephone.
pub(super) fn digits(groups: &[String], plus: bool) -> String {
    let cut = match groups {
        [all] if all.len() == 11 => vec![all[..3].to_owned(), all[3..7].to_owned(), all[7..].to_owned()],
        [all] if all.len() > 5 => in_groups(all, 4),
        _ => groups.to_vec(),
    };
    let spoken: Vec<String> = cut.iter().map(|group| one_by_one(group, '幺')).collect();
    format!("{}{}", if plus { "加" } else { "" }, spoken.join("，"))
}

fn one_by_one(digits: &str, one: char) -> String {
    let said = |b: u8| if b == b'1' { one } else { DIGITS[usize::from(b - b'0')] };
    digits.bytes().filter(u8::is_ascii_digit).map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_zeros_and_their_liang() {
        let cases = [
            (0, "零"),
            (2, "二"),
            (10, "十"),
            (15, "十五"),
            (20, "二十"),
            (100, "一百"),
            (105, "一百零五"),
            (115, "一百一十五"),
            (200, "二百"),
            (2000, "两千"),
            (1005, "一千零五"),
            (1050, "一千零五十"),
            (10_010, "一万零一十"),
            (20_000, "两万"),
            (22_222, "两万两千二百二十二"),
            (100_000, "十万"),
            (105_000, "十万五千"),
            (100_500, "十万零五百"),
            (120_000, "十二万"),
            (100_000_005, "一亿零五"),
            (100_005_000, "一亿零五千"),
            (200_000_000, "两亿"),
            (1_200_000_000_000, "一万两千亿"),
            (3_000_000_000_000, "三万亿"),
        ];
        for (value, words) in cases {
            assert_eq!(cardinal(value), words, "{value}");
        }
    }

    #[test]
    fn yuan_are_said_with_jiao_and_fen() {
        let yuan_of = |whole, fraction: &str| yuan(&Amount { negative: false, whole, fraction: fraction.to_owned() });
        assert_eq!(yuan_of(42, "55"), "四十二元五角五分");
        assert_eq!(yuan_of(0, "05"), "五分");
        assert_eq!(yuan_of(0, ""), "零元");
        assert_eq!(yuan_of(3, "125"), "三点一二五元");
    }

    #[test]
    fn times_have_their_part_of_the_day() {
        assert_eq!(time(9, 5, None), "上午九点零五分");
        assert_eq!(time(0, 15, None), "凌晨零点十五分");
        assert_eq!(time(12, 0, None), "中午十二点");
        assert_eq!(time(20, 0, None), "晚上八点");
        assert_eq!(time(2, 0, Some(Half::Pm)), "下午两点");
    }
}
