//! The recogniser interface, endpointing and grammars.
