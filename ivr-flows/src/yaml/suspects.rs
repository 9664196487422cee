//! Characters that come from word processors and Chinese keyboards, where YAML wants plain ones.

use crate::diagnostic::{Findings, Place};

/// A character that probably stands for another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suspect {
    pub(crate) line: u32,
    column: u32,
    found: char,
    meant: &'static str,
    what: &'static str,
}

impl Suspect {
    pub(crate) fn report(&self, file: u32, findings: &mut Findings) {
        let place = Place { file, line: self.line, column: self.column };
        let found = if self.found == '\t' { "a tab".to_owned() } else { format!("{} `{}`", self.what, self.found) };
        findings.error(
            place,
            format!("there is {found} where YAML wants {}", self.meant),
            format!("type {} here", self.meant),
        );
    }
}

/// The suspects of a text outside of its comments: tabs that indent, curly quotes and full-width punctuation.
pub(crate) fn find(text: &str) -> Vec<Suspect> {
    let mut found = Vec::new();
    for (line, content) in (1u32..).zip(text.lines()) {
        let mut quote: Option<char> = None;
        let mut indenting = true;
        let mut before = ' ';
        for (column, c) in (1u32..).zip(content.chars()) {
            let suspect = match (c, quote) {
                ('\t', None) if indenting => Some(("blanks", "a tab")),
                (_, None) => meant(c),
                _ => None,
            };
            if let Some((meant, what)) = suspect
                && found.len() < MOST
            {
                found.push(Suspect { line, column, found: c, meant, what });
            }
            match quote {
                None if c == '#' && before.is_whitespace() => break,
                None if matches!(c, '"' | '\'') && !before.is_alphanumeric() => quote = Some(c),
                Some(open) if c == open => quote = None,
                _ => {}
            }
            indenting &= c.is_whitespace();
            before = c;
        }
    }
    found
}

/// The file was read all the same, so most suspects are text that people hear. Two are not: a quotation that is no
/// quotation, and a key that swallowed its value.
pub(crate) fn report_between_values(file: u32, text: &str, suspects: &[Suspect], findings: &mut Findings) {
    let mut last_line = 0;
    for suspect in suspects {
        let content =
            text.lines().nth(usize::try_from(suspect.line).unwrap_or(1).saturating_sub(1)).unwrap_or_default();
        let before: String =
            content.chars().take(usize::try_from(suspect.column).unwrap_or(1).saturating_sub(1)).collect();
        let before = before.trim_end();
        let opens_value = before.is_empty() || before.ends_with([':', '[', ',', '-', '{', '，', '、']);
        let quotes = matches!(suspect.found, '“' | '”' | '‘' | '’' | '„' | '«' | '」' | '「');
        let parts_key =
            matches!(suspect.found, '：') && !before.contains([':', '"']) && !before.trim_start().contains(' ');
        let parts_list = matches!(suspect.found, '，' | '、' | '【' | '】' | '｛' | '｝')
            && (before.contains('[') || before.contains('{') || suspect.found != '，' && suspect.found != '、');
        if suspect.line != last_line && (quotes && opens_value || parts_key || parts_list) {
            suspect.report(file, findings);
            last_line = suspect.line;
        }
    }
}

fn meant(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '“' | '”' | '„' | '«' | '»' | '「' | '」' => ("a straight quote \"", "the curly quote"),
        '‘' | '’' => ("a straight quote '", "the curly quote"),
        '：' => ("a colon : and a blank", "the full-width colon"),
        '，' | '、' => ("a comma ,", "the full-width comma"),
        '｛' => ("a brace {", "the full-width brace"),
        '｝' => ("a brace }", "the full-width brace"),
        '【' | '［' => ("a bracket [", "the full-width bracket"),
        '】' | '］' => ("a bracket ]", "the full-width bracket"),
        '＃' => ("a #", "the full-width sign"),
        '－' => ("a hyphen - and a blank", "the full-width hyphen"),
        '\u{a0}' | '\u{3000}' => ("a blank", "a blank of another kind"),
        _ => return None,
    })
}

const MOST: usize = 200;
