//! Flows in YAML: model, checks, interpreter, intents and slots.
