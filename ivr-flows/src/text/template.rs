//! Texts with variables in them. They only render; what decides is a [`super::Condition`].

use std::collections::BTreeMap;

use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};

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
    /// Read by the caller: values as they are stored, but options by their labels.
    Message,
    /// Sent to a back end: values as they are stored.
    Service,
    /// Kept for people and read later: values as they are stored, and what is unfilled is empty.
    Note,
    /// Part of an address: as for a service, percent-encoded.
    Address,
}

/// How the options of slots are said, by the slots' names and the options'.
pub(crate) type Labels = BTreeMap<String, BTreeMap<String, String>>;

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
        environment.add_filter("name", |value: minijinja::Value| value);
        environment.add_filter(LABELLED, labelled);
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
        self.environment.add_template_owned(name.clone(), with_labels(text)).map_err(|error| plain(&error))?;
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
        labels: &Labels,
        voice: Voice,
    ) -> Result<String, String> {
        let name = match template {
            Template::Fixed(text) => return Ok(text.clone()),
            Template::Varying(name, _) => name,
        };
        let template = self.environment.get_template(name).map_err(|error| plain(&error))?;
        let rendered = template.render(self.context(values, scope, labels, voice)).map_err(|error| plain(&error))?;
        if rendered.len() > LONGEST {
            return Err("the rendered text is longer than 10,000 bytes".to_owned());
        }
        Ok(rendered)
    }

    fn context(
        &self,
        values: &BTreeMap<String, Value>,
        scope: &BTreeMap<String, Type>,
        labels: &Labels,
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
        if matches!(voice, Voice::Agent | Voice::Note) {
            scope.keys().for_each(|name| put(name, String::new()));
        }
        for (name, value) in values {
            put(
                name,
                match voice {
                    Voice::Caller | Voice::Agent => value.spoken(self.words),
                    Voice::Service | Voice::Message | Voice::Note => value.raw(),
                    Voice::Address => percent_encode(&value.raw()),
                },
            );
        }
        plain.extend(grouped.into_iter().map(|(group, fields)| (group, fields.into())));
        if matches!(voice, Voice::Caller | Voice::Agent | Voice::Message) {
            let options = |of: &BTreeMap<String, String>| minijinja::Value::from_pairs(of.clone());
            let slots = labels.iter().map(|(slot, of)| (slot.as_str(), options(of)));
            plain.insert(LABELS.to_owned(), minijinja::Value::from_pairs(slots));
        }
        plain.into()
    }
}

/// A template in which every variable that is told by itself is told by its label: `{{ reason }}`. Conditions in a text
/// see the name, and so does the filter `name`.
fn with_labels(text: &str) -> String {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some((before, inside, after)) = rest.split_once("{{").and_then(|(before, from)| {
        let (inside, after) = from.split_once("}}")?;
        Some((before, inside, after))
    }) {
        let told = inside.trim_end_matches(['-', '+']).trim_end();
        let mut parts = told.trim_start_matches(['-', '+']).split('|').map(str::trim);
        let variable = parts.next().unwrap_or_default();
        let plain = variable.starts_with(|c: char| c.is_ascii_alphabetic())
            && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        whole.push_str(before);
        whole.push_str("{{");
        whole.push_str(told);
        if plain && !parts.any(|filter| filter == "name") {
            whole.push_str(&format!(" | {LABELLED}('{variable}')"));
        }
        whole.push_str(&inside[told.len()..]);
        whole.push_str("}}");
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// The filter that gives an option's label.
fn labelled(state: &State<'_, '_>, value: minijinja::Value, of: &str) -> minijinja::Value {
    let labels = state.lookup(LABELS).and_then(|labels| labels.get_attr(of).ok());
    let label = labels.and_then(|labels| labels.get_attr(value.as_str()?).ok());
    label.filter(|label| !label.is_undefined()).unwrap_or(value)
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

/// The filter that is put behind every variable that is told.
const LABELLED: &str = "labelled";
/// The labels among the variables of a text; no variable has such a name.
const LABELS: &str = "(labels)";
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
            ("tariff".to_owned(), Value::Text("green".into())),
        ]);
        let labels = BTreeMap::from([(
            "tariff".to_owned(),
            BTreeMap::from([("green".to_owned(), "the green tariff".to_owned())]),
        )]);
        let scope = BTreeMap::from([("plan".to_owned(), Type::Text)]);
        templates.render(&template, &values, &scope, &labels, voice)
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
    fn an_option_is_told_by_its_label_and_compared_by_its_name() {
        let text = "{{ tariff }}{{- tariff -}}{% if tariff == 'green' %}, {{ tariff | upper }}{% endif %}";
        for voice in [Voice::Caller, Voice::Agent, Voice::Message] {
            assert_eq!(render(text, voice).unwrap(), "the green tariffthe green tariff, GREEN");
        }
        assert_eq!(
            render("{{ tariff | name }}, {{ tariff | default('none') }}", Voice::Caller).unwrap(),
            "green, the green tariff"
        );
        assert_eq!(render("{{ tariff }}", Voice::Service).unwrap(), "green");
        assert_eq!(render("{{ tariff }} {{", Voice::Caller).ok(), None);
    }

    #[test]
    fn what_is_unfilled_is_an_error_for_the_caller_and_empty_for_the_agent() {
        assert!(render("{{ plan }}", Voice::Caller).is_err());
        assert_eq!(render("plan {{ plan }}", Voice::Agent).unwrap(), "plan ");
        assert_eq!(render("{{ account }} {{ plan }}", Voice::Note).unwrap(), "102 ");
    }

    #[test]
    fn a_template_that_loops_ends() {
        let error =
            render("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", Voice::Caller);
        assert!(error.is_err());
        assert!(render("{{ 'x' * 100000000 }}", Voice::Caller).is_err());
    }
}
