//! The back ends that a flow asks, as a programmer describes them in `services.yaml`.
//!
//! ```yaml
//! balance:
//!   url: "http://127.0.0.1:9000/balance/{{ account }}"
//!   method: get
//!   timeout: 3s
//!   headers: { accept: application/json }
//!   fields: { amount: money, name: text }
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use crate::nearest::nearest;
use crate::reading::{RESERVED, Reading};
use crate::run::HttpMethod;
use crate::text::Template;
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text, Tree, entries};

/// One back end.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) method: HttpMethod,
    pub(crate) url: Template,
    /// The variables that the address needs.
    pub(crate) url_variables: Vec<String>,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) timeout: Duration,
    /// What its answer holds.
    pub(crate) fields: BTreeMap<String, Type>,
}

/// Reads the services' file.
pub(crate) fn read(file: u32, tree: &Tree, reading: &mut Reading<'_>) -> BTreeMap<String, Service> {
    let mut services = BTreeMap::new();
    for (name, tree) in entries(file, tree, "services", &mut reading.findings).unwrap_or_default() {
        if !reading.is_variable(&name) {
            continue;
        }
        if RESERVED.contains(&name.text.as_str()) {
            let message = format!("`{}` is given by the call and cannot name a service", name.text);
            reading.findings.error(name.place, message, "give the service another name");
            continue;
        }
        let Some(mut fields) = reading.open(file, tree, format!("the service `{}`", name.text)) else { continue };
        let service = read_one(&mut fields, reading);
        fields.finish(&mut reading.findings);
        services.extend(service.map(|service| (name.text, service)));
    }
    services
}

fn read_one(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Service> {
    let method = method(fields, reading);
    let timeout = reading.duration(fields, "timeout", SHORTEST_TIMEOUT, LONGEST_TIMEOUT).unwrap_or(DEFAULT_TIMEOUT);
    let mut headers = Vec::new();
    for (name, tree) in fields.entries("headers", &mut reading.findings).unwrap_or_default() {
        let value = crate::yaml::text(fields.file(), tree, "header", &mut reading.findings);
        headers.extend(value.and_then(|value| header(&name, &value, reading)));
    }
    let mut declared = BTreeMap::new();
    for (name, tree) in fields.entries("fields", &mut reading.findings).unwrap_or_default() {
        let of = crate::yaml::text(fields.file(), tree, "fields", &mut reading.findings);
        if reading.is_variable(&name) {
            declared.extend(of.and_then(|of| field_type(&of, reading)).map(|of| (name.text, of)));
        }
    }
    let url = fields.must_text("url", "add `url: \"http://host/path/{{ name }}\"`", &mut reading.findings)?;
    if !(url.text.starts_with("http://") || url.text.starts_with("https://"))
        || url.text.contains(char::is_whitespace) && !url.text.contains("{{")
    {
        reading.findings.error(
            url.place,
            "the address is no http address",
            "begin it with http:// or https:// and write no blanks",
        );
    }
    let template = add(&url, reading)?;
    let url_variables = reading.templates.variables(&template);
    Some(Service { method, url: template, url_variables, headers, timeout, fields: declared })
}

/// A template over what a node gives with `with:`; its variables are checked there.
fn add(text: &Text, reading: &mut Reading<'_>) -> Option<Template> {
    let template = reading.templates.add(&text.text);
    template
        .map_err(|wrong| {
            reading.findings.error(
                text.place,
                format!("the text does not render: {wrong}"),
                "write variables as {{ name }}",
            )
        })
        .ok()
}

fn method(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> HttpMethod {
    let Some(text) = fields.text("method", &mut reading.findings) else { return HttpMethod::Get };
    match text.text.to_ascii_lowercase().as_str() {
        "get" => HttpMethod::Get,
        "post" => HttpMethod::Post,
        "put" => HttpMethod::Put,
        "delete" => HttpMethod::Delete,
        _ => {
            reading.findings.error(
                text.place,
                format!("`{}` is no method", text.text),
                "write get, post, put or delete",
            );
            HttpMethod::Get
        }
    }
}

fn header(name: &Text, value: &Text, reading: &mut Reading<'_>) -> Option<(String, Template)> {
    let is_token = !name.text.is_empty() && name.text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_token || value.text.chars().any(char::is_control) {
        reading.findings.error(
            name.place,
            "the header field cannot be sent",
            "write a name of letters and hyphens, and a value on one line",
        );
        return None;
    }
    Some((name.text.to_ascii_lowercase(), add(value, reading)?))
}

/// A declared type by its name.
pub(crate) fn field_type(text: &Text, reading: &mut Reading<'_>) -> Option<Type> {
    let of = Type::named(&text.text);
    if of.is_none() {
        let known = ["text", "number", "money", "yes_no", "digits"];
        let fix = match nearest(&text.text, known) {
            Some(known) => format!("write `{known}`"),
            None => "write text, number, money, yes_no or digits".to_owned(),
        };
        reading.findings.error(text.place, format!("there is no type `{}`", text.text), fix);
    }
    of
}

impl Service {
    /// The declared fields of an answer; `None` when one is missing or of another type.
    pub(crate) fn read_answer(&self, body: &str) -> Option<BTreeMap<String, Value>> {
        if self.fields.is_empty() {
            return Some(BTreeMap::new());
        }
        let answer: serde_json::Value = serde_json::from_str(body).ok()?;
        let answer = answer.as_object()?;
        self.fields.iter().map(|(name, of)| Some((name.clone(), read_field(answer.get(name)?, of)?))).collect()
    }

    /// The variables that a node must give with `with:`.
    pub(crate) fn needs(&self, templates: &crate::text::Templates) -> Vec<String> {
        let mut names = self.url_variables.clone();
        names.extend(self.headers.iter().flat_map(|(_, value)| templates.variables(value)));
        names.sort();
        names.dedup();
        names
    }
}

fn read_field(value: &serde_json::Value, of: &Type) -> Option<Value> {
    match (value, of) {
        (serde_json::Value::Bool(yes), Type::YesNo) => Some(Value::YesNo(*yes)),
        (serde_json::Value::Number(number), Type::Text | Type::Number | Type::Money | Type::Digits) => {
            of.parse(&number.to_string())
        }
        (serde_json::Value::String(text), _) if text.len() <= LONGEST_TEXT => of.parse(text),
        _ => None,
    }
}

/// A caller waits this long in silence at most, unless the programmer says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of one field; nobody listens longer.
const LONGEST_TEXT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Template;

    fn service() -> Service {
        Service {
            method: HttpMethod::Get,
            url: Template::Fixed(String::new()),
            url_variables: Vec::new(),
            headers: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            fields: BTreeMap::from([("amount".to_owned(), Type::Money), ("name".to_owned(), Type::Text)]),
        }
    }

    #[test]
    fn an_answer_is_held_against_its_declared_shape() {
        let answer = service().read_answer(r#"{"amount": 42.1, "name": "Ann", "more": [1]}"#).unwrap();
        assert_eq!(answer["amount"], Value::Money(4210));
        for body in
            ["", "[]", "{}", r#"{"amount": "x", "name": "Ann"}"#, r#"{"amount": 1, "name": null}"#, "{\"amount\": 1"]
        {
            assert_eq!(service().read_answer(body), None, "{body}");
        }
    }
}
