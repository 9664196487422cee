//! eSpeak NG as a subprocess behind the interface of tts.
