//! The events of calls.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, KnownFormat, ObjectBuilder, OneOfBuilder, Ref, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::call::{Cause, Disposition, Party, ServiceKind};
use super::event_types::EVENTS;
use super::named_values;

named_values!(
    /// Why a caller who was handed on came back.
    TransferFailure,
    call_model::TransferFailure::ALL.iter().map(|failure| failure.as_str())
);

/// One event of one call. `type` says what happened, and which other fields there are.
pub(in crate::http) struct Event;

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        let what = "One event of one call. `type` says what happened, and which other fields there are.";
        let kinds = EVENTS.iter().fold(OneOfBuilder::new(), |all, event| all.item(event.schema()));
        kinds.description(Some(what)).into()
    }
}

impl ToSchema for Event {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        named::<Cause>(schemas);
        named::<Disposition>(schemas);
        named::<Party>(schemas);
        named::<Heard>(schemas);
        named::<ServiceKind>(schemas);
        named::<TransferFailure>(schemas);
    }
}

fn named<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// What a recogniser heard in one turn.
#[derive(ToSchema)]
struct Heard {
    /// The words; `[unk]` stands for anything that was not listened for.
    text: String,
    /// The same, word by word.
    words: Vec<HeardWord>,
    /// What a second listening for a few phrases made out, where the first was not clear.
    #[schema(nullable = false)]
    again: Option<Vec<HeardWord>>,
    /// What a second listening without a synonym ("oh" for "zero") made out, where one was heard.
    #[schema(nullable = false)]
    without_synonyms: Option<Vec<HeardWord>>,
    /// What was understood word for word, where that was asked for.
    #[schema(nullable = false)]
    free: Option<String>,
    /// Length of the speech in milliseconds.
    speech_ms: u32,
    end: ListenEnd,
}

/// One recognised word.
#[derive(ToSchema)]
struct HeardWord {
    /// The word, or `[unk]`.
    word: String,
    /// The engine's own confidence, 0 to 1.
    #[schema(example = 0.5)]
    confidence: f32,
    /// Milliseconds since the turn began.
    start_ms: u32,
    /// Milliseconds since the turn began.
    end_ms: u32,
}

/// How a turn ended.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
enum ListenEnd {
    /// Silence after speech.
    EndOfSpeech,
    /// What was said was a whole phrase.
    WholePhrase,
    /// The speech was longer than allowed.
    TooLong,
}

/// One type of events.
pub(super) struct EventType {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) fields: &'static [Field],
}

/// A field of one type of events.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether it is always there.
    pub(super) needed: bool,
}

/// What a field of an event is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Id,
    Truth,
    Number,
    /// 0 to 100.
    Certainty,
    /// Texts by name.
    Texts,
    OneOf(&'static [&'static str]),
    /// A text of this form.
    Like(&'static str),
    /// A schema of its own, by its name.
    Told(&'static str),
    /// An object of many shapes, by one of them as JSON.
    Object(&'static str),
}

impl EventType {
    fn schema(&self) -> ObjectBuilder {
        let number = |what| Kind::Number.described(what);
        let mut schema = ObjectBuilder::new()
            .title(Some(self.name))
            .description(Some(self.what))
            .property("call", Kind::Id.described("The call."))
            .property("number", number("1, 2, 3 ... within the call."))
            .property("at_ms", number("Milliseconds since the call began."))
            .property("type", super::one_of("", [self.name]));
        for name in ["call", "number", "at_ms", "type"] {
            schema = schema.required(name);
        }
        for field in self.fields {
            schema = schema.property(field.name, field.kind.schema());
            schema = if field.needed { schema.required(field.name) } else { schema };
        }
        schema
    }
}

impl Kind {
    fn schema(self) -> RefOr<Schema> {
        match self {
            Self::Told(name) => Ref::from_schema_name(name).into(),
            Self::OneOf(names) => super::one_of("", names.iter().copied()),
            _ => self.object().into(),
        }
    }

    fn described(self, what: &str) -> ObjectBuilder {
        self.object().description(Some(what))
    }

    fn object(self) -> ObjectBuilder {
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        match self {
            Self::Id => of(Type::String).format(Some(SchemaFormat::Custom("uuid".to_owned()))),
            Self::Truth => of(Type::Boolean),
            Self::Number => {
                of(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))).minimum(Some(0))
            }
            Self::Certainty => of(Type::Integer).minimum(Some(0)).maximum(Some(100)),
            Self::Texts => {
                of(Type::Object).additional_properties(Some(AdditionalProperties::from(Self::Text.object())))
            }
            Self::Like(example) => of(Type::String).examples([example]),
            Self::Object(example) => {
                let examples = serde_json::from_str::<serde_json::Value>(example).ok();
                of(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true))).examples(examples)
            }
            Self::Text | Self::OneOf(_) | Self::Told(_) => of(Type::String),
        }
    }
}
