use std::time::Duration;

use serde_json::json;

use super::*;

fn read(event: &Value) -> Result<Call, Refused> {
    Call::read(&event.to_string(), Instant::now() + Duration::from_secs(10))
}

fn v2_event() -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/v2/users/p~a%2Fb",
        "rawQueryString": "a=1%202&a=3",
        "cookies": ["session=1", "b=2"],
        "headers": {"accept-encoding": "gzip,deflate", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9",
            "authorization": "AWS4-HMAC-SHA256 Credential=AKIA", "x-amz-security-token": "temporary"},
        "requestContext": {
            "http": {"method": "POST", "path": "/v2/users", "sourceIp": "192.0.2.7"},
            "authorizer": {"iam": {"accessKey": "AKIA"}},
            "requestId": "JKJaXmPLvHcESHA=", "stage": "$default", "timeEpoch": 1
        },
        "body": "eyJhIjoxfQ==",
        "isBase64Encoded": true
    })
}

#[test]
fn a_call_of_a_function_url_is_read_whole() {
    let call = read(&v2_event()).ok().unwrap();
    assert_eq!(call.request.method(), "POST");
    assert_eq!(call.request.uri(), "/v2/users/p~a%2Fb?a=1%202&a=3");
    assert_eq!(call.request.body(), "{\"a\":1}");
    assert_eq!(call.request.headers()["cookie"], "session=1; b=2");
    assert_eq!(call.client.address, "192.0.2.7".parse().ok(), "not what the caller says");
    assert_eq!(call.client.https, Some(true));
    let arrival = call.request.extensions().get::<Arrival>().unwrap();
    assert_eq!(arrival.request_id.as_deref(), Some("JKJaXmPLvHcESHA="));
    assert!(arrival.message.is_none() && arrival.deadline.is_some());
}

#[test]
fn a_call_of_a_rest_api_keeps_several_values() {
    let event = json!({
        "path": "/v2/users", "httpMethod": "GET",
        "headers": {"X-One": "b"}, "multiValueHeaders": {"X-One": ["a", "b"], "X-Forwarded-Proto": ["http"]},
        "queryStringParameters": {"a": "2"}, "multiValueQueryStringParameters": {"b": ["x y"], "a": ["1&", "2"]},
        "requestContext": {"identity": {"sourceIp": "2001:db8::1"}, "requestId": "id-1", "stage": "prod",
            "httpMethod": "GET", "requestTimeEpoch": 1},
        "body": null, "isBase64Encoded": false
    });
    let call = read(&event).ok().unwrap();
    assert_eq!(call.request.uri(), "/v2/users?a=1%26&a=2&b=x%20y");
    let values: Vec<_> = call.request.headers().get_all("x-one").iter().collect();
    assert_eq!(values, ["a", "b"]);
    assert_eq!(call.client.https, Some(false));
    assert_eq!(call.client.address, "2001:db8::1".parse().ok());
    assert_eq!(Shape::of(&event.to_string()), Shape::V1);
}

#[test]
fn an_event_is_queued_without_credentials() {
    let mut event = v2_event();
    event["headers"]["Prefer"] = json!("respond-async");
    event["rawQueryString"] = json!("a=1&X-Amz-Security-Token=temporary");
    event["queryStringParameters"] = json!({"a": "1", "X-Amz-Security-Token": "temporary"});
    let call = read(&event).ok().unwrap();
    let message = call.request.extensions().get::<Arrival>().unwrap().message.clone().unwrap();
    for secret in ["AKIA", "temporary", "session"] {
        assert!(!message.contains(secret), "{message}");
    }
    let again = Call::read(&message, Instant::now()).ok().unwrap();
    assert_eq!(again.request.uri(), call.request.uri());
    assert_eq!(again.request.body(), call.request.body());
    assert_eq!(again.client.address, call.client.address);
    assert_eq!(again.request_id, call.request_id);
}

#[test]
fn what_is_no_call_is_refused() {
    let mut base64 = v2_event();
    base64["body"] = json!("{\"a\":1}");
    let mut long = v2_event();
    long["rawPath"] = json!("/".repeat(70_000));
    for (event, expected) in [
        (json!({}), Refused::Event),
        (json!([]), Refused::Event),
        (json!({"httpMethod": 5}), Refused::Event),
        (json!({"detail-type": "Scheduled Event"}), Refused::Event),
        (base64, Refused::Base64),
        (long, Refused::Target),
    ] {
        assert_eq!(read(&event).err(), Some(expected), "{event}");
    }
}
