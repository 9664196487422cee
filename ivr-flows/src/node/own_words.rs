//! Further words of yes and no: `agree` and `refuse`, beside those of the language.
//!
//! ```yaml
//! agree: [sure thing, go ahead]
//! refuse: [no way, leave it]
//! ```
//!
//! They count where yes or no is asked for: at `type: yes_no`, and wherever something is confirmed.

use std::sync::Arc;

use crate::diagnostic::Place;
use crate::reading::Reading;
use crate::text::{Phrase, tokens};
use crate::yaml::Fields;

/// What agrees and what does not, beside the words of the language.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnWords {
    pub(super) agree: Arc<[Phrase]>,
    pub(super) refuse: Arc<[Phrase]>,
}

impl OwnWords {
    /// Takes `agree` and `refuse`; what is not written is inherited.
    pub(super) fn read(fields: &mut Fields<'_>, around: &Self, reading: &mut Reading<'_>) -> Self {
        let words = reading.words;
        let agree = read_one(fields, "agree", words.no, reading);
        let refuse = read_one(fields, "refuse", words.yes, reading);
        for (place, phrase) in refuse.iter().flatten() {
            if agree.iter().flatten().any(|(_, other)| other.tokens == phrase.tokens) {
                let message = format!("`{}` both agrees and refuses", phrase.spoken);
                reading.findings.error(*place, message, "remove it from `agree` or from `refuse`");
            }
        }
        let kept = |own: Option<Vec<(Place, Phrase)>>, around: &Arc<[Phrase]>| match own {
            Some(own) => own.into_iter().map(|(_, phrase)| phrase).collect(),
            None => around.clone(),
        };
        Self { agree: kept(agree, &around.agree), refuse: kept(refuse, &around.refuse) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.agree.is_empty() && self.refuse.is_empty()
    }

    /// All of them, as a recogniser listens for them.
    pub(super) fn spoken(&self) -> impl Iterator<Item = String> {
        self.agree.iter().chain(self.refuse.iter()).map(|phrase| phrase.spoken.clone())
    }
}

/// Takes one list; `others` are the language's words of the opposite.
fn read_one(
    fields: &mut Fields<'_>,
    name: &'static str,
    others: &[&str],
    reading: &mut Reading<'_>,
) -> Option<Vec<(Place, Phrase)>> {
    let texts = fields.texts(name, &mut reading.findings)?;
    let phrases = reading.phrases(&texts);
    for (place, phrase) in &phrases {
        if others.iter().any(|other| tokens(other) == phrase.tokens) {
            let message = format!("`{}` means the opposite of `{name}`", phrase.spoken);
            reading.findings.error(*place, message, "use another phrase");
        }
    }
    Some(phrases)
}
