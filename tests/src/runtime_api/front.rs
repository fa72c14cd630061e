//! The products that stand between a caller and the function: what event each makes of a request, and what answer
//! of the function's response.
//!
//! They differ where it matters here. A function URL and a REST API pass the path on as it was sent; an HTTP API
//! decodes it, and cuts it at a `?` that appears. A REST API decodes the query and gives it as a map; the others
//! pass it on. A named stage of an HTTP API is part of its path, of a REST API it is not. Not modelled: headers that
//! they rename or drop (`www-authenticate` of a REST API becomes `x-amzn-remapped-www-authenticate`).

mod reply;
mod request;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::Function;
use crate::wire::Reply;

/// A product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// A REST API with a proxy resource.
    RestApi {
        /// The stage.
        stage: &'static str,
        /// Whether it is configured with `binaryMediaTypes: */*`. If not, all bodies are text to it.
        binary: bool,
    },
    /// An HTTP API, payload format 2.0.
    HttpApi {
        /// The stage; `$default` is no part of the path.
        stage: &'static str,
    },
    /// A function URL with IAM.
    FunctionUrl,
}

impl Front {
    /// All of them, as one would deploy them.
    pub const ALL: [Front; 4] = [
        Front::FunctionUrl,
        Front::HttpApi { stage: "$default" },
        Front::HttpApi { stage: "live" },
        Front::RestApi { stage: "live", binary: true },
    ];

    /// The event that the function gets.
    pub fn event(self, call: &Call) -> Value {
        match self {
            Front::RestApi { stage, binary } => request::rest_api(call, stage, binary),
            Front::HttpApi { stage } => request::http_api(call, stage),
            Front::FunctionUrl => request::function_url(call),
        }
    }

    /// The answer that the caller gets.
    pub fn reply(self, response: &Value) -> Reply {
        match self {
            Front::RestApi { binary, .. } => reply::rest_api(response, binary),
            Front::HttpApi { .. } => reply::version_2(response).unwrap_or_else(reply::http_api_failed),
            Front::FunctionUrl => reply::version_2(response).unwrap_or_else(reply::function_url_failed),
        }
    }

    /// Asks the function over this product.
    pub async fn ask(self, function: &Function, call: impl Into<Call>) -> Reply {
        let call = call.into();
        let mut reply = match (function.invoke(self.event(&call)).await, self) {
            (Ok(response), _) => self.reply(&response),
            (Err(_), Front::RestApi { .. }) => reply::rest_api_failed(),
            (Err(_), Front::HttpApi { .. }) => reply::http_api_failed(),
            (Err(super::Failure::Throttled), Front::FunctionUrl) => reply::function_url_throttled(),
            (Err(_), Front::FunctionUrl) => reply::function_url_failed(),
        };
        if call.method == "HEAD" {
            reply.body = Bytes::new();
        }
        reply
    }
}

/// A request as the caller writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: String,
    /// Path and query behind the host and, if it is in the URL, the stage. Any text, encoded or not.
    pub target: String,
    /// The headers, as written. Their case is kept where the product keeps it.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// The address that the request comes from.
    pub client: String,
}

impl Call {
    /// A GET.
    pub fn get(target: &str) -> Call {
        Call {
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            client: "198.51.100.23".to_owned(),
        }
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Call {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// From this address.
    pub fn sent_from(mut self, client: &str) -> Call {
        self.client = client.to_owned();
        self
    }

    fn path_and_query(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }

    /// All values of a header, in order.
    fn all(&self, name: &str) -> Vec<&str> {
        let of_name = self.headers.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| value.as_str()).collect()
    }
}

impl From<Request<Bytes>> for Call {
    fn from(request: Request<Bytes>) -> Call {
        let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Call {
            method: request.method().to_string(),
            headers: headers.collect(),
            body: request.body().clone(),
            ..Call::get(target)
        }
    }
}

impl From<&Call> for Call {
    fn from(call: &Call) -> Call {
        call.clone()
    }
}

#[cfg(test)]
mod tests;
