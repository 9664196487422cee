//! Back ends that flows ask, by HTTP.
//!
//! A flow's author must not reach into the network of the server: addresses that are private, link-local or loopback
//! are refused unless the configuration allows them, after the name was resolved, and redirects are not followed.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::StreamExt;
use ivr_flows::{FetchFailure, FetchResult, HttpAnswer, HttpMethod, HttpRequest, LARGEST_ANSWER};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Method, redirect};

/// Asks back ends.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    private: bool,
}

impl Fetcher {
    /// A client; `private` allows private addresses.
    pub fn new(private: bool) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicNames { private }))
            .build()?;
        Ok(Self { client, private })
    }

    /// Asks, and reads a bounded answer.
    pub async fn fetch(&self, request: HttpRequest) -> FetchResult {
        let timeout = request.timeout;
        match tokio::time::timeout(timeout, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(FetchFailure::TimedOut),
        }
    }

    async fn exchange(&self, request: HttpRequest) -> FetchResult {
        let url: reqwest::Url = request.url.parse().map_err(|_| FetchFailure::Unreachable)?;
        if !self.private && literal_address(&url).is_some_and(is_private) {
            tracing::warn!("a service at a private address is refused; see http.private_services");
            return Err(FetchFailure::Unreachable);
        }
        let mut asking = self.client.request(method(request.method), url);
        for (name, value) in request.headers {
            asking = asking.header(name, value);
        }
        if let Some(body) = request.body {
            asking = asking.body(body);
        }
        let response = asking.send().await.map_err(|error| {
            tracing::warn!(%error, "a service cannot be reached");
            FetchFailure::Unreachable
        })?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(|_| FetchFailure::Unreachable)?);
            if body.len() > LARGEST_ANSWER {
                return Err(FetchFailure::TooLarge);
            }
        }
        let body = String::from_utf8(body).map_err(|_| FetchFailure::NotText)?;
        Ok(HttpAnswer { status, body })
    }
}

/// Resolves names, leaving private addresses out.
struct PublicNames {
    private: bool,
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| private || !is_private(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name has no public address; see http.private_services".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn literal_address(url: &reqwest::Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || a == 0
                // Shared address space of carriers, RFC 6598.
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private(IpAddr::V4(v4)),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
            }
        },
    }
}

fn method(method: HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "192.168.0.1",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "fd00::1",
        ] {
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
        for text in ["198.51.100.1", "2001:db8::1", "100.128.0.1"] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }
}
