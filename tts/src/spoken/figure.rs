//! What a figure in a text means, whatever the language.

use super::cursor::Cursor;

/// The longest plain figure that is read as a number; a longer one is read digit by digit.
const LONGEST_NUMBER: usize = 6;

/// Money that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Currency {
    Dollar,
    Euro,
    Pound,
    Yuan,
    Yen,
    /// `¥` alone: yuan or yen, as the language has it.
    YuanOrYen,
}

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub negative: bool,
    pub whole: u64,
    /// The digits after the point, as written; empty without a point.
    pub fraction: String,
}

impl Amount {
    /// Hundredths of money, where they say more than zero: `.5` is 50.
    pub fn hundredths(&self) -> Option<u64> {
        match self.fraction.len() {
            0 => Some(0),
            1 => self.fraction.parse::<u64>().ok().map(|tenths| tenths * 10),
            2 => self.fraction.parse().ok(),
            _ => None,
        }
    }

    fn is_plain(&self, value: u64) -> bool {
        !self.negative && self.whole == value && self.fraction.is_empty()
    }

    /// Whether it is exactly two, or one.
    pub fn is_two(&self) -> bool {
        self.is_plain(2)
    }
}

/// Forenoon or afternoon, where a twelve-hour time says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
}

/// A figure and its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Figure {
    Number(Amount),
    Range(Amount, Amount),
    Percent(Amount),
    Money {
        currency: Currency,
        amount: Amount,
    },
    Ordinal(u64),
    Date {
        year: u16,
        month: u8,
        day: u8,
    },
    Time {
        hour: u8,
        minute: u8,
        half: Option<Half>,
    },
    /// Read digit by digit, group by group.
    Digits {
        plus: bool,
        groups: Vec<String>,
    },
}

/// Reads one kind of figure; the cursor is used up where there is none.
type Reader = fn(Option<char>, &mut Cursor) -> Option<Figure>;

/// The figure at the beginning of `rest`, with its length in bytes. `before` is the character before it.
pub(super) fn find(before: Option<char>, rest: &str) -> Option<(usize, Figure)> {
    if !may_begin(before) {
        return None;
    }
    let readers: [Reader; 6] = [date, time, money_first, plus_digits, grouped_digits, amount_first];
    readers.iter().find_map(|read| {
        let mut cursor = Cursor::new(rest);
        let figure = read(before, &mut cursor)?;
        Some((rest.len() - cursor.rest.len(), figure))
    })
}

/// The length of a run of digits and marks that is no figure of ours and stays as it is, such as an address.
pub(super) fn unread(before: Option<char>, rest: &str) -> Option<usize> {
    let begins = may_begin(before) && rest.starts_with(|c: char| c.is_ascii_digit());
    begins.then(|| rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".,:/-".contains(c))).unwrap_or(rest.len()))
}

/// Figures do not begin inside a word or a longer figure.
fn may_begin(before: Option<char>) -> bool {
    before.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '_'))
}

/// `2026-11-24`, or with slashes or full stops in the same order.
fn date(_: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    let year = cursor.exactly(4)?.parse().ok().filter(|year| (1000..=2999).contains(year))?;
    let mark = ["-", "/", "."].into_iter().find(|mark| cursor.eat(mark))?;
    let month = cursor.digits().filter(|month| month.len() <= 2)?.parse().ok()?;
    if !cursor.eat(mark) {
        return None;
    }
    let day = cursor.digits().filter(|day| day.len() <= 2)?.parse().ok()?;
    let joined = cursor.at_mark_and_digit('-') || cursor.at_mark_and_digit('.') || cursor.at_mark_and_digit('/');
    let exists = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    (exists && !joined).then_some(Figure::Date { year, month, day })
}

fn days_of(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `14:30`, `9:05 pm`, `9 am`.
fn time(_: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    let hour: u8 = cursor.digits().filter(|hour| hour.len() <= 2)?.parse().ok()?;
    let mut minute = None;
    if cursor.at_mark_and_digit(':') {
        cursor.eat(":");
        minute = Some(cursor.exactly(2)?.parse::<u8>().ok().filter(|minute| *minute < 60)?);
        if cursor.at_mark_and_digit(':') {
            cursor.eat(":");
            cursor.exactly(2)?.parse::<u8>().ok().filter(|second| *second < 60)?;
        }
        if cursor.rest.starts_with(':') || cursor.at_mark_and_digit('.') {
            return None;
        }
    }
    let half = half_of_day(cursor);
    match (minute, half) {
        (None, None) => None,
        (_, Some(_)) if !(1..=12).contains(&hour) => None,
        _ if hour > 23 => None,
        _ => Some(Figure::Time { hour, minute: minute.unwrap_or(0), half }),
    }
}

fn half_of_day(cursor: &mut Cursor) -> Option<Half> {
    let mut ahead = *cursor;
    ahead.eat(" ");
    // The full stop that may follow "a.m" ends a sentence as often as the abbreviation; it is left to the text.
    let half = [("am", Half::Am), ("pm", Half::Pm), ("a.m", Half::Am), ("p.m", Half::Pm)]
        .into_iter()
        .find_map(|(word, half)| ahead.word(word).then_some(half))?;
    *cursor = ahead;
    Some(half)
}

/// `$42.50`, `USD 42.50`.
fn money_first(before: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    let negative = !cursor.at_digit() && cursor.eat("-");
    if negative && !may_be_negative(before) {
        return None;
    }
    let currency = symbol(cursor).or_else(|| code(cursor))?;
    cursor.eat(" ");
    let amount = if cursor.at_digit() { amount(None, cursor)? } else { return None };
    Some(Figure::Money { currency, amount: Amount { negative, ..amount } })
}

fn symbol(cursor: &mut Cursor) -> Option<Currency> {
    let symbols = [
        ("US$", Currency::Dollar),
        ("$", Currency::Dollar),
        ("€", Currency::Euro),
        ("£", Currency::Pound),
        ("¥", Currency::YuanOrYen),
    ];
    symbols.into_iter().find_map(|(symbol, currency)| cursor.eat(symbol).then_some(currency))
}

fn code(cursor: &mut Cursor) -> Option<Currency> {
    let codes = [
        ("USD", Currency::Dollar),
        ("EUR", Currency::Euro),
        ("GBP", Currency::Pound),
        ("CNY", Currency::Yuan),
        ("RMB", Currency::Yuan),
        ("JPY", Currency::Yen),
    ];
    // Codes are capitals; "eur" may be a piece of a word.
    let capitals = cursor.rest.get(..3).is_some_and(|head| head.bytes().all(|b| b.is_ascii_uppercase()));
    codes.into_iter().find_map(|(code, currency)| {
        let mut ahead = *cursor;
        let found = capitals && ahead.eat(code) && !ahead.rest.starts_with(|c: char| c.is_ascii_alphabetic());
        found.then(|| {
            *cursor = ahead;
            currency
        })
    })
}

/// `+1 415 555 0123`.
fn plus_digits(_: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    if !cursor.eat("+") {
        return None;
    }
    let mut groups = vec![cursor.digits()?.to_owned()];
    while cursor.at_mark_and_digit(' ') || cursor.at_mark_and_digit('-') {
        cursor.rest = &cursor.rest[1..];
        groups.extend(cursor.digits().map(str::to_owned));
    }
    // A plus before a decimal number is a sign after all.
    (!cursor.at_mark_and_digit('.')).then_some(Figure::Digits { plus: true, groups })
}

/// `1 2 3`, `555-0123`, `415-555-0123`.
fn grouped_digits(_: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    let start = *cursor;
    let first = cursor.digits()?;
    let mark = ['-', ' '].into_iter().find(|mark| cursor.at_mark_and_digit(*mark))?;
    let mut groups = vec![first.to_owned()];
    while cursor.at_mark_and_digit(mark) {
        let mut ahead = *cursor;
        ahead.rest = &ahead.rest[1..];
        let group = ahead.digits()?;
        if mark == ' ' && (group.len() > 1 || is_joined(ahead)) {
            break;
        }
        groups.push(group.to_owned());
        *cursor = ahead;
    }
    if is_joined(*cursor) {
        return None;
    }
    let total: usize = groups.iter().map(String::len).sum();
    match mark {
        ' ' if first.len() == 1 && groups.len() > 1 => {
            Some(Figure::Digits { plus: false, groups: vec![groups.concat()] })
        }
        '-' if groups.len() > 2 || total > LONGEST_NUMBER => Some(Figure::Digits { plus: false, groups }),
        _ => {
            *cursor = start;
            None
        }
    }
}

/// Whether a figure goes on with something that makes it another kind of figure.
fn is_joined(cursor: Cursor) -> bool {
    ['.', ':', '/'].into_iter().any(|mark| cursor.at_mark_and_digit(mark))
        || cursor.rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '%')
}

/// A number, with what may follow it: `%`, a currency, an ordinal's ending, the other end of a range.
fn amount_first(before: Option<char>, cursor: &mut Cursor) -> Option<Figure> {
    cursor.eat("+");
    let start = *cursor;
    let amount = match amount(before, cursor) {
        Some(amount) => amount,
        None => {
            *cursor = start;
            return long_digits(cursor);
        }
    };
    let mut ahead = *cursor;
    ahead.eat(" ");
    if ahead.eat("%") {
        *cursor = ahead;
        return Some(Figure::Percent(amount));
    }
    if let Some(currency) = currency_after(&amount, &mut ahead) {
        *cursor = ahead;
        return Some(Figure::Money { currency, amount });
    }
    if amount.fraction.is_empty() && ["st", "nd", "rd", "th"].into_iter().any(|ending| cursor.word(ending)) {
        return Some(Figure::Ordinal(amount.whole));
    }
    if let Some(end) = range_end(&amount, *cursor) {
        let (amount_end, after) = end;
        *cursor = after;
        return Some(Figure::Range(amount, amount_end));
    }
    Some(Figure::Number(amount))
}

fn currency_after(amount: &Amount, cursor: &mut Cursor) -> Option<Currency> {
    // Words only where they would be torn apart: "42 dollars" reads right as it is, "42.50 dollars" does not.
    const WORDS: [(&str, Currency); 8] = [
        ("dollars", Currency::Dollar),
        ("dollar", Currency::Dollar),
        ("euros", Currency::Euro),
        ("euro", Currency::Euro),
        ("pounds", Currency::Pound),
        ("pound", Currency::Pound),
        ("yuan", Currency::Yuan),
        ("yen", Currency::Yen),
    ];
    const SIGNS: [(&str, Currency); 9] = [
        ("€", Currency::Euro),
        ("£", Currency::Pound),
        ("$", Currency::Dollar),
        ("元", Currency::Yuan),
        ("块钱", Currency::Yuan),
        ("美元", Currency::Dollar),
        ("欧元", Currency::Euro),
        ("英镑", Currency::Pound),
        ("日元", Currency::Yen),
    ];
    let sign = SIGNS.into_iter().find_map(|(sign, currency)| {
        let mut ahead = *cursor;
        // "5 $3" are two figures.
        let found = ahead.eat(sign) && !ahead.at_digit();
        found.then(|| {
            *cursor = ahead;
            currency
        })
    });
    sign.or_else(|| code(cursor)).or_else(|| {
        let torn = !amount.fraction.is_empty();
        WORDS.into_iter().find_map(|(word, currency)| (torn && cursor.word(word)).then_some(currency))
    })
}

fn range_end<'a>(start: &Amount, mut cursor: Cursor<'a>) -> Option<(Amount, Cursor<'a>)> {
    let dashes = ["-", "–", "~"];
    if start.negative || !dashes.into_iter().any(|dash| cursor.eat(dash)) || !cursor.at_digit() {
        return None;
    }
    let end = amount(None, &mut cursor)?;
    Some((end, cursor))
}

/// `-3`, `1,234.50`. Nothing for figures that are read digit by digit, nor for `10.0.0.1`, `1/2` and the like.
fn amount(before: Option<char>, cursor: &mut Cursor) -> Option<Amount> {
    let negative = !cursor.at_digit() && cursor.eat("-");
    if negative && !may_be_negative(before) {
        return None;
    }
    let mut whole = cursor.digits()?.to_owned();
    let mut grouped = false;
    if whole.len() <= 3 && !whole.starts_with('0') {
        while let Some(group) = thousands(cursor) {
            whole.push_str(group);
            grouped = true;
        }
    }
    let mut fraction = String::new();
    if cursor.at_mark_and_digit('.') {
        cursor.eat(".");
        fraction.push_str(cursor.digits()?);
    }
    let by_digits = !grouped && fraction.is_empty() && (whole.len() > LONGEST_NUMBER || is_padded(&whole));
    if by_digits || cursor.at_mark_and_digit('.') || cursor.at_mark_and_digit('/') || cursor.at_mark_and_digit(':') {
        return None;
    }
    Some(Amount { negative, whole: whole.parse().ok()?, fraction })
}

fn may_be_negative(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || c == '(' || !c.is_ascii())
}

fn is_padded(whole: &str) -> bool {
    whole.len() > 1 && whole.starts_with('0')
}

/// `,234` of `1,234`.
fn thousands<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    let group = if ahead.eat(",") { ahead.exactly(3)? } else { return None };
    *cursor = ahead;
    Some(group)
}

/// A figure too long for a number or with superfluous zeros.
fn long_digits(cursor: &mut Cursor) -> Option<Figure> {
    cursor.eat("-");
    let mut digits = cursor.digits()?.to_owned();
    while let Some(group) = thousands(cursor) {
        digits.push_str(group);
    }
    let joined = ['/', ':'].into_iter().any(|mark| cursor.at_mark_and_digit(mark));
    if cursor.at_mark_and_digit('.') {
        let mut ahead = *cursor;
        ahead.eat(".");
        digits.push_str(ahead.digits()?);
        if ahead.at_mark_and_digit('.') || digits.len() <= 19 {
            return None;
        }
        *cursor = ahead;
    }
    cursor.eat("%");
    (!joined).then(|| Figure::Digits { plus: false, groups: vec![digits] })
}
