//! The Vosk recogniser behind the interface of asr.
