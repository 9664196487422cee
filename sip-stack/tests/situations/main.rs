//! Situations of SIP, one a file, on a virtual clock.
#![allow(clippy::disallowed_methods)]

mod ack_lost;
mod agent_calls_by_digest;
mod bad_requests;
mod bye_crosses_reinvite;
mod call_and_hang_up;
mod cancel_crosses_200;
mod digest_stale;
mod failover_to_second_srv;
mod forked_2xx;
mod glare;
mod info_digit;
mod invite_without_sdp;
mod lossy_wire;
mod nat_relay_rewrites_addresses;
mod nothing_is_smuggled;
mod overload_503;
mod registrar_keeps_flow;
mod reinvite;
mod shutdown;
mod support;
mod tcp_connections;
mod transactions_end;
mod trunk_pings;
mod trunk_registration_refresh;
mod unknown_extension_420;
mod unknown_method_405;
