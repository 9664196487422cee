//! `GET /docs`: the API's description for people, made from the OpenAPI description. It needs no script and no address of
//! others, so it works where nothing but this server can be reached.

use std::fmt::{self, Write};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use serde_json::{Map, Value};

use super::openapi::DESCRIPTION;
use crate::services::Services;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new().route("/docs", get(docs))
}

async fn docs() -> impl IntoResponse {
    let headers = [(CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, POLICY), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, Html(PAGE.as_str()))
}

static PAGE: LazyLock<String> = LazyLock::new(|| {
    // Both fail only for types that cannot be written, and ours are plain.
    let description = serde_json::to_value(&*DESCRIPTION).unwrap_or_default();
    page(&description).unwrap_or_default()
});

fn page(description: &Value) -> Result<String, fmt::Error> {
    let mut out = String::new();
    write!(out, "{HEAD}<style>{STYLE}</style></head><body><main>")?;
    write!(out, "<p><a href=\"/\">Console</a></p><h1>{} API</h1>", Text(text(description, "/info/title")))?;
    write!(out, "<p>{}</p>", Text(text(description, "/info/description")))?;
    out.push_str(INTRODUCTION);
    let operations = operations(description);
    let mut tags: Vec<&str> = operations.iter().map(|operation| operation.tag).collect();
    tags.dedup();
    out.push_str("<nav aria-label=\"Contents\"><ul>");
    for tag in &tags {
        write!(out, "<li><a href=\"#{0}\">{0}</a></li>", Text(tag))?;
    }
    out.push_str("<li><a href=\"#objects\">Objects</a></li></ul></nav>");
    for tag in tags {
        write!(out, "<section><h2 id=\"{0}\">{0}</h2>", Text(tag))?;
        for operation in operations.iter().filter(|operation| operation.tag == tag) {
            write_operation(&mut out, operation)?;
        }
        out.push_str("</section>");
    }
    write_objects(&mut out, description)?;
    out.push_str("</main></body></html>\n");
    Ok(out)
}

struct Operation<'a> {
    tag: &'a str,
    method: String,
    path: &'a str,
    told: &'a Value,
}

/// Every operation, by tag, path and method.
fn operations(description: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, methods) in members(&description["paths"]) {
        for (method, told) in members(methods) {
            let tag = told["tags"][0].as_str().unwrap_or("others");
            operations.push(Operation { tag, method: method.to_uppercase(), path, told });
        }
    }
    operations.sort_by(|a, b| (a.tag, a.path, &a.method).cmp(&(b.tag, b.path, &b.method)));
    operations
}

fn write_operation(out: &mut String, operation: &Operation) -> fmt::Result {
    let Operation { method, path, told, .. } = operation;
    write!(out, "<article><h3><code>{} {}</code></h3>", Text(method), Text(path))?;
    for key in ["summary", "description"] {
        if let Some(words) = told[key].as_str() {
            write!(out, "<p>{}</p>", Text(words))?;
        }
    }
    write_parameters(out, &told["parameters"])?;
    write_body(out, &told["requestBody"])?;
    write_responses(out, &told["responses"])?;
    out.push_str("</article>");
    Ok(())
}

fn write_parameters(out: &mut String, parameters: &Value) -> fmt::Result {
    let Some(parameters) = parameters.as_array() else { return Ok(()) };
    let rows = parameters.iter().map(|parameter| {
        let place = parameter["in"].as_str().unwrap_or_default();
        let name = parameter["name"].as_str().unwrap_or_default();
        let needed = if parameter["required"] == true { "needed" } else { "" };
        [
            Cell::Code(name),
            Cell::Text(place),
            Cell::Kind(&parameter["schema"]),
            Cell::Text(needed),
            description_of(parameter),
        ]
    });
    write_table(out, "Parameters", ["Name", "In", "Kind", "", "Meaning"], rows)
}

fn write_body(out: &mut String, body: &Value) -> fmt::Result {
    let rows = members(&body["content"])
        .map(|(media, content)| [Cell::Code(media), Cell::Kind(&content["schema"]), description_of(body)]);
    write_table(out, "Body", ["Media type", "Kind", "Meaning"], rows)
}

fn write_responses(out: &mut String, responses: &Value) -> fmt::Result {
    let rows = members(responses).map(|(status, response)| {
        let content = members(&response["content"]).next();
        let media = content.map_or("", |(media, _)| media);
        let kind = content.map_or(&Value::Null, |(_, content)| &content["schema"]);
        [Cell::Code(status), Cell::Code(media), Cell::Kind(kind), description_of(response)]
    });
    write_table(out, "Answers", ["Status", "Media type", "Kind", "Meaning"], rows)
}

fn write_objects(out: &mut String, description: &Value) -> fmt::Result {
    out.push_str("<section><h2 id=\"objects\">Objects</h2>");
    for (name, schema) in members(&description["components"]["schemas"]) {
        write!(out, "<article><h3 id=\"object-{0}\"><code>{0}</code></h3>", Text(name))?;
        write!(out, "<p>{}</p>", Text(schema["description"].as_str().unwrap_or_default()))?;
        // What is flattened into it stands beside its own fields.
        for part in schema["allOf"].as_array().into_iter().flatten().chain([schema]) {
            write_fields(out, part, "Fields")?;
        }
        write_values(out, schema)?;
        for choice in schema["oneOf"].as_array().into_iter().flatten() {
            write_choice(out, choice)?;
        }
        out.push_str("</article>");
    }
    out.push_str("</section>");
    Ok(())
}

/// One of the shapes that an object may have.
fn write_choice(out: &mut String, choice: &Value) -> fmt::Result {
    if let Some(words) = choice["description"].as_str() {
        write!(out, "<p>{}</p>", Text(words))?;
    }
    let parts = choice["allOf"].as_array().into_iter().flatten();
    for part in parts.filter(|part| !part["$ref"].is_null()) {
        write!(out, "<p>As {}, and:</p>", Cell::Kind(part))?;
    }
    let parts = choice["allOf"].as_array().into_iter().flatten();
    for part in parts.chain([choice]) {
        write_fields(out, part, choice["title"].as_str().unwrap_or("Fields"))?;
    }
    Ok(())
}

/// The texts that an object may be.
fn write_values(out: &mut String, schema: &Value) -> fmt::Result {
    let values: Vec<&str> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if values.is_empty() {
        return Ok(());
    }
    let values: Vec<String> = values.into_iter().map(|value| Cell::Code(value).to_string()).collect();
    write!(out, "<p>One of {}</p>", values.join(", "))
}

fn write_fields(out: &mut String, schema: &Value, caption: &str) -> fmt::Result {
    let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows = members(&schema["properties"]).map(|(name, field)| {
        let needed = if needed.contains(&name) { "needed" } else { "" };
        [Cell::Code(name), Cell::Kind(field), Cell::Text(needed), description_of(field)]
    });
    write_table(out, caption, ["Name", "Kind", "", "Meaning"], rows)
}

/// A table without the columns in which nothing stands; nothing where it has no rows.
fn write_table<'a, const N: usize>(
    out: &mut String,
    caption: &str,
    heads: [&str; N],
    rows: impl Iterator<Item = [Cell<'a>; N]>,
) -> fmt::Result {
    let rows: Vec<[String; N]> = rows.map(|row| row.map(|cell| cell.to_string())).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let used: [bool; N] = std::array::from_fn(|column| rows.iter().any(|row| !row[column].is_empty()));
    let columns = || (0..N).filter(|column| used[*column]);
    write!(out, "<div class=\"wide\"><table><caption>{caption}</caption><thead><tr>")?;
    for column in columns() {
        write!(out, "<th scope=\"col\">{}</th>", heads[column])?;
    }
    out.push_str("</tr></thead><tbody>");
    for row in &rows {
        out.push_str("<tr>");
        for column in columns() {
            write!(out, "<td>{}</td>", row[column])?;
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    Ok(())
}

fn description_of(value: &Value) -> Cell<'_> {
    Cell::Text(value["description"].as_str().unwrap_or_default())
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

enum Cell<'a> {
    Text(&'a str),
    Code(&'a str),
    /// A JSON schema.
    Kind(&'a Value),
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", Text(text)),
            Self::Code("") => Ok(()),
            Self::Code(code) => write!(f, "<code>{}</code>", Text(code)),
            Self::Kind(schema) => write_kind(f, schema),
        }
    }
}

fn write_kind(f: &mut fmt::Formatter<'_>, schema: &Value) -> fmt::Result {
    if let Some(name) = schema["$ref"].as_str().and_then(|address| address.rsplit('/').next()) {
        return write!(f, "<a href=\"#object-{0}\">{0}</a>", Text(name));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return write_choices(f, choices);
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().filter_map(Value::as_str).map(|value| Cell::Code(value).to_string()).collect();
        return f.write_str(&values.join(" or "));
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => {
            f.write_str("list of ")?;
            write_kind(f, &schema["items"])
        }
        Value::String(kind) if schema["additionalProperties"].is_object() => {
            write!(f, "{} of ", Text(kind))?;
            write_kind(f, &schema["additionalProperties"])
        }
        Value::String(kind) => write!(f, "{}", Text(kind)),
        Value::Array(kinds) => {
            let names: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            write!(f, "{}", Text(&names.join(" or ")))
        }
        _ => Ok(()),
    }
}

fn write_choices(f: &mut fmt::Formatter<'_>, choices: &[Value]) -> fmt::Result {
    for (place, choice) in choices.iter().enumerate() {
        if place > 0 {
            f.write_str(" or ")?;
        }
        write_kind(f, choice)?;
    }
    Ok(())
}

/// Text as HTML writes it.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut code = false;
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // As in the comments that the words come from.
                '`' => {
                    f.write_str(if code { "</code>" } else { "<code>" })?;
                    code = !code;
                }
                _ => f.write_char(c)?,
            }
        }
        if code { f.write_str("</code>") } else { Ok(()) }
    }
}

/// The page has no script and loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Callwright API</title>";
const INTRODUCTION: &str = "<p>JSON over HTTP. Where a token is configured, send it as \
    <code>Authorization: Bearer TOKEN</code> or as the cookie <code>callwright_token</code>. Errors have an \
    <code>error</code> for programs and a <code>message</code> that says what to do. Programs read \
    <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p>";
const STYLE: &str = ":root{color-scheme:light dark;font:1rem/1.45 system-ui,sans-serif}\
    body{margin:0}main{max-width:70rem;margin:auto;padding:0 1rem 3rem}\
    nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}\
    article{border:1px solid light-dark(#c8cdd4,#434a54);border-radius:.4rem;padding:.2rem .8rem .8rem;margin:1rem 0}\
    article:target,h3:target{outline:3px solid light-dark(#0b5cad,#7db8f5)}h3{overflow-wrap:anywhere}\
    a{color:light-dark(#0b5cad,#7db8f5)}.wide{overflow-x:auto}\
    table{border-collapse:collapse;width:100%;margin-top:.6rem}caption{text-align:start;font-weight:600}\
    th,td{text-align:start;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid light-dark(#c8cdd4,#434a54)}\
    th{font-weight:400;color:light-dark(#57606a,#a8b1bc)}:focus-visible{outline:3px solid light-dark(#0b5cad,#7db8f5)}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_object_of_the_description_is_told() {
        let description = serde_json::to_value(&*DESCRIPTION).expect("plain types");
        let operations = operations(&description);
        assert!(operations.len() > 20, "{}", operations.len());
        for operation in operations {
            let heading = format!("<h3><code>{} {}</code></h3>", operation.method, operation.path);
            assert!(PAGE.contains(&heading), "{heading}");
        }
        for (name, _) in members(&description["components"]["schemas"]) {
            assert!(PAGE.contains(&format!("id=\"object-{name}\"")), "{name}");
        }
    }

    #[test]
    fn every_link_leads_somewhere_on_this_server() {
        for link in PAGE.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            match link.strip_prefix('#') {
                Some(anchor) => assert!(PAGE.contains(&format!("id=\"{anchor}\"")), "{link}"),
                None => assert!(link.starts_with('/') && !link.starts_with("//"), "{link}"),
            }
        }
        assert!(!PAGE.contains("<script") && !PAGE.contains("src="));
    }

    #[test]
    fn words_of_the_description_are_never_markup() {
        assert_eq!(Text("a <b> & \"c\" `d`").to_string(), "a &lt;b&gt; &amp; &quot;c&quot; <code>d</code>");
        assert_eq!(Text("an `open one").to_string(), "an <code>open one</code>");
    }

    #[test]
    fn kinds_are_told_in_words() {
        let kind = |schema: Value| Cell::Kind(&schema).to_string();
        assert_eq!(kind(serde_json::json!({ "type": "array", "items": { "type": "object" } })), "list of object");
        assert_eq!(kind(serde_json::json!({ "type": ["string", "null"] })), "string or null");
        let problem = serde_json::json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Problem" }] });
        assert_eq!(kind(problem), "null or <a href=\"#object-Problem\">Problem</a>");
    }
}
