//! Back ends that flows ask, by HTTP.
//!
//! A flow's author must not reach into the network of the server: addresses that are private, link-local or loopback
//! are refused, after the name was resolved, unless the configuration permits them (`http.private_services`) and the
//! service asks for it (`allow_private: true`). Redirects are not followed, so none leads there either.
//!
//! A service's secret is known by its name only; it comes from the configuration (`http.secrets`) or from the
//! environment (`CALLWRIGHT_SECRET_` and the name in capitals).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::StreamExt;
use ivr_flows::{FetchFailure, FetchResult, HttpAnswer, HttpMethod, HttpRequest, LARGEST_ANSWER};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderValue;
use reqwest::{Client, Method, RequestBuilder, redirect};

/// Asks back ends.
#[derive(Debug, Clone)]
pub struct Fetcher {
    public: Client,
    private: Client,
    /// Whether the configuration permits private addresses at all.
    permits_private: bool,
    secrets: Arc<Secrets>,
}

/// Secrets of services, by their names.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Those of the configuration.
    pub fn new(configured: BTreeMap<String, String>) -> Self {
        Self(configured)
    }

    /// A secret; the environment beats the configuration.
    pub fn get(&self, name: &str) -> Option<String> {
        std::env::var(Self::variable(name)).ok().or_else(|| self.0.get(name).cloned())
    }

    /// The variable of the environment that may hold a secret.
    pub fn variable(name: &str) -> String {
        format!("CALLWRIGHT_SECRET_{}", name.to_ascii_uppercase())
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Fetcher {
    /// A client; `permits_private` allows private addresses to services that ask for it.
    pub fn new(permits_private: bool, secrets: Secrets) -> Result<Self, reqwest::Error> {
        let client = |private| {
            let builder = Client::builder().redirect(redirect::Policy::none()).no_proxy();
            builder.dns_resolver(Arc::new(PublicNames { private })).build()
        };
        Ok(Self { public: client(false)?, private: client(true)?, permits_private, secrets: Arc::new(secrets) })
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
        let response = self.asking(request)?.send().await.map_err(|error| failure(&error))?;
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

    fn asking(&self, request: HttpRequest) -> Result<RequestBuilder, FetchFailure> {
        let url: reqwest::Url = request.url.parse().map_err(|_| FetchFailure::Unreachable)?;
        let private = self.permits_private && request.allow_private;
        if !private && literal_address(&url).is_some_and(is_private) {
            tracing::warn!("a service at a private address is refused; {REMEDY}");
            return Err(FetchFailure::Refused);
        }
        let client = if private { &self.private } else { &self.public };
        let mut asking = client.request(method(request.method), url);
        for (name, value) in request.headers {
            asking = asking.header(name, value);
        }
        if let Some(secret) = request.secret {
            let Some(value) = self.secrets.get(&secret.name) else {
                tracing::warn!(secret = secret.name, "a service's secret is not known; see http.secrets");
                return Err(FetchFailure::Refused);
            };
            let mut value =
                HeaderValue::try_from(format!("{}{value}", secret.before)).map_err(|_| FetchFailure::Refused)?;
            value.set_sensitive(true);
            asking = asking.header(secret.header, value);
        }
        Ok(match request.body {
            Some(body) => asking.body(body),
            None => asking,
        })
    }
}

/// Why nothing came. The resolver's refusal lies at the bottom of the causes.
fn failure(error: &reqwest::Error) -> FetchFailure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NoPublicAddress>() {
            tracing::warn!("a service at a private address is refused; {REMEDY}");
            return FetchFailure::Refused;
        }
        cause = error.source();
    }
    tracing::warn!(%error, "a service cannot be reached");
    FetchFailure::Unreachable
}

/// A name that resolves to private addresses only.
#[derive(Debug, thiserror::Error)]
#[error("the name has no public address; {REMEDY}")]
struct NoPublicAddress;

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
                return Err(NoPublicAddress.into());
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
            let [a, b, c, _] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || a == 0
                // Reserved, and the limited broadcast (RFC 1112 4).
                || a >= 240
                // Shared address space of carriers (RFC 6598), protocol assignments (RFC 6890), benchmarks (RFC 2544).
                || (a == 100 && (64..128).contains(&b))
                || (a, b, c) == (192, 0, 0)
                || (a == 198 && (18..20).contains(&b))
        }
        IpAddr::V6(v6) => match embedded(v6) {
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

/// The address of version 4 within one of version 6: mapped, 6to4 (RFC 3056) or NAT64 (RFC 6052).
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, .., y, z] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        (0x2002, _) => Some(v4(b, c)),
        (0x64, 0xff9b) => Some(v4(y, z)),
        _ => v6.to_ipv4_mapped(),
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

const REMEDY: &str = "write `allow_private: true` at the service, and `private_services: true` under `http:`";

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
            "fd00:ec2::254",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "198.18.0.1",
            "255.255.255.255",
        ] {
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
        for text in ["198.51.100.1", "2001:db8::1", "100.128.0.1", "64:ff9b::c633:6401"] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }

    fn asking(url: &str, allow_private: bool, secret: Option<&str>) -> HttpRequest {
        HttpRequest {
            service: "bank".to_owned(),
            method: HttpMethod::Get,
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
            timeout: std::time::Duration::from_secs(5),
            allow_private,
            secret: secret.map(|name| ivr_flows::Secret {
                name: name.to_owned(),
                header: "authorization".into(),
                before: "Bearer ".into(),
            }),
        }
    }

    /// A back end that answers one request with what it was sent.
    async fn echo() -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {read}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&buffer[..read]).await.unwrap();
        });
        format!("http://{address}/")
    }

    #[tokio::test]
    async fn a_private_address_is_asked_only_where_both_allow_it() {
        for (permits, asks) in [(false, false), (false, true), (true, false)] {
            let fetcher = Fetcher::new(permits, Secrets::default()).unwrap();
            for url in [echo().await, "http://localhost:1/".to_owned(), "http://169.254.169.254/latest".to_owned()] {
                let result = fetcher.fetch(asking(&url, asks, None)).await;
                assert_eq!(result, Err(FetchFailure::Refused), "{permits} {asks} {url}");
            }
        }
        let fetcher = Fetcher::new(true, Secrets::default()).unwrap();
        assert!(fetcher.fetch(asking(&echo().await, true, None)).await.is_ok());
    }

    #[tokio::test]
    async fn a_secret_goes_with_the_request_by_its_name() {
        let secrets = || Secrets::new(BTreeMap::from([("balance_token".to_owned(), "s3cret".to_owned())]));
        let fetcher = Fetcher::new(true, secrets()).unwrap();
        let answer = fetcher.fetch(asking(&echo().await, true, Some("balance_token"))).await.unwrap();
        assert!(answer.body.to_lowercase().contains("authorization: bearer s3cret"), "{}", answer.body);
        let unknown = fetcher.fetch(asking(&echo().await, true, Some("other"))).await;
        assert_eq!(unknown, Err(FetchFailure::Refused));
        assert_eq!(format!("{:?}", secrets()), r#"{"balance_token"}"#, "no secret is ever printed");
    }
}
