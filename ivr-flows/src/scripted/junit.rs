//! Results as JUnit XML, which every build server reads.

use super::play::Played;

/// The results of several files, each with its path.
pub fn junit(files: &[(String, Vec<Played>)]) -> String {
    let all = files.iter().flat_map(|(_, played)| played);
    let failed = all.clone().filter(|played| played.failure.is_some()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str(&format!("<testsuites tests=\"{}\" failures=\"{failed}\">\n", all.count()));
    for (file, played) in files {
        let failed = played.iter().filter(|played| played.failure.is_some()).count();
        let name = escaped(file);
        xml.push_str(&format!("  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failed}\">\n", played.len()));
        for case in played {
            let time = case.lasted.as_secs_f64();
            let line = case.line;
            let of = escaped(&case.name);
            xml.push_str(&format!(
                "    <testcase classname=\"{name}\" name=\"{of}\" file=\"{name}\" line=\"{line}\" time=\"{time:.3}\""
            ));
            match &case.failure {
                None => xml.push_str("/>\n"),
                Some(failure) => {
                    let message =
                        format!("line {}: expected {}, came {}", failure.line, failure.expected, failure.came);
                    let (message, text) = (escaped(&message), escaped(&failure.to_string()));
                    xml.push_str(&format!(
                        ">\n      <failure message=\"{message}\">{text}</failure>\n    </testcase>\n"
                    ));
                }
            }
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Text for XML; characters that no XML may hold are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::play::{Failure, Played};
    use super::junit;

    #[test]
    fn a_failure_stands_in_its_case_and_no_text_breaks_the_xml() {
        let failure = Failure {
            line: 3,
            written: "< a & b".into(),
            expected: "a & b".into(),
            came: "\"c\u{1}\"".into(),
            node: "tell".into(),
            at: Duration::from_secs(2),
        };
        let case = |failure| Played {
            name: "one <two>".into(),
            line: 1,
            failure,
            lasted: Duration::from_millis(1500),
            events: Vec::new(),
        };
        let xml = junit(&[("a.dialogue".into(), vec![case(None), case(Some(failure))])]);
        assert!(xml.contains("<testsuites tests=\"2\" failures=\"1\">"), "{xml}");
        assert!(xml.contains("name=\"one &lt;two&gt;\" file=\"a.dialogue\" line=\"1\" time=\"1.500\"/>"), "{xml}");
        assert!(xml.contains("message=\"line 3: expected a &amp; b, came &quot;c&quot;\""), "{xml}");
    }
}
