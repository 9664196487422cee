//! Which day and which time is meant.
//!
//! What people say of a day or a time often fits several. The rules, in the order of likelihood:
//!
//! - A weekday alone is the next one to come; today, if today is that weekday, is the other reading. "Next Wednesday" is
//!   the one of the next week (weeks begin on Monday), and the next one to come otherwise.
//! - A date without its year is the next one to come, or the last one where the slot wants the past.
//! - An hour from 1 to 12 without a part of the day is within 7:00 and 18:59: "at three" is 15:00, "at nine" is 9:00. If
//!   that is over today and the other is not, it is the other.

use call_model::Certainty;
use jiff::Span;
use jiff::civil::{Date, DateTime, Time, Weekday};

/// On which side of today a day is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lies {
    /// To come, if nothing else is said.
    #[default]
    Anywhere,
    /// Today or later.
    Ahead,
    /// Today or earlier.
    Behind,
}

/// A day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// So many days from today.
    Plus(i32),
    /// A weekday: the next one to come, and so many weeks later.
    Coming(Weekday, i32),
    /// A weekday of the week that is so many weeks from this one.
    OfWeek(Weekday, i32),
    /// "Next Wednesday" in English.
    NextWeekday(Weekday),
    /// The last such weekday before today.
    Last(Weekday),
    /// A month and a day, perhaps with its year.
    OfYear(Option<Year>, i8, i8),
    /// A day of the month that is so many months from this one; of the next such day where it is not said.
    OfMonth(Option<i32>, i8),
    /// The last day of the month that is so many months from this one.
    EndOfMonth(i32),
    /// The last day of a month, perhaps with its year.
    EndOf(Option<Year>, i8),
    /// A stretch of time from today.
    Stretch(i32, Unit),
}

/// A year as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Year {
    /// By its number.
    Of(i16),
    /// So many years from this one.
    Plus(i16),
}

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// A time of day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    /// The part of the day that was said.
    pub(crate) part: Option<Part>,
    /// Whether the hour counts to 24, as in "15:30" or "oh three".
    pub(crate) full: bool,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Before noon.
    Morning,
    /// Around noon.
    Noon,
    /// After noon.
    Afternoon,
    /// From dusk to midnight.
    Evening,
    /// From late evening to dawn.
    Night,
}

/// A day and a time as they were said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) day: Option<Day>,
    pub(super) clock: Clock,
}

impl Day {
    /// The dates that are meant, the likelier first.
    pub(super) fn resolve(self, today: Option<Date>, lies: Lies) -> Vec<(Date, Certainty)> {
        let mut dates: Vec<(Date, Certainty)> = Vec::new();
        for (index, date) in self.candidates(today, lies).into_iter().flatten().enumerate() {
            if !dates.iter().any(|(known, _)| *known == date) {
                dates.push((date, if index == 0 { 0 } else { OTHER_READING }));
            }
        }
        let Some(today) = today else { return dates };
        let fits = |date: Date| match lies {
            Lies::Anywhere => true,
            Lies::Ahead => date >= today,
            Lies::Behind => date <= today,
        };
        // What lies on the wrong side is found all the same: the caller is told so.
        if dates.iter().any(|(date, _)| fits(*date)) {
            dates.retain(|(date, _)| fits(*date));
            if let Some((_, loss)) = dates.first_mut() {
                *loss = 0;
            }
        }
        dates
    }

    fn candidates(self, today: Option<Date>, lies: Lies) -> Vec<Option<Date>> {
        if let Self::OfYear(Some(Year::Of(year)), month, day) = self {
            return vec![Date::new(year, month, day).ok()];
        }
        let Some(today) = today else { return Vec::new() };
        let plus = |days: i32| today.checked_add(Span::new().days(days)).ok();
        let coming = |weekday: Weekday| i32::from(today.weekday().until(weekday));
        let behind = lies == Lies::Behind;
        match self {
            Self::Plus(days) => vec![plus(days)],
            Self::Coming(weekday, weeks) => {
                let days = coming(weekday);
                let (later, earlier) =
                    if days == 0 { (plus(7 * weeks + 7), plus(7 * weeks)) } else { (plus(days + 7 * weeks), None) };
                if behind { vec![plus(days - 7), earlier] } else { vec![later, earlier] }
            }
            Self::OfWeek(weekday, weeks) => {
                let monday = -i32::from(today.weekday().to_monday_zero_offset());
                let date = plus(monday + i32::from(weekday.to_monday_zero_offset()) + 7 * weeks);
                let passed = weeks == 0 && !behind && date.is_some_and(|date| date < today);
                if passed { vec![plus(coming(weekday)), date] } else { vec![date] }
            }
            Self::NextWeekday(weekday) => {
                let days = coming(weekday);
                let next = Self::OfWeek(weekday, 1).candidates(Some(today), lies);
                next.into_iter().chain([plus(if days == 0 { 7 } else { days })]).collect()
            }
            Self::Last(weekday) => vec![plus(coming(weekday) - 7)],
            Self::OfYear(Some(Year::Plus(years)), month, day) => vec![Date::new(today.year() + years, month, day).ok()],
            Self::OfYear(_, month, day) => of_some_year(today, month, day, behind),
            Self::OfMonth(Some(months), day) => vec![of_month(today, months, day)],
            Self::OfMonth(None, day) => {
                let this = of_month(today, 0, day);
                let other = this.is_none_or(|date| if behind { date > today } else { date < today });
                let next = (1..=2).find_map(|months| of_month(today, if behind { -months } else { months }, day));
                if other { vec![next, this] } else { vec![this, next] }
            }
            Self::EndOfMonth(months) => vec![of_month(today, months, 1).map(Date::last_of_month)],
            Self::EndOf(year, month) => {
                let firsts = Self::OfYear(year, month, 1).candidates(Some(today), lies).into_iter();
                let mut ends: Vec<Option<Date>> = firsts.map(|first| first.map(Date::last_of_month)).collect();
                // The month that has begun has not ended yet.
                let this = today.last_of_month();
                if year.is_none() && !behind && month == today.month() {
                    ends.insert(0, Some(this));
                }
                ends
            }
            Self::Stretch(count, unit) => vec![stretch(count, unit).and_then(|span| today.checked_add(span).ok())],
        }
    }
}

/// The nearest years that have such a day, ahead first unless it lies behind.
fn of_some_year(today: Date, month: i8, day: i8, behind: bool) -> Vec<Option<Date>> {
    let of = |years: i16| Date::new(today.year() + years, month, day).ok();
    let ahead = (0..=8).find_map(|years| of(years).filter(|date| *date >= today));
    let past = (0..=8).find_map(|years| of(-years).filter(|date| *date <= today));
    if behind { vec![past, ahead] } else { vec![ahead, past] }
}

fn of_month(today: Date, months: i32, day: i8) -> Option<Date> {
    let first = today.first_of_month().checked_add(Span::new().months(months)).ok()?;
    Date::new(first.year(), first.month(), day).ok()
}

fn stretch(count: i32, unit: Unit) -> Option<Span> {
    let span = Span::new();
    Some(match unit {
        Unit::Minute | Unit::Hour => return None,
        Unit::Day => span.try_days(count).ok()?,
        Unit::Week => span.try_weeks(count).ok()?,
        Unit::Month => span.try_months(count).ok()?,
        Unit::Year => span.try_years(count).ok()?,
    })
}

impl Clock {
    pub(super) fn new(hour: i8, minute: i8) -> Self {
        Self { hour, minute, part: None, full: false }
    }

    /// The times that are meant, the likelier first, each with the days that it lies later than the day that was said.
    pub(super) fn resolve(self) -> Vec<(Time, i32, Certainty)> {
        let hour = self.hour;
        let read = |hour: i8, later: i32, loss| Time::new(hour, self.minute, 0, 0).ok().map(|time| (time, later, loss));
        if hour == 24 {
            return read(0, 1, 0).into_iter().collect();
        }
        if let Some(part) = self.part.filter(|_| hour <= 12) {
            let (hour, later) = of_part(hour, part);
            return read(hour, later, 0).into_iter().collect();
        }
        if self.full || !(1..=12).contains(&hour) {
            return read(hour, 0, 0).into_iter().collect();
        }
        let (likely, other) = match hour {
            12 => (12, 0),
            7..=11 => (hour, hour + 12),
            _ => (hour + 12, hour),
        };
        read(likely, 0, 0).into_iter().chain(read(other, 0, OTHER_READING)).collect()
    }
}

/// The hour of 24 that an hour of 12 is in a part of the day, and the days that it lies later.
fn of_part(hour: i8, part: Part) -> (i8, i32) {
    match (part, hour) {
        (Part::Morning, 12) => (0, 0),
        (Part::Morning, _) | (Part::Noon, 10..=12) => (hour, 0),
        (Part::Afternoon, 12) => (12, 0),
        (Part::Evening | Part::Night, 12) => (0, 1),
        (Part::Night, 1..=5) => (hour, 0),
        (_, 0) => (0, 0),
        (Part::Noon | Part::Afternoon | Part::Evening | Part::Night, _) => (hour + 12, 0),
    }
}

impl Moment {
    /// The moments that are meant, the likelier first.
    pub(super) fn resolve(self, local: Option<DateTime>, lies: Lies) -> Vec<(DateTime, Certainty)> {
        let today = local.map(|local| local.date());
        let dates = match self.day {
            Some(day) => day.resolve(today, lies),
            None => today
                .into_iter()
                .flat_map(|today| [Some((today, 0)), today.tomorrow().ok().map(|date| (date, 0))])
                .flatten()
                .collect(),
        };
        let mut moments: Vec<(DateTime, Certainty)> = Vec::new();
        for (date, loss) in dates {
            for (time, later, more) in self.clock.resolve() {
                let Ok(date) = date.checked_add(Span::new().days(later)) else { continue };
                let moment = date.to_datetime(time);
                let over =
                    local.is_some_and(|local| if lies == Lies::Behind { moment > local } else { moment < local });
                let loss = loss.max(more).saturating_add(if over { OVER } else { 0 });
                moments.push((moment, loss));
            }
        }
        moments.sort_by_key(|(_, loss)| *loss);
        if self.day.is_none() {
            let kept = moments.iter().filter(|(_, loss)| *loss < OVER).count().min(2);
            moments.truncate(kept);
        }
        if let Some(least) = moments.first().map(|(_, loss)| *loss).filter(|least| *least > 0) {
            moments.iter_mut().for_each(|(_, loss)| *loss -= least);
        }
        moments
    }
}

/// A time without its seconds.
pub(super) fn whole_minute(time: Time) -> Time {
    Time::new(time.hour(), time.minute(), 0, 0).unwrap_or(time)
}

/// Lost by the less likely of two readings.
pub(super) const OTHER_READING: Certainty = 25;
/// Lost by what is over already.
const OVER: Certainty = 30;

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    /// A Tuesday.
    const TODAY: Date = date(2026, 11, 24);

    fn first(day: Day, lies: Lies) -> Date {
        day.resolve(Some(TODAY), lies)[0].0
    }

    #[test]
    fn a_weekday_is_the_next_one_to_come() {
        assert_eq!(first(Day::Coming(Weekday::Wednesday, 0), Lies::Anywhere), date(2026, 11, 25));
        assert_eq!(first(Day::Coming(Weekday::Tuesday, 0), Lies::Ahead), date(2026, 12, 1));
        assert_eq!(first(Day::Coming(Weekday::Monday, 0), Lies::Behind), date(2026, 11, 23));
        let next = Day::NextWeekday(Weekday::Wednesday).resolve(Some(TODAY), Lies::Ahead);
        assert_eq!(next, [(date(2026, 12, 2), 0), (date(2026, 11, 25), OTHER_READING)]);
    }

    #[test]
    fn a_date_without_its_year_is_the_next_one_to_come_or_the_last_one() {
        assert_eq!(first(Day::OfYear(None, 5, 5), Lies::Anywhere), date(2027, 5, 5));
        assert_eq!(first(Day::OfYear(None, 5, 5), Lies::Behind), date(2026, 5, 5));
        assert_eq!(first(Day::OfYear(None, 2, 29), Lies::Ahead), date(2028, 2, 29));
        assert_eq!(first(Day::OfMonth(None, 31), Lies::Ahead), date(2026, 12, 31));
        assert_eq!(first(Day::OfMonth(None, 5), Lies::Ahead), date(2026, 12, 5));
        assert!(Day::OfYear(None, 2, 30).resolve(Some(TODAY), Lies::Ahead).is_empty());
    }

    #[test]
    fn an_hour_of_twelve_is_within_office_hours() {
        for (hour, likely) in [(3, 15), (9, 9), (12, 12), (7, 7), (6, 18)] {
            assert_eq!(Clock::new(hour, 0).resolve()[0].0, time(likely, 0, 0, 0), "{hour}");
        }
        assert_eq!(Clock::new(3, 0).resolve()[1], (time(3, 0, 0, 0), 0, OTHER_READING));
    }

    #[test]
    fn what_is_over_today_is_the_other_half_of_the_day() {
        let now = TODAY.at(16, 0, 0, 0);
        let moment = |hour| Moment { day: Some(Day::Plus(0)), clock: Clock::new(hour, 0) };
        assert_eq!(moment(9).resolve(Some(now), Lies::Ahead)[0].0, TODAY.at(21, 0, 0, 0));
        assert_eq!(moment(5).resolve(Some(now), Lies::Ahead)[0].0, TODAY.at(17, 0, 0, 0));
        let alone = Moment { day: None, clock: Clock::new(3, 0) };
        assert_eq!(alone.resolve(Some(now), Lies::Ahead)[0].0, date(2026, 11, 25).at(15, 0, 0, 0));
    }
}
