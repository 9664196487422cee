//! Header names: usual spelling and compact forms.

/// The usual spelling of a header name, given in any case or in its compact form. `None`: not one we know.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    if let [letter] = name.as_bytes() {
        return compact(letter.to_ascii_lowercase());
    }
    spellings(name.len()).iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}

/// The one-letter forms of RFC 3261 7.3.3 and the IANA registry.
fn compact(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'a' => "Accept-Contact",
        b'b' => "Referred-By",
        b'c' => "Content-Type",
        b'd' => "Request-Disposition",
        b'e' => "Content-Encoding",
        b'f' => "From",
        b'i' => "Call-ID",
        b'j' => "Reject-Contact",
        b'k' => "Supported",
        b'l' => "Content-Length",
        b'm' => "Contact",
        b'n' => "Identity-Info",
        b'o' => "Event",
        b'r' => "Refer-To",
        b's' => "Subject",
        b't' => "To",
        b'u' => "Allow-Events",
        b'v' => "Via",
        b'x' => "Session-Expires",
        b'y' => "Identity",
        _ => return None,
    })
}

/// Known names by length, the more frequent first.
fn spellings(length: usize) -> &'static [&'static str] {
    match length {
        2 => &["To"],
        3 => &["Via"],
        4 => &["From", "CSeq", "Path", "RSeq", "RAck", "Date"],
        5 => &["Route", "Allow", "Event"],
        6 => &["Accept", "Server", "Reason", "Min-SE"],
        7 => &["Call-ID", "Contact", "Expires", "Require", "Subject", "Warning"],
        8 => &["Refer-To", "Priority", "Reply-To", "Replaces", "Identity"],
        9 => &["Supported", "Diversion", "Call-Info", "Timestamp", "Refer-Sub"],
        10 => &["User-Agent", "Alert-Info", "Error-Info", "Session-ID"],
        11 => &["Min-Expires", "Unsupported", "Retry-After", "In-Reply-To", "Referred-By"],
        12 => &[
            "Max-Forwards",
            "Record-Route",
            "Content-Type",
            "History-Info",
            "MIME-Version",
            "Organization",
            "Allow-Events",
        ],
        13 => &["Authorization", "Authorization", "Proxy-Require", "Service-Route", "Identity-Info", "Recv-Info"],
        14 => &["Content-Length", "Accept-Contact", "Reject-Contact", "Content-Length"],
        15 => &["Session-Expires", "Accept-Encoding", "Accept-Language"],
        16 => &["WWW-Authenticate", "Content-Encoding", "Content-Language"],
        18 => &["Proxy-Authenticate", "Subscription-State"],
        19 => &[
            "Proxy-Authorization",
            "P-Asserted-Identity",
            "Authentication-Info",
            "Content-Disposition",
            "Request-Disposition",
        ],
        20 => &["P-Preferred-Identity"],
        _ => &[],
    }
}
