//! SDP, RTP, RTCP, jitter buffer, playout and bridging, without sockets.
