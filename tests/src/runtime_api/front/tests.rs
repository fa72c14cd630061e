//! What differs between the products, as tables.

use serde_json::{Value, json};

use super::{Call, Front};

const REST: Front = Front::RestApi { stage: "live", binary: true };
const TEXT_ONLY: Front = Front::RestApi { stage: "live", binary: false };
const HTTP: Front = Front::HttpApi { stage: "$default" };
const STAGED: Front = Front::HttpApi { stage: "live" };
const URL: Front = Front::FunctionUrl;

#[test]
fn each_product_has_its_own_path() {
    // Sent; by a REST API; by an HTTP API; by a function URL.
    for (sent, rest, http, url) in [
        ("/v2/users", "/v2/users", "/v2/users", "/v2/users"),
        ("/v2/a%2Fb%20c", "/v2/a%2Fb%20c", "/v2/a/b c", "/v2/a%2Fb%20c"),
        ("/v2/a%252Fb", "/v2/a%252Fb", "/v2/a%2Fb", "/v2/a%252Fb"),
        ("/v2/a%3Fb/c?d=e", "/v2/a%3Fb/c", "/v2/a", "/v2/a%3Fb/c"),
        ("/v2/%zz%", "/v2/%zz%", "/v2/%zz%", "/v2/%zz%"),
        ("/", "/", "/", "/"),
    ] {
        let call = Call::get(sent);
        assert_eq!(REST.event(&call)["path"], rest, "{sent}");
        assert_eq!(REST.event(&call)["requestContext"]["path"], format!("/live{rest}"), "{sent}");
        assert_eq!(HTTP.event(&call)["rawPath"], http, "{sent}");
        assert_eq!(STAGED.event(&call)["rawPath"], format!("/live{http}"), "{sent}");
        assert_eq!(STAGED.event(&call)["requestContext"]["http"]["path"], format!("/live{http}"), "{sent}");
        assert_eq!(URL.event(&call)["rawPath"], url, "{sent}");
    }
    assert_eq!(STAGED.event(&Call::get("/"))["requestContext"]["stage"], "live");
    assert_eq!(REST.event(&Call::get("/"))["pathParameters"], Value::Null);
    assert_eq!(REST.event(&Call::get("/a%2Fb/c"))["pathParameters"], json!({"proxy": "a%2Fb/c"}));
}

#[test]
fn each_product_has_its_own_query() {
    let call = Call::get("/v2/users?to=2&from=a%2Bb+c&to=%C3%96&flag&empty=");
    let event = REST.event(&call);
    let all = json!({"to": ["2", "Ö"], "from": ["a+b c"], "flag": [""], "empty": [""]});
    assert_eq!(event["multiValueQueryStringParameters"], all);
    let one = json!({"to": "Ö", "from": "a+b c", "flag": "", "empty": ""});
    assert_eq!(event["queryStringParameters"], one);
    for front in [HTTP, STAGED, URL] {
        let event = front.event(&call);
        assert_eq!(event["rawQueryString"], "to=2&from=a%2Bb+c&to=%C3%96&flag&empty=");
        let joined = json!({"to": "2,Ö", "from": "a+b c", "flag": "", "empty": ""});
        assert_eq!(event["queryStringParameters"], joined);
    }
    assert_eq!(REST.event(&Call::get("/"))["multiValueQueryStringParameters"], Value::Null);
    assert_eq!(URL.event(&Call::get("/"))["rawQueryString"], "");
    assert_eq!(URL.event(&Call::get("/")).get("queryStringParameters"), None);
}

#[test]
fn headers_come_in_the_form_of_the_product() {
    let call = Call::get("/")
        .header("X-Tag", "one")
        .header("x-tag", "two")
        .header("Cookie", "a=1; b=2")
        .header("X-Forwarded-For", "10.0.0.1")
        .header("X-Forwarded-Proto", "http")
        .header("User-Agent", "curl/8")
        .sent_from("203.0.113.9");
    let event = REST.event(&call);
    assert_eq!(event["multiValueHeaders"]["X-Tag"], json!(["one", "two"]));
    assert_eq!(event["headers"]["X-Tag"], "two");
    assert_eq!(event["headers"]["X-Forwarded-For"], "10.0.0.1, 203.0.113.9");
    assert_eq!(event["headers"]["X-Forwarded-Proto"], "https");
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "203.0.113.9");
    for front in [HTTP, URL] {
        let event = front.event(&call);
        assert_eq!(event["headers"]["x-tag"], "one,two");
        assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 203.0.113.9");
        assert_eq!(event["headers"]["x-forwarded-proto"], "https");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "203.0.113.9");
        assert_eq!(event["requestContext"]["http"]["userAgent"], "curl/8");
    }
    assert!(URL.event(&call)["requestContext"]["domainName"].as_str().unwrap().contains(".lambda-url."));
    assert!(URL.event(&call)["requestContext"]["authorizer"]["iam"]["userArn"].is_string());
    let ids = [URL.event(&call), URL.event(&call)].map(|it| it["requestContext"]["requestId"].clone());
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn bodies_are_base64_where_the_product_takes_them_for_binary() {
    for (media_type, body, front, expected, base64) in [
        ("application/json", &b"{}"[..], URL, "{}", false),
        ("application/json; charset=utf-8", b"{}", HTTP, "{}", false),
        ("application/x-www-form-urlencoded", b"a=b", HTTP, "YT1i", true),
        ("application/json", b"\xff", URL, "/w==", true),
        ("application/json", b"{}", REST, "e30=", true),
        ("application/json", b"{}", TEXT_ONLY, "{}", false),
    ] {
        let call = Call {
            method: "POST".into(),
            body: body.into(),
            ..Call::get("/").header("content-type", media_type)
        };
        let event = front.event(&call);
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(expected), &json!(base64)));
    }
    assert_eq!(URL.event(&Call::get("/")).get("body"), None);
    assert_eq!(REST.event(&Call::get("/"))["body"], Value::Null);
}

#[test]
fn responses_become_answers() {
    let response = json!({
        "statusCode": 203,
        "headers": {"content-type": "text/plain", "x-one": "1"},
        "multiValueHeaders": {"X-One": ["2", "3"]},
        "cookies": ["a=1", "b=2"],
        "body": "aGk=",
        "isBase64Encoded": true,
    });
    for (front, body, cookies) in
        [(REST, "hi", vec![]), (TEXT_ONLY, "aGk=", vec![]), (URL, "hi", vec!["a=1", "b=2"])]
    {
        let reply = front.reply(&response);
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (203, body));
        assert_eq!(reply.header("content-type"), "text/plain");
        assert_eq!(reply.all("x-one"), ["2", "3"]);
        assert_eq!(reply.all("set-cookie"), cookies);
    }
    assert_eq!(HTTP.reply(&json!({"any": 1})).json(), json!({"any": 1}));
    for (front, status) in [(REST, 502), (HTTP, 500), (URL, 502)] {
        for malformed in [json!({"statusCode": "x"}), json!({"statusCode": 200, "body": {}})] {
            assert_eq!(front.reply(&malformed).status.as_u16(), status, "{malformed}");
        }
    }
    assert_eq!(REST.reply(&json!({"any": 1})).status.as_u16(), 502);
}
