//! Situations of SIP, one a file, on a virtual clock.
#![allow(clippy::disallowed_methods)]

mod call_and_hang_up;
mod support;
