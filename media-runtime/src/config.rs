//! What a runtime is started with.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use media::Latching;

/// How the media side is set up.
#[derive(Debug, Clone)]
pub struct RuntimeConfig {
    /// Media threads; one for each core that sound may use. At least 1.
    pub threads: usize,
    /// UDP ports for RTP and RTCP. RTP takes the even port of a pair, RTCP the odd one above it.
    pub ports: RangeInclusive<u16>,
    /// The address that sockets are bound to.
    pub bind: IpAddr,
    /// The address that our descriptions tell to peers, where it differs (NAT).
    pub advertised: IpAddr,
    /// How long no RTP may come from a leg that should send before `SilentTooLong`; `None` for ever.
    pub silence_limit: Option<Duration>,
    /// Whether a peer that sends from elsewhere than it signalled is learnt.
    pub latching: Latching,
    /// Orders that may wait for one thread; further ones are answered with `Failed(Overload)`.
    pub order_limit: usize,
    /// Whether media threads ask for SCHED_FIFO (else a raised nice value, where permitted).
    pub real_time: bool,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            threads: 1,
            // Below the usual ip_local_port_range (32768-60999), so that outgoing sockets never take these ports.
            ports: 16_384..=32_767,
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            advertised: IpAddr::V4(Ipv4Addr::LOCALHOST),
            // Longer than the 30 s after which gateways send something themselves.
            silence_limit: Some(Duration::from_secs(60)),
            latching: Latching::Learn,
            order_limit: 8_192,
            real_time: true,
        }
    }
}
