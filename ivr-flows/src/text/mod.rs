//! The texts of a flow: what is spoken, what is listened for, and what decides.

mod condition;
mod cutting;
mod line;
mod optional;
mod phrase;
mod template;

pub(crate) use condition::Condition;
pub(crate) use line::Line;
pub(crate) use optional::{BracketFault, variants};
pub(crate) use phrase::{Phrase, PhraseFault, tokens};
pub(crate) use template::{Labels, Template, Templates, Voice, percent_encode};
