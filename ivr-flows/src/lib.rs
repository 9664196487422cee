//! Flows in YAML: model, checks, interpreter, intents and slots.
//!
//! [`Flow::load`] reads a flow's files, checks them and compiles what a call needs; [`check_files`] tells everything
//! that is wrong with them at once, each [`Diagnostic`] with its line and a fix. [`FlowRun`] is the machine: the
//! dialogue of one call. It learns facts ([`Input`]), gives orders ([`Output`]) and tells what happened as
//! [`call_model::CallEvent`]s, from which [`replay()`] walks a finished call again.
//!
//! [`scripted`] runs calls without a telephone: dialogues as tests, and a call with somebody who types. [`Graph`] draws a
//! flow, and [`flow_schema`] tells editors what may stand in its file.
//!
//! A kind of node is one file in `node/`: its YAML, its checks and its step at run time. What a caller meant is decided
//! in `understand/`, with a certainty of our own.
//!
//! ```
//! use std::{sync::Arc, time::Instant};
//! use ivr_flows::{FilesInMemory, Flow, FlowRun, Input, Output, Start};
//!
//! let yaml = "
//! callwright: 1
//! flow: hello
//! language: en
//! start: welcome
//! person: desk
//! nodes:
//!   welcome: { menu: { say: \"Press 1.\", choices: { one: { press: \"1\", goto: desk } } } }
//!   desk: { queue: { name: service, if_nobody: bye } }
//!   bye: { hang_up: { say: \"Goodbye.\" } }
//! ";
//! let files = FilesInMemory::new().with("hello.yaml", yaml);
//! let flow = Arc::new(Flow::load("hello.yaml", &files, None).expect("the flow is right"));
//! let now = Instant::now();
//! let mut run = FlowRun::new(flow, Start::default(), now);
//! run.handle_input(Input::DigitPressed { digit: '1' }, now);
//! let orders: Vec<Output> = std::iter::from_fn(|| run.poll_output()).collect();
//! assert!(matches!(orders.last(), Some(Output::Enqueue { queue, .. }) if queue.as_str() == "service"));
//! ```

mod check;
mod diagnostic;
mod flow;
mod graph;
mod hours;
mod kinds;
mod language;
mod language_turns;
mod load;
mod nearest;
mod node;
mod part;
mod reading;
mod replay;
mod run;
mod schema;
pub mod scripted;
mod services;
mod siblings;
mod source;
mod text;
mod timing;
mod understand;
mod value;
mod ways;
mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use flow::Flow;
pub use graph::{Graph, GraphEdge, GraphNode};
pub use kinds::{FileKind, check_sub_flow};
pub use load::{check_and_list_files, check_files};
pub use replay::{Divergence, replay};
pub use run::{
    FetchFailure, FetchResult, FlowRun, Handover, HttpAnswer, HttpMethod, HttpRequest, Input, LARGEST_ANSWER, Output,
    Secret, Start,
};
pub use schema::{flow_schema, services_schema};
pub use source::{FileSource, FilesInMemory, Vocabulary};
pub use understand::{IntentGuess, IntentModel, SentenceMeaning};
