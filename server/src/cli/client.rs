//! A client of the API of a running service.

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, Response};
use serde_json::Value;

/// Speaks with a service.
pub struct ApiClient {
    client: Client,
    server: String,
    token: Option<String>,
}

impl ApiClient {
    /// A client of the service at an address such as `http://127.0.0.1:8080`.
    pub fn new(server: &str, token: Option<String>) -> Result<Self> {
        let client = Client::builder().no_proxy().build().context("no HTTP client")?;
        Ok(Self { client, server: server.trim_end_matches('/').to_owned(), token })
    }

    /// Asks for JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let response = self.send(Method::GET, path, None).await?;
        json(response).await
    }

    /// Asks for text.
    pub async fn text(&self, path: &str) -> Result<String> {
        let response = self.send(Method::GET, path, None).await?;
        response.text().await.context("the answer broke off")
    }

    /// Sends something.
    pub async fn post(&self, path: &str, content_type: &'static str, body: Vec<u8>) -> Result<Value> {
        let response = self.send(Method::POST, path, Some((content_type, body))).await?;
        json(response).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Response> {
        let mut request = self.client.request(method, format!("{}{path}", self.server));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some((content_type, body)) = body {
            request = request.header("content-type", content_type).body(body);
        }
        let response =
            request.send().await.with_context(|| format!("no service answers at {}; is it running?", self.server))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = response.text().await.unwrap_or_default();
        let message =
            serde_json::from_str::<Value>(&text).ok().and_then(|problem| Some(problem["message"].as_str()?.to_owned()));
        bail!("{}", message.unwrap_or_else(|| format!("the service answered {status}: {text}")))
    }
}

async fn json(response: Response) -> Result<Value> {
    let bytes = response.bytes().await.context("the answer broke off")?;
    serde_json::from_slice(&bytes).context("the service answered with something else than JSON")
}
