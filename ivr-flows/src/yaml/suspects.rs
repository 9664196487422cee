//! Characters that come from word processors and Chinese keyboards, where YAML wants plain ones.

use super::parse::LONGEST_KEY;
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

/// Characters that nobody sees: they turn the direction of what is shown, or make two names look the same.
pub(crate) fn report_invisible(file: u32, text: &str, findings: &mut Findings) {
    let mut found = 0;
    for (line, content) in (1u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        for (column, c) in (1u32..).zip(content.chars()) {
            let Some(what) = invisible(c) else { continue };
            let message = format!("there is an invisible character, U+{:04X}: {what}", u32::from(c));
            findings.error(Place { file, line, column }, message, "delete it; the caret stands at its place");
            found += 1;
            if found == MOST {
                return;
            }
        }
    }
}

fn invisible(c: char) -> Option<&'static str> {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            Some("it turns the direction of the text")
        }
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' => Some("it has no width"),
        '\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' => {
            Some("it controls a terminal")
        }
        _ => None,
    }
}

/// The place of a line that is one key without end.
pub(crate) fn endless_key(file: u32, text: &str) -> Option<Place> {
    for (line, content) in (1u32..).zip(text.lines()) {
        let trimmed = content.trim_start();
        let begins_value = trimmed.starts_with(['"', '\'', '#', '|', '>', '[', '{']);
        if content.len() <= LONGEST_KEY || begins_value {
            continue;
        }
        let key = trimmed.split(": ").next().unwrap_or_default().trim_end_matches(':');
        if key.chars().count() > LONGEST_KEY && key.len() < trimmed.len() {
            let column = u32::try_from(content.len() - trimmed.len()).unwrap_or(0) + 1;
            return Some(Place { file, line, column });
        }
    }
    None
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
