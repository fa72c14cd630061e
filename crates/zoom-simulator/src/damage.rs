//! Carries out faults: from a true reply and a fault to what goes down the line.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, header};
use http_body_util::channel::Channel;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use serde_json::json;

use crate::connection::Scissors;
use crate::fault::{Exceeded, Fault};
use crate::problem::Problem;
use crate::reply::{Reply, gzip, gzip_bomb};
use crate::world::World;
use crate::world::calendar::{DAY, instant_text};

/// A body that may stop half-way.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// The reply as it is.
pub(crate) fn whole(reply: Reply) -> Response<Body> {
    let body = Full::new(reply.body).map_err(|never| match never {}).boxed();
    with_body(reply.status, reply.headers, body)
}

/// The reply as the fault has it.
pub(crate) async fn damaged(
    fault: &Fault,
    reply: Reply,
    world: &World,
    now: i64,
    scissors: &Scissors,
) -> Response<Body> {
    match fault {
        Fault::SlowHeaders(pause) => {
            tokio::time::sleep(*pause).await;
            whole(reply)
        }
        Fault::SlowBody(pause) => in_halves(reply, Some(*pause)),
        Fault::TruncatedBody => in_halves(reply, None),
        Fault::ConnectionReset => {
            scissors.cut();
            whole(reply)
        }
        Fault::HugeBody(length) => endless(reply, *length),
        fault => whole(replaced(fault, reply, world, now)),
    }
}

/// The reply that a fault puts in the place of the true one, or makes out of it.
fn replaced(fault: &Fault, reply: Reply, world: &World, now: i64) -> Reply {
    let person = world.user(world.users.min(2) - 1);
    let who = format!("{} <{}>", person.display(), person.email);
    let problem = |problem: Problem| Reply::json(problem.status(), &problem.body());
    match fault {
        Fault::Html => Reply::text(
            200,
            "text/html;charset=utf-8",
            format!("<!doctype html><title>Zoom</title><p>Hello {who}, sign in again.</p>"),
        ),
        Fault::ContentType(content_type) => reply.with(header::CONTENT_TYPE, content_type),
        Fault::NoContentType => {
            let mut reply = reply;
            reply.headers.remove(header::CONTENT_TYPE);
            reply
        }
        Fault::NotJson => json_text(format!("upstream is busy with {who}")),
        Fault::Garbage => json_text((0..512_u32).map(|i| (i * 151 % 253) as u8 ^ 0xa5).collect::<Vec<_>>()),
        Fault::Status(status) => Reply::json(
            *status,
            &json!({ "code": status, "message": format!("Internal failure for {who}, account {}.", world.account_id) }),
        ),
        Fault::RedirectOffHost(to) => Reply::text(302, "text/html", "").with(header::LOCATION, to),
        Fault::RedirectSameHost => {
            Reply::text(302, "text/html", "").with(header::LOCATION, &format!("/v2/users/{}", person.id))
        }
        Fault::GzipBomb(length) => json_text(gzip_bomb(*length)).with(header::CONTENT_ENCODING, "gzip"),
        Fault::BrokenGzip => {
            let mut bytes = gzip(&reply.body).to_vec();
            let middle = bytes.len() / 2;
            bytes.truncate(middle);
            bytes.extend([0xff; 32]);
            Reply { body: bytes.into(), ..reply }.with(header::CONTENT_ENCODING, "gzip")
        }
        Fault::InvalidUtf8 => {
            let text = format!("{{\"users\":[{{\"id\":\"x\",\"first_name\":\"{}\"}}]}}", person.first);
            let mut bytes = text.into_bytes();
            let at = bytes.len() - 5;
            bytes.splice(at..at, [0xff, 0xc3, 0x28]);
            json_text(bytes)
        }
        Fault::DuplicateKeys => json_text(format!(
            "{{\"users\":[{{\"status\":\"active\",\"status\":\"{who}\",\"id\":\"x\",\"id\":\"{}\"}}],\"users\":[\"{who}\"]}}",
            person.id
        )),
        Fault::DeepNesting(depth) => {
            json_text(format!("{{\"users\":{}\"{who}\"{}}}", "[".repeat(*depth), "]".repeat(*depth)))
        }
        Fault::LongNumber(digits) => json_text(format!("{{\"total_records\":{}}}", "7".repeat(*digits))),
        Fault::TellingHeaders => reply
            .with(
                header::LINK,
                &format!("<https://lumen-orchard.zoom.us/my/{}>; rel=\"author\"", person.email),
            )
            .with(header::SET_COOKIE, &format!("zm_user={}; Path=/; Secure", person.email))
            .with(header::CONTENT_DISPOSITION, &format!("inline; filename=\"{}.json\"", person.email)),
        Fault::Unauthorized => problem(Problem::TokenInvalid),
        Fault::RateLimited(exceeded) => rate_limited(*exceeded, now),
        Fault::TokenRefused(error) => {
            let (status, body) = crate::token::refusal(error);
            Reply::json(status, &body)
        }
        // The others are the caller's, or have changed the reply already.
        Fault::TokenLife(_)
        | Fault::SlowHeaders(_)
        | Fault::SlowBody(_)
        | Fault::TruncatedBody
        | Fault::ConnectionReset
        | Fault::HugeBody(_) => reply,
    }
}

fn rate_limited(exceeded: Exceeded, now: i64) -> Reply {
    let problem = match exceeded {
        Exceeded::PerSecond => Problem::TooManyPerSecond,
        Exceeded::PerDay => Problem::TooManyPerDay,
        Exceeded::PerHost => Problem::TooManyPerHost,
    };
    let headers: &[(&'static str, &str)] = match exceeded {
        Exceeded::PerSecond => &[("category", "Light"), ("type", "QPS"), ("limit", "80"), ("remaining", "0")],
        Exceeded::PerDay => {
            &[("category", "Heavy"), ("type", "Daily-limit"), ("limit", "60000"), ("remaining", "0")]
        }
        Exceeded::PerHost => &[("category", "Light"), ("limit", "6000"), ("remaining", "5893")],
    };
    let mut reply = Reply::json(429, &problem.body());
    for (name, value) in headers {
        let name = format!("x-ratelimit-{name}").parse().expect("a header name made of letters is valid");
        reply = reply.with(name, value);
    }
    match exceeded {
        Exceeded::PerDay => reply.with(header::RETRY_AFTER, &instant_text((now / DAY + 1) * DAY)),
        Exceeded::PerSecond | Exceeded::PerHost => reply,
    }
}

fn json_text(body: impl Into<Bytes>) -> Reply {
    Reply::text(200, "application/json;charset=UTF-8", body)
}

/// Announces the whole body and sends half; after a pause the other half, or never.
fn in_halves(reply: Reply, pause: Option<Duration>) -> Response<Body> {
    let Reply { status, mut headers, body } = reply;
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    let (mut sender, channel) = Channel::<Bytes, io::Error>::new(1);
    tokio::spawn(async move {
        let middle = body.len() / 2;
        if sender.send_data(body.slice(..middle)).await.is_err() {
            return;
        }
        // The first half should be on its way before anything else happens.
        tokio::time::sleep(pause.unwrap_or(Duration::from_millis(20))).await;
        match pause {
            Some(_) => drop(sender.send_data(body.slice(middle..)).await),
            None => sender.abort(io::ErrorKind::ConnectionAborted.into()),
        }
    });
    with_body(status, headers, channel.boxed())
}

fn endless(reply: Reply, length: u64) -> Response<Body> {
    let (mut sender, channel) = Channel::<Bytes, io::Error>::new(4);
    tokio::spawn(async move {
        let mut left = length.saturating_sub(12);
        let blanks = Bytes::from(vec![b' '; 64 * 1024]);
        let mut next = Bytes::from_static(b"{\"users\":[");
        while sender.send_data(next).await.is_ok() && left > 0 {
            next = blanks.slice(..left.min(blanks.len() as u64) as usize);
            left -= next.len() as u64;
        }
        drop(sender.send_data(Bytes::from_static(b"]}")).await);
    });
    let mut headers = reply.headers;
    headers.remove(header::CONTENT_ENCODING);
    with_body(reply.status, headers, channel.boxed())
}

fn with_body(status: http::StatusCode, headers: http::HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
