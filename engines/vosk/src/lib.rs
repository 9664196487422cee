//! The Vosk recogniser behind the interface of asr.
//!
//! # Two builds
//!
//! With the feature `libvosk` the crate links libvosk.so. Without it [`VoskModel::load`] says how to get it, and everything
//! else that Callwright does works.
//!
//! # What never reaches the library
//!
//! The library prints and ends the process, or reads past its memory, where a program would expect an error: at a folder
//! that is no model, at a quotation mark in a phrase, at a word without a pronunciation. So a folder is looked through
//! before it is loaded, phrases come as [`asr::Grammar`], and each of their words is looked up first. What is left is the
//! reason why the server listens in processes of their own.
//!
//! Nothing in a process that uses this crate may call `setlocale`: with a comma as the decimal sign the library writes
//! results that cannot be read.

#[cfg_attr(not(feature = "libvosk"), allow(dead_code))]
mod band;
mod folder;
mod symbols;
#[cfg_attr(not(feature = "libvosk"), allow(dead_code))]
mod twins;

#[cfg(feature = "libvosk")]
mod model;
#[cfg(feature = "libvosk")]
mod recogniser;
#[cfg(not(feature = "libvosk"))]
mod without;

pub use folder::LoadError;
#[cfg(feature = "libvosk")]
pub use model::VoskModel;
#[cfg(not(feature = "libvosk"))]
pub use without::VoskModel;

/// Samples a second that recognisers take.
pub const RATE: u32 = 16_000;
