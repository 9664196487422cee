//! How the API's description tells of types that other crates own: those must not know of OpenAPI. A test holds samples
//! of the real types against what is said here.
#![expect(dead_code, reason = "these types are described, never made")]

mod call;
mod campaign;
mod dialogue;
mod event;
mod event_types;
mod message;
mod people;
#[cfg(test)]
mod tests;

pub(super) use call::{Call, Context};
pub(super) use campaign::{Attempt, CampaignRecord, DoNotCallEntry, List, Progress, RefusedRow, Settings};
pub(super) use dialogue::{Job, Message, Risk, Survey, Ticket, Voicemail};
pub(super) use event::Event;
pub(super) use message::StreamMessage;
pub(super) use people::{Agent, Queue};

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A text that is one of a few.
fn one_of(description: &str, names: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    text.enum_values(Some(names)).into()
}

/// Describes an enum of another crate by the names of all its values.
macro_rules! named_values {
    ($(#[doc = $doc:literal])+ $name:ident, $values:expr) => {
        $(#[doc = $doc])+
        pub(in crate::http) struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                super::one_of(concat!($($doc),+).trim(), $values)
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
use named_values;
