//! A flow as Mermaid's text.

use super::Graph;

pub(super) fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = format!("<b>{}</b><br>{}", escaped(&node.name), node.kind);
        let (open, close) = shape(node.kind);
        text.push_str(&format!("  n{index}{open}\"{label}\"{close}\n"));
    }
    text.push_str(&format!("  begin((call)) --> n{}\n", graph.start));
    for edge in &graph.edges {
        let arrow = if edge.failure { "-.->" } else { "-->" };
        let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&edge.label)) };
        text.push_str(&format!("  n{} {arrow}{label} n{}\n", edge.from, edge.to));
    }
    let person = graph.person;
    for (index, node) in graph.nodes.iter().enumerate() {
        let leads = graph.edges.iter().any(|edge| (edge.from, edge.to) == (index, person));
        if node.asks && !leads && index != person {
            text.push_str(&format!("  n{index} -.->|person| n{person}\n"));
        }
    }
    text
}

fn shape(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "menu" | "ask" | "form" => ("[/", "/]"),
        "branch" | "when_open" => ("{{", "}}"),
        "queue" => ("[[", "]]"),
        "hang_up" | "return" => ("([", "])"),
        _ => ("[", "]"),
    }
}

/// Mermaid reads entities by number: `#35;`.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | ';' | '`' | '|' => safe.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
