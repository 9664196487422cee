//! The Date header (RFC 3261 20.17): `Sat, 13 Nov 2010 23:29:00 GMT`.

use super::error::SyntaxError;

/// Seconds since 1970-01-01 00:00:00 UTC. Any zone but GMT is refused.
pub(super) fn parse_date(text: &str) -> Result<u64, SyntaxError> {
    let (weekday, rest) = text.split_once(',').ok_or(SYNTAX)?;
    if !WEEKDAYS.iter().any(|known| known.eq_ignore_ascii_case(weekday.trim())) {
        return Err(SYNTAX);
    }
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let [day, month, year, time, zone] = words[..] else { return Err(SYNTAX) };
    if !zone.eq_ignore_ascii_case("GMT") {
        return Err(SyntaxError("the zone of a Date is GMT"));
    }
    let month = MONTHS.iter().position(|known| known.eq_ignore_ascii_case(month)).ok_or(SYNTAX)?;
    let year = number(year, 1970, 9999)?;
    let day = number(day, 1, days_in(month, year))?;
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else { return Err(SYNTAX) };
    let seconds = number(hour, 0, 23)? * 3600 + number(minute, 0, 59)? * 60 + number(second, 0, 60)?;
    let days_before_year = (year - 1970) * 365 + leap_years_before(year) - leap_years_before(1970);
    let days_before_month: u64 = (0..month).map(|month| days_in(month, year)).sum();
    Ok((days_before_year + days_before_month + day - 1) * 86_400 + seconds)
}

fn number(text: &str, least: u64, most: u64) -> Result<u64, SyntaxError> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = text.parse().ok().filter(|_| is_number).ok_or(SYNTAX)?;
    (least..=most).contains(&value).then_some(value).ok_or(SYNTAX)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn leap_years_before(year: u64) -> u64 {
    let last = year - 1;
    last / 4 - last / 100 + last / 400
}

fn days_in(month: usize, year: u64) -> u64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

const SYNTAX: SyntaxError = SyntaxError("a Date is written like Sat, 13 Nov 2010 23:29:00 GMT");
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::parse_date;

    #[test]
    fn dates_of_rfc_3261_and_4475() {
        assert_eq!(parse_date("Sat, 13 Nov 2010 23:29:00 GMT"), Ok(1_289_690_940));
        assert_eq!(parse_date("Sat, 15 Oct 2005 04:44:56 GMT"), Ok(1_129_351_496));
        assert_eq!(parse_date("Thu, 29 Feb 2024 00:00:00 GMT"), Ok(1_709_164_800));
        assert_eq!(parse_date("Thu, 01 Jan 1970 00:00:00 GMT"), Ok(0));
        assert!(parse_date("Fri, 01 Jan 2010 16:00:00 EST").is_err());
        assert!(parse_date("Wed, 29 Feb 2023 00:00:00 GMT").is_err());
        assert!(parse_date("").is_err());
    }
}
