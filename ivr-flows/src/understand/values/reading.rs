//! The kinds of values in YAML: `type:` and the keys that belong to it.

use super::phone::Country;
use super::{Checksum, Dictated, DigitRules, Lies, Limits, SlotType};
use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::node::{Asides, OwnWords, options, read_request, yes_no};
use crate::reading::Reading;
use crate::yaml::{Content, Fields, Shape, Text, list_of};

impl SlotType {
    /// The names of the types in YAML.
    pub(crate) const NAMES: &[&str] = &[
        "digits",
        "number",
        "money",
        "date",
        "time",
        "date_time",
        "phone",
        "identity_card",
        "yes_no",
        "one_of",
        "text",
        "recording",
    ];

    /// Takes `type` and the keys that belong to it. `own_words` are further words of yes and no; `asides` are what else
    /// can be said at the question; an option that
    /// is named like one of them stands for it.
    pub(crate) fn read(
        fields: &mut Fields<'_>,
        own_words: &OwnWords,
        asides: &mut Asides,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let fix = "add `type:` with what is asked for, such as `digits`, `date` or `yes_no`";
        let of = fields.must_text("type", fix, &mut reading.findings);
        fields.shaped(Shape::OneOf(SlotType::NAMES.to_vec()));
        let of = of?;
        Some(match of.text.as_str() {
            "digits" => Self::Digits(read_digits(fields, reading)?),
            "number" => Self::Number(read_limits(fields, reading)?),
            "money" => Self::Money(read_limits(fields, reading)?),
            "date" => Self::Date(read_lies(fields, reading)?),
            "time" => Self::Time,
            "date_time" => Self::DateTime(read_lies(fields, reading)?),
            "phone" => Self::Phone(read_country(fields, reading)?),
            "identity_card" => Self::IdentityCard,
            "yes_no" => Self::YesNo(yes_no(own_words, asides, reading)),
            "one_of" => {
                // Options of a service were taken before.
                fields.tree("options_from");
                Self::OneOf(options(fields, asides, reading)?)
            }
            "text" => Self::Text,
            "recording" => Self::Recording(Dictated {
                request: read_request(fields, reading),
                if_failed: reading.target_or(fields, "if_failed", None),
            }),
            _ => {
                unknown(&of, fields, reading);
                return None;
            }
        })
    }
}

impl SlotType {
    /// So many digits.
    pub(crate) fn digits(length: usize) -> Self {
        Self::Digits(DigitRules { min: length, max: length, checksum: None, patterns: Vec::new() })
    }

    /// Takes how many digits there are.
    pub(crate) fn read_digits(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        read_digits(fields, reading).map(Self::Digits)
    }
}

fn unknown(of: &Text, fields: &mut Fields<'_>, reading: &mut Reading<'_>) {
    let fix = match nearest(&of.text, SlotType::NAMES.iter().copied()) {
        Some(known) => format!("write `{known}`"),
        None => format!("write one of {}", list_of(SlotType::NAMES)),
    };
    reading.findings.error(of.place, format!("nothing can be asked by the type `{}`", of.text), fix);
    // What belongs to the type is not complained of in addition.
    for name in ["length", "min", "max", "checksum", "pattern", "in_the", "country", "options", "options_from"] {
        fields.tree(name);
    }
}

/// `length`, or `min` and `max`; or `pattern`, which says both.
fn read_digits(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<DigitRules> {
    let place = fields.place;
    let patterns = read_patterns(fields, reading);
    let checksum = read_checksum(fields, reading);
    let length = fields.count("length", 1, MOST_DIGITS, &mut reading.findings);
    let min = fields.count("min", 1, MOST_DIGITS, &mut reading.findings);
    let max = fields.count("max", 1, MOST_DIGITS, &mut reading.findings);
    let shortest = patterns.iter().map(|(_, pattern)| pattern.len()).min();
    let longest = patterns.iter().map(|(_, pattern)| pattern.len()).max();
    let (min, max) = match (length, min, max) {
        (Some((place, _)), Some(_), _) | (Some((place, _)), _, Some(_)) => {
            let fix = "keep `length`, or keep `min` and `max`";
            reading.findings.error(place, "`length` stands beside `min` or `max`", fix);
            return None;
        }
        (Some((_, length)), None, None) => (length, length),
        (None, Some((place, min)), Some((_, max))) if min > max => {
            reading.findings.error(place, format!("`min` is {min} and `max` only {max}"), "swap the two");
            return None;
        }
        (None, Some((_, min)), Some((_, max))) => (min, max),
        (None, ..) => match (shortest, longest) {
            (Some(shortest), Some(longest)) => (u32::try_from(shortest).ok()?, u32::try_from(longest).ok()?),
            _ => {
                let fix = "add `length: 3`, or `min: 3` and `max: 8`";
                reading.findings.error(place, "the question does not say how many digits it wants", fix);
                return None;
            }
        },
    };
    let (min, max) = (usize::try_from(min).ok()?, usize::try_from(max).ok()?);
    for (place, pattern) in &patterns {
        if !(min..=max).contains(&pattern.len()) {
            let message =
                format!("the pattern `{pattern}` has {} digits, but {min} to {max} are wanted", pattern.len());
            reading.findings.error(*place, message, "change the pattern, or leave out `length`, `min` and `max`");
        }
    }
    Some(DigitRules { min, max, checksum, patterns: patterns.into_iter().map(|(_, pattern)| pattern).collect() })
}

/// Shapes of `#` for any digit and digits for themselves; blanks and hyphens are for the eye.
fn read_patterns(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Vec<(Place, String)> {
    let mut patterns = Vec::new();
    for text in fields.texts("pattern", &mut reading.findings).unwrap_or_default() {
        let pattern: String = text.text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let fits = pattern.chars().all(|c| c == '#' || c.is_ascii_digit());
        if fits && (1..=MOST_DIGITS as usize).contains(&pattern.len()) {
            patterns.push((text.place, pattern));
        } else {
            let message = format!("`{}` is no pattern of digits", text.text);
            reading.findings.error(
                text.place,
                message,
                "write `#` for any digit and digits for themselves: \"4##-###\"",
            );
        }
    }
    patterns
}

fn read_checksum(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Checksum> {
    let name = fields.text("checksum", &mut reading.findings)?;
    let known = Checksum::named(&name.text);
    if known.is_none() {
        let fix = format!("write one of {}", list_of(Checksum::NAMES));
        reading.findings.error(name.place, format!("there is no checksum `{}`", name.text), fix);
    }
    known
}

fn read_limits(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Limits> {
    let min = read_number(fields, "min", reading);
    let max = read_number(fields, "max", reading);
    if let (Some((place, min)), Some((_, max))) = (min, max)
        && min > max
    {
        reading.findings.error(place, format!("`min` is {min} and `max` only {max}"), "swap the two");
        return None;
    }
    Some(Limits { min: min.map(|(_, min)| min), max: max.map(|(_, max)| max) })
}

fn read_number(fields: &mut Fields<'_>, name: &'static str, reading: &mut Reading<'_>) -> Option<(Place, f64)> {
    let tree = fields.tree(name)?;
    let place = fields.at(tree);
    let number = match &tree.content {
        Content::Number(text) | Content::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    if number.is_none() {
        reading.findings.error(
            place,
            format!("`{name}` must be a number"),
            format!("write `{name}: 1`, or another number"),
        );
    }
    number.map(|number| (place, number))
}

fn read_lies(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Lies> {
    let Some(text) = fields.text("in_the", &mut reading.findings) else { return Some(Lies::Anywhere) };
    match text.text.as_str() {
        "future" => Some(Lies::Ahead),
        "past" => Some(Lies::Behind),
        _ => {
            let message = format!("a date lies in the future or in the past, not in the `{}`", text.text);
            reading.findings.error(text.place, message, "write `in_the: future` or `in_the: past`, or leave it out");
            None
        }
    }
}

/// `country`; without it the country that belongs to the language's tag, such as `zh-CN`.
fn read_country(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Option<Country>> {
    let Some(text) = fields.text("country", &mut reading.findings) else {
        let region = reading
            .language
            .as_str()
            .split(['-', '_'])
            .find(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase()));
        return Some(region.and_then(Country::named));
    };
    let known = Country::named(&text.text.to_ascii_uppercase());
    if known.is_none() {
        let message = format!("there is no country `{}`", text.text);
        reading.findings.error(text.place, message, "write its two letters, such as DE, CN or US");
    }
    known.map(Some)
}

/// Nobody says more digits in a row.
const MOST_DIGITS: u32 = 24;
