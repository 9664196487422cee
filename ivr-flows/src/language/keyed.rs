//! How days and times are keyed in, language by language.

use call_model::Language;

/// How days and times are keyed in.
#[derive(Debug)]
pub(crate) struct KeyedDates {
    /// Which comes first.
    pub(crate) order: DateOrder,
    /// What the caller is told of a day.
    pub(crate) date: &'static str,
    /// What the caller is told of a time.
    pub(crate) time: &'static str,
    /// What the caller is told of a day and a time.
    pub(crate) date_time: &'static str,
}

/// The order of a day's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// 24 12, or 24 12 2027.
    DayMonthYear,
    /// 12 24, or 12 24 2027.
    MonthDayYear,
    /// 12 24, or 2027 12 24.
    YearMonthDay,
}

impl KeyedDates {
    /// As the speakers of a language do it, or those of its region: the month comes first in `en-US`.
    pub(crate) fn of(language: &Language) -> &'static Self {
        let mut parts = language.as_str().split(['-', '_']);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        match tag.as_str() {
            "zh" => &CHINESE,
            "ko" => &KOREAN,
            _ if parts.any(|part| part == "US") => &AMERICAN,
            _ => &ENGLISH,
        }
    }
}

const TIME: &str = "Please key in the time with four digits: one five three zero is half past three in the afternoon.";

static ENGLISH: KeyedDates = KeyedDates {
    order: DateOrder::DayMonthYear,
    date: "Please key in two digits for the day and two for the month. You may add four for the year.",
    time: TIME,
    date_time: "Please key in two digits each for the day, the month, the hour from zero to twenty three, and the minute.",
};

static AMERICAN: KeyedDates = KeyedDates {
    order: DateOrder::MonthDayYear,
    date: "Please key in two digits for the month and two for the day. You may add four for the year.",
    time: TIME,
    date_time: "Please key in two digits each for the month, the day, the hour from zero to twenty three, and the minute.",
};

static CHINESE: KeyedDates = KeyedDates {
    order: DateOrder::YearMonthDay,
    date: "请用按键输入日期，月份两位，日子两位，前面可以加上四位的年份。",
    time: "请用按键输入四位数的时间，例如下午三点半是一五三零。",
    date_time: "请用按键依次输入月、日、时、分，各两位，小时从零到二十三。",
};

static KOREAN: KeyedDates = KeyedDates {
    order: DateOrder::YearMonthDay,
    date: "월 두 자리와 일 두 자리를 눌러 주세요. 앞에 연도 네 자리를 넣으셔도 됩니다.",
    time: "시간을 네 자리로 눌러 주세요. 오후 세 시 반은 일오삼공입니다.",
    date_time: "월, 일, 시, 분을 두 자리씩 차례로 눌러 주세요. 시는 영부터 이십삼까지입니다.",
};
