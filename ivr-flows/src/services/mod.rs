//! The back ends that a flow asks, as a programmer describes them in `services.yaml`.
//!
//! ```yaml
//! balance:
//!   url: "http://127.0.0.1:9000/balance/{{ account }}"
//!   method: get
//!   timeout: 3s
//!   retries: 1
//!   allow_private: true
//!   secret: balance_token
//!   headers: { accept: application/json }
//!   fields: { amount: money, name: text }
//! ```

mod recorded;
mod shape;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::nearest::nearest;
use crate::reading::{RESERVED, Reading};
use crate::run::{HttpMethod, Secret};
use crate::text::Template;
use crate::value::Type;
use crate::yaml::{self, Content, Fields, Text, Tree, entries, list_of, text};

pub(crate) use recorded::Recorded;
pub(crate) use shape::{Answer, Row, Shape};

/// One back end.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) method: HttpMethod,
    pub(crate) url: Template,
    /// The variables that the address needs.
    pub(crate) url_variables: Vec<String>,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) timeout: Duration,
    /// How often a request that failed for want of luck is sent again.
    pub(crate) retries: u32,
    /// Whether it may live at a private address.
    pub(crate) allow_private: bool,
    /// Whether it tells what only a verified caller may hear.
    pub(crate) personal: bool,
    pub(crate) secret: Option<Secret>,
    /// What its answer holds.
    pub(crate) shape: Shape,
    pub(crate) recorded: Vec<Recorded>,
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
        let value = text(fields.file(), tree, "header", &mut reading.findings);
        headers.extend(value.and_then(|value| header(&name, &value, reading)));
    }
    let retries = fields.count("retries", 0, MOST_RETRIES, &mut reading.findings).map_or(0, |(_, retries)| retries);
    let allow_private = fields.flag("allow_private", &mut reading.findings).unwrap_or(false);
    let personal = fields.flag("personal", &mut reading.findings).unwrap_or(false);
    let secret = read_secret(fields, reading);
    let shape = Shape::read(fields, reading);
    let recorded = Recorded::read(fields, reading);
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
    Some(Service {
        method,
        url: template,
        url_variables,
        headers,
        timeout,
        retries,
        allow_private,
        personal,
        secret,
        shape,
        recorded,
    })
}

/// `secret: name` is sent as a bearer token; `secret: { name: ..., header: ... }` as it is.
fn read_secret(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Secret> {
    let file = fields.file();
    let tree = fields.tree("secret")?;
    if !matches!(tree.content, Content::Map(_)) {
        let name = text(file, tree, "secret", &mut reading.findings)?;
        return secret(name, "authorization".to_owned(), "Bearer ", reading);
    }
    let mut inner = reading.open(file, tree, "the secret")?;
    let name = inner.must_text("name", "add `name:` with the secret's name", &mut reading.findings);
    let fix = "add `header:` with the header field that carries it";
    let field = inner.must_text("header", fix, &mut reading.findings);
    inner.finish(&mut reading.findings);
    let field = field?;
    let (header, _) = header(&field, &Text { place: field.place, text: String::new() }, reading)?;
    secret(name?, header, "", reading)
}

fn secret(name: Text, header: String, before: &str, reading: &mut Reading<'_>) -> Option<Secret> {
    let fits =
        !name.text.is_empty() && name.text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fits {
        let fix = "write the name under which the server's configuration holds it, such as `balance_token`";
        reading.findings.error(name.place, "this is no name of a secret; the secret itself never stands here", fix);
        return None;
    }
    Some(Secret { name: name.text, header, before: before.to_owned() })
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
    let text = fields.text("method", &mut reading.findings);
    fields.shaped(yaml::Shape::OneOf(vec!["get", "post", "put", "delete"]));
    let Some(text) = text else { return HttpMethod::Get };
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
        let fix = match nearest(&text.text, Type::NAMES.iter().copied()) {
            Some(known) => format!("write `{known}`"),
            None => format!("write one of {}", list_of(Type::NAMES)),
        };
        reading.findings.error(text.place, format!("there is no type `{}`", text.text), fix);
    }
    of
}

impl Service {
    /// The variables that a node must give with `with:`.
    pub(crate) fn needs(&self, templates: &crate::text::Templates) -> Vec<String> {
        let mut names = self.url_variables.clone();
        names.extend(self.headers.iter().flat_map(|(_, value)| templates.variables(value)));
        names.sort();
        names.dedup();
        names
    }
}

/// A caller waits this long in silence at most, unless the programmer says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Who waits longer has gone.
const MOST_RETRIES: u32 = 5;
