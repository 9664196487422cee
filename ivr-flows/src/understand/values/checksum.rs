//! Check digits, by which a number that was misheard is told from a right one.

/// How a string of digits guards itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checksum {
    /// Luhn (ISO/IEC 7812-1 Annex B): cards, IMEI.
    Luhn,
    /// Weights 2 to 7 from the right, repeating; the last digit brings the sum to a multiple of 11.
    Mod11,
    /// ISO/IEC 7064 MOD 11,10: German tax numbers.
    Mod1110,
    /// ISO/IEC 7064 MOD 97-10: the last two digits; IBAN's rule on digits.
    Mod97,
}

impl Checksum {
    /// The names in YAML.
    pub(crate) const NAMES: &[&str] = &["luhn", "mod_11", "mod_11_10", "mod_97"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "luhn" => Self::Luhn,
            "mod_11" => Self::Mod11,
            "mod_11_10" => Self::Mod1110,
            "mod_97" => Self::Mod97,
            _ => return None,
        })
    }

    /// Whether a string of digits is right.
    pub(crate) fn fits(self, digits: &str) -> bool {
        let Some(digits) = digits.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else { return false };
        let Some((last, rest)) = digits.split_last().filter(|(_, rest)| !rest.is_empty()) else { return false };
        match self {
            Self::Luhn => {
                let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
                let from_right = digits.iter().rev().enumerate();
                let sum: u32 = from_right.map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit }).sum();
                sum.is_multiple_of(10)
            }
            Self::Mod11 => {
                let sum: u32 = rest.iter().rev().zip((2..=7).cycle()).map(|(digit, weight)| digit * weight).sum();
                (sum + last).is_multiple_of(11)
            }
            Self::Mod1110 => {
                let product = rest.iter().fold(10, |product, digit| {
                    let sum = (product + digit) % 10;
                    (if sum == 0 { 10 } else { sum }) * 2 % 11
                });
                (product + last) % 10 == 1
            }
            Self::Mod97 => digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % 97) == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_numbers_fit_and_numbers_with_one_wrong_digit_do_not() {
        let right = [
            (Checksum::Luhn, "4539578763621486"),
            (Checksum::Mod11, "1234567892"),
            (Checksum::Mod1110, "86095742719"),
            (Checksum::Mod97, "12345676"),
        ];
        for (checksum, number) in right {
            assert!(checksum.fits(number), "{number}");
            for at in 0..number.len() {
                let mut wrong: Vec<char> = number.chars().collect();
                wrong[at] = if wrong[at] == '9' { '0' } else { char::from(wrong[at] as u8 + 1) };
                assert!(!checksum.fits(&wrong.iter().collect::<String>()), "{number} at {at}");
            }
        }
    }

    #[test]
    fn what_is_no_number_never_fits() {
        for name in Checksum::NAMES {
            let checksum = Checksum::named(name).unwrap();
            assert!(["", "1", "12a4"].iter().all(|text| !checksum.fits(text)), "{name}");
        }
    }
}
