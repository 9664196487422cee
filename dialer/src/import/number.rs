//! Reading one telephone number as people write it.

use call_model::PhoneNumber;
use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type};

use super::verdict::RowRefusal;
use crate::region::Region;

/// The most characters of a number with its spaces and brackets.
const MAX_WRITTEN: usize = 64;

/// Reads a number as it stands in a list or comes from the API, and asks whether it can exist in its country.
///
/// A number without its country code is taken to be of `region`. What spreadsheets do to numbers (`="..."`, a leading
/// apostrophe, `.0`, wide digits) is undone.
///
/// # Errors
/// The reason for which a row with this number is refused.
pub fn read_number(written: &str, region: Option<Region>) -> Result<PhoneNumber, RowRefusal> {
    let text = clean(written);
    if text.is_empty() {
        return Err(RowRefusal::NoNumber);
    }
    if is_rounded(&text) {
        return Err(RowRefusal::Rounded);
    }
    if text.chars().count() > MAX_WRITTEN {
        return Err(RowRefusal::NotANumber);
    }
    let (text, extension) = split_extension(&text);
    if !text.chars().all(|c| c.is_ascii_digit() || "+-–—.()[]/ ".contains(c)) {
        return Err(RowRefusal::NotANumber);
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if !(3..=20).contains(&digits) || text.rfind('+').is_some_and(|at| at > 0) {
        return Err(RowRefusal::NotANumber);
    }
    // Without a region, 00 is how most of the world writes +.
    let international = text.strip_prefix("00").filter(|_| region.is_none()).map(|rest| format!("+{rest}"));
    let text = international.as_deref().unwrap_or(text);
    if region.is_none() && !text.starts_with('+') {
        return Err(RowRefusal::NoCountryCode);
    }
    let number = phonenumber::parse(region.map(Region::id), text).map_err(|error| match error {
        phonenumber::ParseError::NoNumber | phonenumber::ParseError::MalformedInteger(_) => RowRefusal::NotANumber,
        _ => RowRefusal::CannotExist,
    })?;
    if extension || number.extension().is_some() {
        return Err(RowRefusal::Extension);
    }
    if !phonenumber::is_valid(&number) {
        return Err(RowRefusal::CannotExist);
    }
    if number.number_type(&DATABASE) == Type::PremiumRate {
        return Err(RowRefusal::PremiumRate);
    }
    number.format().mode(Mode::E164).to_string().parse().map_err(|_| RowRefusal::CannotExist)
}

/// Undoes what spreadsheets and telephones add to a number.
fn clean(written: &str) -> String {
    let text: String = written.chars().filter_map(plain_char).collect();
    let text = text.trim();
    let text = text.strip_prefix("=\"").and_then(|inner| inner.strip_suffix('"')).unwrap_or(text);
    let text = text.trim_matches(['\'', '"', ' ']);
    let text = text.strip_prefix("tel:").or_else(|| text.strip_prefix("TEL:")).unwrap_or(text);
    let text = text.strip_suffix(".0").unwrap_or(text);
    text.trim().to_owned()
}

/// Wide digits as plain ones, spaces of all kinds as a space, marks that cannot be seen as nothing.
fn plain_char(c: char) -> Option<char> {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        '＋' => Some('+'),
        '－' | '‐' | '‑' | '‒' | '−' => Some('-'),
        '（' => Some('('),
        '）' => Some(')'),
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// `8.61391E+12`, with a point or a comma.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.trim_start_matches('+');
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    plain(exponent) && plain(&mantissa.replace(['.', ','], ""))
}

/// The number before `ext. 12`, `x12`, `#12`, `;ext=12` or `转12`, and whether there was one.
fn split_extension(text: &str) -> (&str, bool) {
    let lower = text.to_lowercase();
    for mark in [";ext=", "extension", "ext.", "ext", "x", "#", "转", "分机"] {
        // Lower-casing keeps the length of what a number is written with.
        if let Some(at) = lower.find(mark).filter(|at| lower.len() == text.len() && text.is_char_boundary(*at)) {
            let behind = lower[at + mark.len()..].trim_start_matches([':', ' ', '.']);
            if !behind.is_empty() && behind.bytes().all(|b| b.is_ascii_digit()) {
                return (text[..at].trim_end_matches([',', ' ']), true);
            }
        }
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str, region: &str) -> Result<String, RowRefusal> {
        let region = (!region.is_empty()).then(|| region.parse().unwrap());
        read_number(written, region).map(String::from)
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (written, region, number) in [
            ("+1 (202) 555-0123", "", "+12025550123"),
            ("202.555.0123", "US", "+12025550123"),
            ("12025550123.0", "US", "+12025550123"),
            ("=\"02079460000\"", "GB", "+442079460000"),
            ("'020 7946 0000", "GB", "+442079460000"),
            ("0044 20 7946 0000", "", "+442079460000"),
            ("tel:+44-20-7946-0000", "", "+442079460000"),
            ("139 1234 5678", "CN", "+8613912345678"),
            ("８６１３９１２３４５６７８", "CN", "+8613912345678"),
            ("＋８６ 139-1234-5678", "", "+8613912345678"),
            ("\u{202a}+8613912345678\u{202c}", "", "+8613912345678"),
            ("010-62345678", "CN", "+861062345678"),
            ("+39 06 6982", "", "+39066982"),
            ("030 901820", "DE", "+4930901820"),
            ("–2025550123", "US", "+12025550123"),
            ("011 44 20 7946 0000", "US", "+442079460000"),
        ] {
            assert_eq!(read(written, region).as_deref(), Ok(number), "{written} in {region}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        for (written, region, reason) in [
            ("", "US", RowRefusal::NoNumber),
            ("  ", "US", RowRefusal::NoNumber),
            ("n/a", "US", RowRefusal::NotANumber),
            ("-", "US", RowRefusal::NotANumber),
            ("12", "US", RowRefusal::NotANumber),
            ("1-800-FLOWERS", "US", RowRefusal::NotANumber),
            ("202-555-0123 / 202-555-0124", "US", RowRefusal::CannotExist),
            ("me@example.com", "US", RowRefusal::NotANumber),
            ("2025550123", "", RowRefusal::NoCountryCode),
            ("8.61391E+12", "CN", RowRefusal::Rounded),
            ("911", "US", RowRefusal::CannotExist),
            ("+1 202 555", "", RowRefusal::CannotExist),
            ("+999 12345678", "", RowRefusal::CannotExist),
            ("+1 100 555 0123", "", RowRefusal::CannotExist),
            ("+1 900 555 0123", "", RowRefusal::PremiumRate),
            ("+44 909 8790000", "", RowRefusal::PremiumRate),
            ("+1 202 555 0123 ext. 12", "", RowRefusal::Extension),
            ("+1 202 555 0123x12", "", RowRefusal::Extension),
            ("+1+2025550123", "", RowRefusal::NotANumber),
            ("1234567890123456789012", "US", RowRefusal::NotANumber),
        ] {
            assert_eq!(read(written, region), Err(reason), "{written} in {region}");
        }
    }
}
