//! Links of the documents lead somewhere.

use architecture_tests::{root, tracked};

#[test]
fn links_to_files_lead_to_files() {
    let mut broken = Vec::new();
    for document in tracked(&["*.md"]) {
        let text = std::fs::read_to_string(root().join(&document)).expect("a tracked file is readable");
        let folder = root().join(&document).parent().expect("a file has a folder").to_owned();
        for target in targets(&text) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !folder.join(path).exists() {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The targets of Markdown links that are no addresses.
fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("](") {
        let rest = &text[at + 2..];
        let Some(end) = rest.find(')') else { continue };
        let target = &rest[..end];
        let is_address = target.contains("://") || target.starts_with("mailto:");
        if !is_address && !target.contains(' ') {
            found.push(target);
        }
    }
    found
}
