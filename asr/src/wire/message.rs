//! What the two sides say to each other.

use std::sync::Arc;

use audio::{FRAME, Frame};
use call_model::{Heard, HeardWord, Language, ListenEnd, ListenRequest};

use super::fields::{Reader, put_list, put_text, put_time};
use super::{Message, WireError, framed, unframed};

/// From the server to a recogniser process. Turns are numbered by the server, and a number is never used again.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every message is the largest, `Sound`, and a box each would cost"
)]
pub enum ToWorker {
    /// Begin to listen. Answered in the end by [`FromWorker::Heard`] or [`FromWorker::Failed`], unless closed before.
    Open {
        /// The turn.
        turn: u64,
        /// What to listen for.
        request: ListenRequest,
    },
    /// The next 20 ms of a turn. For a turn that is not open: ignored.
    Sound {
        /// The turn.
        turn: u64,
        /// Whether the frame holds speech.
        voiced: bool,
        /// 160 samples at 8 kHz.
        frame: Frame,
    },
    /// Stop listening; nothing more is said of the turn.
    Close {
        /// The turn.
        turn: u64,
    },
    /// Ask how the process is doing. Answered in its turn by [`FromWorker::Doing`], so that the time until then is how
    /// long sound waits to be decoded.
    HowAreYou {
        /// Number of the question.
        request: u64,
    },
    /// Ask which words a language's model does not know. Answered by [`FromWorker::Known`].
    Knows {
        /// Number of the question.
        request: u64,
        /// The language.
        language: Language,
        /// The words, lower-case.
        words: Vec<String>,
    },
}

/// From a recogniser process to the server.
#[derive(Debug, Clone, PartialEq)]
pub enum FromWorker {
    /// The models are loaded; the first message of every process.
    Ready {
        /// Languages that can be listened in.
        languages: Vec<Language>,
    },
    /// What has been understood of a turn so far; only when it changed.
    Partial {
        /// The turn.
        turn: u64,
        /// The words.
        text: String,
    },
    /// A turn ended by itself.
    Heard {
        /// The turn.
        turn: u64,
        /// What was heard.
        heard: Heard,
    },
    /// A turn could not be carried through.
    Failed {
        /// The turn.
        turn: u64,
        /// Why, for the log.
        why: String,
    },
    /// How the process is doing.
    Doing {
        /// Number of the question.
        request: u64,
        /// What it has done since it began.
        work: Work,
    },
    /// The words of a question that the model does not know.
    Known {
        /// Number of the question.
        request: u64,
        /// The unknown ones in the order asked; all of them where there is no model of the language.
        unknown: Vec<Unknown>,
    },
}

/// What a recogniser process has done since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Decoding in all, in microseconds.
    pub busy_us: u64,
    /// Decoding turns that are heard freely, too.
    pub free_busy_us: u64,
    /// The speech of those turns, in milliseconds.
    pub free_speech_ms: u64,
}

/// A word that a model does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// A known word that may have been meant.
    pub nearest: Option<String>,
}

impl Message for ToWorker {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Open { turn, request } => framed(out, OPEN, |out| {
                out.extend_from_slice(&turn.to_le_bytes());
                put_text(out, request.language.as_str());
                put_list(out, request.phrases.iter(), |out, phrase| put_text(out, phrase));
                out.extend_from_slice(&request.in_sentences.to_le_bytes());
                put_list(out, request.synonyms.iter(), |out, (word, other)| {
                    put_text(out, word);
                    put_text(out, other);
                });
                out.push(u8::from(request.free));
                out.push(u8::from(request.phrase_silence.is_some()));
                put_time(out, request.phrase_silence.unwrap_or_default());
                put_time(out, request.end_silence);
                put_time(out, request.max_speech);
            }),
            Self::Sound { turn, voiced, frame } => framed(out, SOUND, |out| {
                out.extend_from_slice(&turn.to_le_bytes());
                out.push(u8::from(*voiced));
                out.extend(frame.iter().flat_map(|sample| sample.to_le_bytes()));
            }),
            Self::Close { turn } => framed(out, CLOSE, |out| out.extend_from_slice(&turn.to_le_bytes())),
            Self::HowAreYou { request } => framed(out, HOW, |out| out.extend_from_slice(&request.to_le_bytes())),
            Self::Knows { request, language, words } => framed(out, KNOWS, |out| {
                out.extend_from_slice(&request.to_le_bytes());
                put_text(out, language.as_str());
                put_list(out, words.iter(), |out, word| put_text(out, word));
            }),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        unframed(bytes, |kind, reader| match kind {
            OPEN => Ok(Self::Open { turn: reader.u64("turn")?, request: read_request(reader)? }),
            SOUND => Ok(Self::Sound {
                turn: reader.u64("turn")?,
                voiced: reader.flag("voice flag")?,
                frame: reader.samples::<FRAME>("samples")?,
            }),
            CLOSE => Ok(Self::Close { turn: reader.u64("turn")? }),
            HOW => Ok(Self::HowAreYou { request: reader.u64("request")? }),
            KNOWS => Ok(Self::Knows {
                request: reader.u64("request")?,
                language: Language::new(reader.text("language")?),
                words: reader.list("words", |reader| Ok(reader.text("word")?.to_owned()))?,
            }),
            kind => Err(WireError::Kind(kind)),
        })
    }
}

impl Message for FromWorker {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ready { languages } => framed(out, READY, |out| {
                put_list(out, languages.iter(), |out, language| put_text(out, language.as_str()));
            }),
            Self::Partial { turn, text } => framed(out, PARTIAL, |out| {
                out.extend_from_slice(&turn.to_le_bytes());
                put_text(out, text);
            }),
            Self::Heard { turn, heard } => framed(out, HEARD, |out| {
                out.extend_from_slice(&turn.to_le_bytes());
                put_heard(out, heard);
            }),
            Self::Failed { turn, why } => framed(out, FAILED, |out| {
                out.extend_from_slice(&turn.to_le_bytes());
                put_text(out, why);
            }),
            Self::Doing { request, work } => framed(out, DOING, |out| {
                for number in [*request, work.busy_us, work.free_busy_us, work.free_speech_ms] {
                    out.extend_from_slice(&number.to_le_bytes());
                }
            }),
            Self::Known { request, unknown } => framed(out, KNOWN, |out| {
                out.extend_from_slice(&request.to_le_bytes());
                put_list(out, unknown.iter(), |out, unknown| {
                    put_text(out, &unknown.word);
                    put_list(out, unknown.nearest.iter(), |out, word| put_text(out, word));
                });
            }),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        unframed(bytes, |kind, reader| match kind {
            READY => Ok(Self::Ready {
                languages: reader.list("languages", |reader| Ok(Language::new(reader.text("language")?)))?,
            }),
            PARTIAL => Ok(Self::Partial { turn: reader.u64("turn")?, text: reader.text("text")?.to_owned() }),
            HEARD => Ok(Self::Heard { turn: reader.u64("turn")?, heard: read_heard(reader)? }),
            FAILED => Ok(Self::Failed { turn: reader.u64("turn")?, why: reader.text("reason")?.to_owned() }),
            DOING => Ok(Self::Doing {
                request: reader.u64("request")?,
                work: Work {
                    busy_us: reader.u64("busy time")?,
                    free_busy_us: reader.u64("busy time of free turns")?,
                    free_speech_ms: reader.u64("speech of free turns")?,
                },
            }),
            KNOWN => Ok(Self::Known {
                request: reader.u64("request")?,
                unknown: reader.list("unknown words", read_unknown)?,
            }),
            kind => Err(WireError::Kind(kind)),
        })
    }
}

fn read_request(reader: &mut Reader<'_>) -> Result<ListenRequest, WireError> {
    Ok(ListenRequest {
        language: Language::new(reader.text("language")?),
        phrases: Arc::from(reader.list("phrases", |reader| Ok(reader.text("phrase")?.to_owned()))?),
        in_sentences: reader.u32("phrases in sentences")?,
        synonyms: Arc::from(reader.list("synonyms", |reader| {
            Ok((reader.text("synonym")?.to_owned(), reader.text("what it stands for")?.to_owned()))
        })?),
        free: reader.flag("free flag")?,
        phrase_silence: {
            let ends = reader.flag("whole phrase flag")?;
            Some(reader.time("phrase silence")?).filter(|_| ends)
        },
        end_silence: reader.time("end silence")?,
        max_speech: reader.time("longest speech")?,
    })
}

fn put_heard(out: &mut Vec<u8>, heard: &Heard) {
    put_text(out, &heard.text);
    put_list(out, heard.words.iter(), put_word);
    for more in [&heard.again, &heard.without_synonyms] {
        out.push(u8::from(more.is_some()));
        put_list(out, more.as_deref().unwrap_or_default().iter(), put_word);
    }
    put_list(out, heard.free.iter(), |out, free| put_text(out, free));
    out.extend_from_slice(&heard.speech_ms.to_le_bytes());
    out.push(match heard.end {
        ListenEnd::EndOfSpeech => 0,
        ListenEnd::WholePhrase => 1,
        ListenEnd::TooLong => 2,
    });
}

fn put_word(out: &mut Vec<u8>, word: &HeardWord) {
    put_text(out, &word.word);
    out.extend_from_slice(&word.confidence.to_le_bytes());
    out.extend_from_slice(&word.start_ms.to_le_bytes());
    out.extend_from_slice(&word.end_ms.to_le_bytes());
}

fn read_heard(reader: &mut Reader<'_>) -> Result<Heard, WireError> {
    Ok(Heard {
        text: reader.text("text")?.to_owned(),
        words: reader.list("words", read_word)?,
        again: read_more(reader)?,
        without_synonyms: read_more(reader)?,
        free: read_free(reader)?,
        speech_ms: reader.u32("length of speech")?,
        end: match reader.byte("end")? {
            0 => ListenEnd::EndOfSpeech,
            1 => ListenEnd::WholePhrase,
            2 => ListenEnd::TooLong,
            _ => return Err(WireError::Impossible("end")),
        },
    })
}

fn read_more(reader: &mut Reader<'_>) -> Result<Option<Vec<HeardWord>>, WireError> {
    let more = reader.flag("heard again flag")?;
    Ok(Some(reader.list("words heard again", read_word)?).filter(|_| more))
}

fn read_word(reader: &mut Reader<'_>) -> Result<HeardWord, WireError> {
    Ok(HeardWord {
        word: reader.text("word")?.to_owned(),
        confidence: reader.f32("confidence")?,
        start_ms: reader.u32("start of a word")?,
        end_ms: reader.u32("end of a word")?,
    })
}

fn read_free(reader: &mut Reader<'_>) -> Result<Option<String>, WireError> {
    let mut free = reader.list("free text", |reader| Ok(reader.text("free text")?.to_owned()))?;
    if free.len() > 1 {
        return Err(WireError::Impossible("free text"));
    }
    Ok(free.pop())
}

fn read_unknown(reader: &mut Reader<'_>) -> Result<Unknown, WireError> {
    let word = reader.text("word")?.to_owned();
    let mut nearest = reader.list("suggestion", |reader| Ok(reader.text("suggestion")?.to_owned()))?;
    if nearest.len() > 1 {
        return Err(WireError::Impossible("suggestion"));
    }
    Ok(Unknown { word, nearest: nearest.pop() })
}

const OPEN: u8 = 1;
const SOUND: u8 = 2;
const CLOSE: u8 = 3;
const KNOWS: u8 = 4;
const HOW: u8 = 5;
const READY: u8 = 65;
const PARTIAL: u8 = 66;
const HEARD: u8 = 67;
const FAILED: u8 = 68;
const KNOWN: u8 = 69;
const DOING: u8 = 70;
