//! Frames, codecs, resampling, voice activity, DTMF and tones.
