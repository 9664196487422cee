//! Piper voices on ONNX Runtime behind the interface of tts.
