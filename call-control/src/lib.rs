//! One call: its legs, its stages and what is handed over.
