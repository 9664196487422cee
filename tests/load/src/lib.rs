//! A paced SIP and RTP generator that measures the server.
