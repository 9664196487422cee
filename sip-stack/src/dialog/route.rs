//! Route sets (RFC 3261 12.1, 12.2.1.1 and 16.12.1.2 for strict routers).

use crate::message::{HeaderError, NameAddr, Request, Response, Uri};

/// The proxies that stay in the way, the nearest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct RouteSet(Vec<NameAddr>);

impl RouteSet {
    /// Of a request that we received: in order.
    pub fn of_request(request: &Request) -> Result<Self, HeaderError> {
        request.headers.record_routes().map(Self::bounded)
    }

    /// Of a response to a request of ours: in reverse order.
    pub fn of_response(response: &Response) -> Result<Self, HeaderError> {
        let mut routes = response.headers.record_routes()?;
        routes.reverse();
        Ok(Self::bounded(routes))
    }

    /// The request URI and the Route headers of a request to `target`.
    pub fn apply(&self, target: &Uri) -> (Uri, Vec<NameAddr>) {
        match self.0.split_first() {
            None => (target.for_request_line(), Vec::new()),
            Some((first, _)) if first.uri.is_loose_router() => (target.for_request_line(), self.0.clone()),
            Some((strict, rest)) => {
                let mut routes = rest.to_vec();
                routes.push(NameAddr::new(target.clone()));
                (strict.uri.for_request_line(), routes)
            }
        }
    }

    /// The URI that decides where a request to `target` is sent.
    pub fn next_hop<'a>(&'a self, target: &'a Uri) -> &'a Uri {
        self.0.first().map_or(target, |first| &first.uri)
    }

    fn bounded(mut routes: Vec<NameAddr>) -> Self {
        routes.truncate(MAX_ROUTES);
        Self(routes)
    }
}

/// More proxies than that are a loop.
const MAX_ROUTES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn set(routes: &[&str]) -> RouteSet {
        RouteSet(routes.iter().map(|route| route.parse().unwrap()).collect())
    }

    fn applied(routes: &[&str]) -> (String, Vec<String>) {
        let (uri, routes) = set(routes).apply(&"sip:a@target".parse().unwrap());
        (uri.to_string(), routes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn loose_routers_leave_the_request_uri_alone() {
        let (uri, routes) = applied(&["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(uri, "sip:a@target");
        assert_eq!(routes, ["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(set(&["<sip:p1;lr>"]).next_hop(&"sip:a@target".parse().unwrap()).to_string(), "sip:p1;lr");
    }

    #[test]
    fn a_strict_router_takes_the_request_uri() {
        let (uri, routes) = applied(&["<sip:p1>", "<sip:p2;lr>"]);
        assert_eq!(uri, "sip:p1");
        assert_eq!(routes, ["<sip:p2;lr>", "<sip:a@target>"]);
    }

    #[test]
    fn without_routes_the_target_is_the_next_hop() {
        let target: Uri = "sip:a@target".parse().unwrap();
        assert_eq!(set(&[]).next_hop(&target), &target);
        assert_eq!(applied(&[]), ("sip:a@target".to_owned(), Vec::new()));
    }
}
