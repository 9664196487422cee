//! Flows in YAML: model, checks, interpreter, intents and slots.
//!
//! [`Flow::load`] reads a flow's files, checks them and compiles what a call needs; [`check_files`] tells everything
//! that is wrong with them at once, each [`Diagnostic`] with its line and a fix. [`FlowRun`] is the machine: the
//! dialogue of one call. It learns facts ([`Input`]), gives orders ([`Output`]) and tells what happened as
//! [`call_model::CallEvent`]s, from which [`replay`] walks a finished call again.
//!
//! A kind of node is one file in `node/`: its YAML, its checks and its step at run time. What a caller meant is decided
//! in `understand/`, with a certainty of our own.

mod check;
mod diagnostic;
mod flow;
mod language;
mod nearest;
mod node;
mod reading;
mod replay;
mod run;
mod services;
mod source;
mod text;
mod timing;
mod understand;
mod value;
mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use flow::{Flow, check_files};
pub use replay::{Divergence, replay};
pub use run::{
    FetchFailure, FetchResult, FlowRun, Handover, HttpAnswer, HttpMethod, HttpRequest, Input, LARGEST_ANSWER, Output,
    Start,
};
pub use source::{FileSource, FilesInMemory, Vocabulary};
