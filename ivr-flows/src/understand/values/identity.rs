//! The Chinese resident identity number: GB 11643-1999, 18 places.

use jiff::civil::Date;

/// What is wrong with an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not 17 digits and a digit or X.
    Shape,
    /// No such birthday.
    Birthday,
    /// The check digit is another.
    CheckDigit,
}

/// Checks a number: its shape, the birthday in it and its check digit (ISO/IEC 7064 MOD 11-2).
pub(super) fn check(number: &str) -> Result<(), Fault> {
    let bytes = number.as_bytes();
    let fits =
        bytes.len() == 18 && bytes[..17].iter().all(u8::is_ascii_digit) && matches!(bytes[17], b'0'..=b'9' | b'X');
    if !fits || bytes[0] == b'0' {
        return Err(Fault::Shape);
    }
    birthday(number).filter(|date| (1850..=2200).contains(&date.year())).ok_or(Fault::Birthday)?;
    if check_digit(&bytes[..17]) == bytes[17] { Ok(()) } else { Err(Fault::CheckDigit) }
}

/// The check digit behind seventeen digits.
pub(super) fn check_digit(digits: &[u8]) -> u8 {
    let sum = digits.iter().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    match (12 - sum) % 11 {
        10 => b'X',
        digit => b'0' + u8::try_from(digit).expect("less than ten"),
    }
}

fn birthday(number: &str) -> Option<Date> {
    let part = |from: usize, to: usize| number.get(from..to).and_then(|text| text.parse::<i16>().ok());
    let (month, day) = (i8::try_from(part(10, 12)?).ok()?, i8::try_from(part(12, 14)?).ok()?);
    Date::new(part(6, 10)?, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_fit() {
        assert_eq!(check("11010519491231002X"), Ok(()));
        assert_eq!(check("440524188001010014"), Ok(()));
    }

    #[test]
    fn a_wrong_number_is_told_by_its_fault() {
        assert_eq!(check("110105194912310021"), Err(Fault::CheckDigit));
        assert_eq!(check("11010519490231002X"), Err(Fault::Birthday));
        assert_eq!(check("1101051949123100"), Err(Fault::Shape));
        assert_eq!(check("X1010519491231002X"), Err(Fault::Shape));
        assert_eq!(check("一"), Err(Fault::Shape));
    }
}
