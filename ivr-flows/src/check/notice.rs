//! Whoever is recorded must be told so.

use std::collections::BTreeSet;

use crate::node::{Node, NodeId};
use crate::reading::Reading;
use crate::text::{Line, Template};

/// Warns of nodes that record, where neither they nor what comes right before them says so. What is in a recorded
/// prompt is not known and counts as a notice.
pub(super) fn recordings(nodes: &[Node], exits: &[Vec<(NodeId, Vec<String>)>], reading: &mut Reading<'_>) {
    let language = reading.language.as_str().to_owned();
    let tag = language.split(['-', '_']).next().unwrap_or_default();
    let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == tag) else { return };
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.records()) {
        let mut told: BTreeSet<usize> = BTreeSet::from([index]);
        told.extend((0..nodes.len()).filter(|from| exits[*from].iter().any(|(to, _)| to.0 == index)));
        let says = |index: &usize| nodes[*index].lines().iter().any(|line| tells(line, words));
        if !told.iter().any(says) {
            let message = format!("the caller is recorded at `{}`, and no prompt says so", node.name);
            let fix = format!("say it beforehand, with one of these words: {}", words.join(", "));
            reading.findings.warning(node.place, message, fix);
        }
    }
}

fn tells(line: &Line, words: &[&str]) -> bool {
    match line {
        Line::Recorded(_) => true,
        Line::Said(Template::Fixed(text) | Template::Varying(_, text)) => {
            let text = text.to_lowercase();
            words.iter().any(|word| text.contains(word))
        }
    }
}

/// Words by which people understand that they are recorded.
const WORDS: &[(&str, &[&str])] = &[
    ("en", &["record", "tone", "beep", "leave a message", "leave your message", "leave us a message"]),
    ("zh", &["录音", "录下", "留言", "提示音", "嘀", "滴声"]),
    ("ko", &["녹음", "메시지", "삐"]),
];
