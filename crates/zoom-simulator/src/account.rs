//! One request from arrival to answer, top to bottom.

use bytes::Bytes;
use http::{HeaderName, Request, Response, header};
use serde_json::{Value, json};

use crate::api::{self, Call};
use crate::clock::{Clock, unix_millis};
use crate::config::{Config, Plan};
use crate::connection::Scissors;
use crate::damage::{Body, damaged, whole};
use crate::dice::HEX;
use crate::fault::{Fault, Faults, Target};
use crate::ledger::Ledger;
use crate::log::{Log, Recorded};
use crate::page::Pages;
use crate::problem::Problem;
use crate::query::Query;
use crate::rate_limit::RateLimit;
use crate::reply::Reply;
use crate::route::endpoint;
use crate::token::Tokens;
use crate::world::World;

/// The whole simulated account.
pub(crate) struct Account {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    pub(crate) log: Log,
    pub(crate) pages: Pages,
    pub(crate) plan: Plan,
    pub(crate) url: String,
    rate_limit: RateLimit,
    extra_fields: bool,
}

impl Account {
    pub(crate) fn new(config: &Config, url: String) -> Self {
        let world = World::new(config);
        let ledger = Ledger::new(config.ledger);
        ledger.note("credential", &config.client_id);
        ledger.note("credential", &config.client_secret);
        ledger.note("account-id", &config.account_id);
        Account {
            clock: Clock::new(config.now, config.clock),
            tokens: Tokens::new(config, world.user(0).id),
            faults: Faults::default(),
            ledger,
            log: Log::default(),
            pages: Pages::new(config.seed),
            plan: config.plan,
            rate_limit: RateLimit::new(config.plan, config.rate_limits),
            extra_fields: config.extra_fields,
            url,
            world,
        }
    }

    pub(crate) async fn answer(&self, request: Request<Bytes>, scissors: Scissors) -> Response<Body> {
        self.log.record(recorded(&request));
        let target = match request.uri().path() {
            path if path.starts_with("/v2/") => Target::Rest,
            "/oauth/token" => Target::Token,
            "/oauth/revoke" => return whole(self.revoke(&request)),
            _ => {
                return whole(Reply::text(404, "text/html;charset=utf-8", "<title>Zoom</title><p>Not found"));
            }
        };
        let fault = self.faults.next(target);
        let reply = match target {
            Target::Token => self.grant(&request, fault.as_ref()),
            Target::Rest => self.rest(&request),
        };
        let Some(fault) = fault else { return whole(reply) };
        self.note_fault_people();
        damaged(&fault, reply, &self.world, self.now(), &scissors).await
    }

    pub(crate) fn now(&self) -> i64 {
        unix_millis(self.clock.now()).div_euclid(1000)
    }

    fn rest(&self, request: &Request<Bytes>) -> Reply {
        let now_millis = unix_millis(self.clock.now());
        let (headers, outcome) = self.admitted(request, now_millis);
        let mut reply = match outcome {
            Ok(body) => {
                self.ledger.note_body(&body);
                Reply::json(200, &body)
            }
            Err(problem) => Reply::json(problem.status(), &problem.body()),
        };
        for (name, value) in headers {
            reply = reply.with(HeaderName::from_static(name), &value);
        }
        let trace = self.world.dice.text("trace", now_millis as u64, self.log.rest(), 32, HEX);
        let reply = reply
            .with(HeaderName::from_static("x-zm-trackingid"), &format!("v=2.0;clid=eu02;rid=WEB_{trace}"))
            .with(HeaderName::from_static("x-zm-zoneid"), "VA2")
            .with(
                header::SET_COOKIE,
                &format!("zm_aid=\"{}\"; Path=/; Secure; HttpOnly", self.world.account_id),
            );
        if accepts_gzip(request) { reply.gzipped() } else { reply }
    }

    /// Token, endpoint, method, scope, rate limit; then the answer.
    fn admitted(
        &self,
        request: &Request<Bytes>,
        now_millis: i64,
    ) -> (crate::rate_limit::Headers, Result<Value, Problem>) {
        let path = request.uri().path();
        let query = Query::parse(request.uri().query().unwrap_or_default());
        if query.get("access_token").is_some() {
            return (Vec::new(), Err(Problem::TokenInQuery));
        }
        if let Err(problem) = self.tokens.check(text(request, header::AUTHORIZATION), now_millis) {
            return (Vec::new(), Err(problem));
        }
        let Some((endpoint, id)) = endpoint(path) else { return (Vec::new(), Err(Problem::EndpointUnknown)) };
        if !matches!(request.method().as_str(), "GET" | "HEAD") {
            return (Vec::new(), Err(Problem::MethodNotSupported(request.method().to_string())));
        }
        if let Err(problem) = self.tokens.check_scope(endpoint.scopes()) {
            return (Vec::new(), Err(problem));
        }
        let (headers, verdict) = self.rate_limit.count(endpoint.class(), now_millis);
        let now = now_millis.div_euclid(1000);
        let call =
            Call { world: &self.world, plan: self.plan, pages: self.pages, path, query: &query, id, now };
        let answer = verdict.and_then(|()| api::answer(endpoint, call)).map(|mut body| {
            if self.extra_fields {
                self.add_unlisted_fields(&mut body);
            }
            body
        });
        (headers, answer)
    }

    fn grant(&self, request: &Request<Bytes>, fault: Option<&Fault>) -> Reply {
        if request.method() != http::Method::POST {
            let problem = Problem::MethodNotSupported(request.method().to_string());
            return Reply::json(problem.status(), &problem.body());
        }
        let life = match fault {
            Some(Fault::TokenLife(life)) => Some(*life),
            _ => None,
        };
        let now_millis = unix_millis(self.clock.now());
        let authorization = text(request, header::AUTHORIZATION);
        let (status, body) = self.tokens.grant(&form(request), authorization, life, &self.url, now_millis);
        if let Some(token) = body["access_token"].as_str() {
            self.ledger.note("token", token);
            token.split('.').for_each(|part| self.ledger.note("token", part));
        }
        Reply::json(status, &body)
    }

    fn revoke(&self, request: &Request<Bytes>) -> Reply {
        let (status, body) = self.tokens.revoke(&form(request), text(request, header::AUTHORIZATION));
        Reply::json(status, &body)
    }

    /// Fields that no documentation knows, in every object.
    fn add_unlisted_fields(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.add_unlisted_fields(member));
                let person = self.world.user(self.world.users.min(3) - 1);
                members.insert("new_pii_field".into(), format!("Ask {}", person.display()).into());
                members.insert(
                    "new_owner".into(),
                    json!({ "display_name": person.display(), "email": person.email }),
                );
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.add_unlisted_fields(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Bodies of faults name one person.
    fn note_fault_people(&self) {
        let person = self.world.user(self.world.users.min(2) - 1);
        let body = json!({ "id": person.id, "display_name": person.display(), "email": person.email });
        self.ledger.note_body(&body);
    }
}

/// The parameters of a token request, in the query or in the form.
fn form(request: &Request<Bytes>) -> Query {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    query.and(Query::parse(&String::from_utf8_lossy(request.body())))
}

fn text(request: &Request<Bytes>, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

fn accepts_gzip(request: &Request<Bytes>) -> bool {
    text(request, header::ACCEPT_ENCODING).is_some_and(|codings| codings.to_lowercase().contains("gzip"))
}

fn recorded(request: &Request<Bytes>) -> Recorded {
    let headers = request.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Recorded {
        method: request.method().to_string(),
        target: request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string),
        headers: headers.collect(),
        body: request.body().clone(),
    }
}
