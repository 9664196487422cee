//! Days and times that are keyed in: 2412, 24122027, 1530.

use jiff::civil::{Date, DateTime, Time};

use super::calendar::{Day, Lies, Year};
use super::{Refusal, SlotType};
use crate::language::DateOrder;
use crate::value::Value;

impl SlotType {
    /// The fewest and the most digits of a value that is keyed in by its parts.
    pub(crate) fn keyed_parts(&self) -> Option<(usize, usize)> {
        match self {
            Self::Date(_) => Some((4, 8)),
            Self::Time => Some((3, 4)),
            Self::DateTime(_) => Some((8, 12)),
            _ => None,
        }
    }

    /// The day or the time that digits stand for. A day without its year is the next one to come, or the last one where
    /// the slot wants the past.
    ///
    /// # Errors
    ///
    /// That there is no such day or time.
    pub(crate) fn keyed_value(
        &self,
        digits: &str,
        order: DateOrder,
        local: Option<DateTime>,
    ) -> Result<Value, Refusal> {
        let today = local.map(|local| local.date());
        match self {
            Self::Date(lies) => day(digits, order, *lies, today).map(Value::Date).ok_or(Refusal::NoDay),
            Self::Time => time(digits).map(Value::Time).ok_or(Refusal::NoTime),
            Self::DateTime(lies) => {
                let (date, clock) = digits.split_at_checked(digits.len().saturating_sub(4)).ok_or(Refusal::NoTime)?;
                let date = day(date, order, *lies, today).ok_or(Refusal::NoDay)?;
                Ok(Value::DateTime(date.to_datetime(time(clock).ok_or(Refusal::NoTime)?)))
            }
            _ => Err(Refusal::OtherKind),
        }
    }
}

fn day(digits: &str, order: DateOrder, lies: Lies, today: Option<Date>) -> Option<Date> {
    let (year, rest) = match (digits.len(), order) {
        (4, _) => (None, digits),
        (8, DateOrder::YearMonthDay) => (Some(&digits[..4]), &digits[4..]),
        (8, DateOrder::DayMonthYear | DateOrder::MonthDayYear) => (Some(&digits[4..]), &digits[..4]),
        _ => return None,
    };
    let (first, second) = (rest[..2].parse().ok()?, rest[2..].parse().ok()?);
    let (month, day) = match order {
        DateOrder::DayMonthYear => (second, first),
        DateOrder::MonthDayYear | DateOrder::YearMonthDay => (first, second),
    };
    let year = match year {
        Some(year) => Some(Year::Of(year.parse().ok()?)),
        None => None,
    };
    Day::OfYear(year, month, day).resolve(today, lies).into_iter().map(|(date, _)| date).next()
}

/// Hours and minutes, the hours from 0 to 23.
fn time(digits: &str) -> Option<Time> {
    let (hour, minute) = digits.split_at_checked(digits.len().checked_sub(2)?)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn keyed(of: &SlotType, digits: &str, order: DateOrder) -> Result<String, Refusal> {
        let local = date(2026, 11, 24).at(10, 0, 0, 0);
        of.keyed_value(digits, order, Some(local)).map(|value| value.raw())
    }

    #[test]
    fn days_are_keyed_in_the_order_of_the_language() {
        let (ahead, behind) = (SlotType::Date(Lies::Ahead), SlotType::Date(Lies::Behind));
        let cases = [
            (&ahead, "2412", DateOrder::DayMonthYear, Ok("2026-12-24")),
            (&ahead, "1224", DateOrder::MonthDayYear, Ok("2026-12-24")),
            (&ahead, "1224", DateOrder::YearMonthDay, Ok("2026-12-24")),
            (&ahead, "0101", DateOrder::DayMonthYear, Ok("2027-01-01")),
            (&behind, "2412", DateOrder::DayMonthYear, Ok("2025-12-24")),
            (&behind, "24121980", DateOrder::DayMonthYear, Ok("1980-12-24")),
            (&behind, "12241980", DateOrder::MonthDayYear, Ok("1980-12-24")),
            (&behind, "19801224", DateOrder::YearMonthDay, Ok("1980-12-24")),
            (&ahead, "2902", DateOrder::DayMonthYear, Ok("2028-02-29")),
            (&ahead, "3102", DateOrder::DayMonthYear, Err(Refusal::NoDay)),
            (&ahead, "1224", DateOrder::DayMonthYear, Err(Refusal::NoDay)),
            (&ahead, "29022027", DateOrder::DayMonthYear, Err(Refusal::NoDay)),
            (&ahead, "241226", DateOrder::DayMonthYear, Err(Refusal::NoDay)),
        ];
        for (of, digits, order, value) in cases {
            assert_eq!(keyed(of, digits, order), value.map(str::to_owned), "{digits} {order:?}");
        }
    }

    #[test]
    fn times_are_keyed_by_24_hours() {
        let cases =
            [("1530", Ok("15:30")), ("0905", Ok("09:05")), ("905", Ok("09:05")), ("2400", Err(Refusal::NoTime))];
        for (digits, value) in cases {
            let keyed = keyed(&SlotType::Time, digits, DateOrder::DayMonthYear);
            assert_eq!(keyed, value.map(str::to_owned), "{digits}");
        }
        let moment = SlotType::DateTime(Lies::Ahead);
        assert_eq!(keyed(&moment, "24121530", DateOrder::DayMonthYear), Ok("2026-12-24T15:30".to_owned()));
        assert_eq!(keyed(&moment, "202712241530", DateOrder::YearMonthDay), Ok("2027-12-24T15:30".to_owned()));
        assert_eq!(keyed(&moment, "24121560", DateOrder::DayMonthYear), Err(Refusal::NoTime));
        assert_eq!(keyed(&moment, "31021530", DateOrder::DayMonthYear), Err(Refusal::NoDay));
    }
}
