//! Media threads, RTP sockets and recording files.
