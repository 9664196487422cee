//! Texts with variables in them. They only render; what decides is a [`super::Condition`].

use std::collections::BTreeMap;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use crate::language::Words;
use crate::value::{Type, Value, parse_money};

/// A text of the flow, with or without variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Template {
    /// The same every time.
    Fixed(String),
    /// Rendered with variables; the name of a template in [`Templates`] and its source.
    Varying(String, String),
}

/// For whom a text is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Heard: digits are spelt, money has its units, an unfilled variable is an error.
    Caller,
    /// Heard by the agent: as for the caller, but what is unfilled is empty.
    Agent,
    /// Sent to a back end: values as they are stored.
    Service,
    /// Part of an address: as for a service, percent-encoded.
    Address,
}

/// The templates of one flow.
#[derive(Debug)]
pub(crate) struct Templates {
    environment: Environment<'static>,
    words: &'static Words,
    count: usize,
}

impl Templates {
    pub(crate) fn new(words: &'static Words) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(16);
        environment.add_filter("digits", move |value: minijinja::Value| spell(&value, words));
        environment.add_filter("money", move |value: minijinja::Value| money(&value, words));
        Self { environment, words, count: 0 }
    }

    /// Takes a text in. The error is what is wrong with its template.
    pub(crate) fn add(&mut self, text: &str) -> Result<Template, String> {
        if text.len() > LONGEST {
            return Err("the text is longer than 10,000 bytes".to_owned());
        }
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(Template::Fixed(text.to_owned()));
        }
        let name = self.count.to_string();
        self.count += 1;
        self.environment.add_template_owned(name.clone(), text.to_owned()).map_err(|error| plain(&error))?;
        Ok(Template::Varying(name, text.to_owned()))
    }

    /// The variables that a text uses, with their fields where they are named: `caller`, `balance.amount`.
    pub(crate) fn variables(&self, template: &Template) -> Vec<String> {
        let Template::Varying(name, _) = template else { return Vec::new() };
        let Ok(template) = self.environment.get_template(name) else { return Vec::new() };
        let mut variables: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        variables.sort();
        variables
    }

    /// Renders a text. The error says what was wrong; it is met only by a variable that is not filled, or a template
    /// that computes too long.
    pub(crate) fn render(
        &self,
        template: &Template,
        values: &BTreeMap<String, Value>,
        scope: &BTreeMap<String, Type>,
        voice: Voice,
    ) -> Result<String, String> {
        let name = match template {
            Template::Fixed(text) => return Ok(text.clone()),
            Template::Varying(name, _) => name,
        };
        let template = self.environment.get_template(name).map_err(|error| plain(&error))?;
        let rendered = template.render(self.context(values, scope, voice)).map_err(|error| plain(&error))?;
        if rendered.len() > LONGEST {
            return Err("the rendered text is longer than 10,000 bytes".to_owned());
        }
        Ok(rendered)
    }

    fn context(
        &self,
        values: &BTreeMap<String, Value>,
        scope: &BTreeMap<String, Type>,
        voice: Voice,
    ) -> minijinja::Value {
        let mut plain: BTreeMap<String, minijinja::Value> = BTreeMap::new();
        let mut grouped: BTreeMap<String, BTreeMap<String, minijinja::Value>> = BTreeMap::new();
        let mut put = |name: &str, value: String| match name.split_once('.') {
            None => {
                plain.insert(name.to_owned(), value.into());
            }
            Some((group, field)) => {
                grouped.entry(group.to_owned()).or_default().insert(field.to_owned(), value.into());
            }
        };
        if voice == Voice::Agent {
            scope.keys().for_each(|name| put(name, String::new()));
        }
        for (name, value) in values {
            put(
                name,
                match voice {
                    Voice::Caller | Voice::Agent => value.spoken(self.words),
                    Voice::Service => value.raw(),
                    Voice::Address => percent_encode(&value.raw()),
                },
            );
        }
        plain.extend(grouped.into_iter().map(|(group, fields)| (group, fields.into())));
        plain.into()
    }
}

/// The filter `digits`.
fn spell(value: &minijinja::Value, words: &Words) -> String {
    let text = value.to_string();
    if text.chars().any(|c| c.is_ascii_digit()) { words.spell(&text) } else { text }
}

/// The filter `money`. A text that is no number has its units already.
fn money(value: &minijinja::Value, words: &Words) -> String {
    let text = value.to_string();
    parse_money(&text).map_or(text, |hundredths| words.spell_money(hundredths))
}

/// Unreserved characters stay (RFC 3986 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn plain(error: &Error) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "the template computes too long".to_owned(),
        ErrorKind::UndefinedError => format!("a variable is not filled yet{}", detail(error)),
        kind => format!("{kind}{}", detail(error)),
    }
}

fn detail(error: &Error) -> String {
    error.detail().map(|detail| format!(": {detail}")).unwrap_or_default()
}

/// Instructions of one rendering: a long text needs a few hundred.
const FUEL: u64 = 5_000;
const LONGEST: usize = 10_000;

#[cfg(test)]
mod tests {
    use call_model::Language;

    use super::*;

    fn render(text: &str, voice: Voice) -> Result<String, String> {
        let mut templates = Templates::new(Words::of(&Language::new("en")));
        let template = templates.add(text)?;
        let values = BTreeMap::from([
            ("account".to_owned(), Value::Digits("102".into())),
            ("balance.amount".to_owned(), Value::Money(4210)),
            ("name".to_owned(), Value::Text("A & B".into())),
        ]);
        let scope = BTreeMap::from([("plan".to_owned(), Type::Text)]);
        templates.render(&template, &values, &scope, voice)
    }

    #[test]
    fn a_caller_hears_digits_one_by_one_and_money_with_its_units() {
        let heard = render("{{ account }}: {{ balance.amount }} for {{ name }}", Voice::Caller);
        assert_eq!(heard.unwrap(), "one zero two: 42 dollars and 10 cents for A & B");
        assert_eq!(render("{{ '12' | digits }} {{ 3 | money }}", Voice::Caller).unwrap(), "one two 3 dollars");
    }

    #[test]
    fn a_service_is_sent_plain_values() {
        assert_eq!(render("{{ account }} {{ balance.amount }}", Voice::Service).unwrap(), "102 42.10");
        assert_eq!(render("/{{ name }}", Voice::Address).unwrap(), "/A%20%26%20B");
    }

    #[test]
    fn what_is_unfilled_is_an_error_for_the_caller_and_empty_for_the_agent() {
        assert!(render("{{ plan }}", Voice::Caller).is_err());
        assert_eq!(render("plan {{ plan }}", Voice::Agent).unwrap(), "plan ");
    }

    #[test]
    fn a_template_that_loops_ends() {
        let error =
            render("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", Voice::Caller);
        assert!(error.is_err());
        assert!(render("{{ 'x' * 100000000 }}", Voice::Caller).is_err());
    }
}
