//! The fake by hand: what the documentation says of Google must be true of it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::secret_manager::State;
use super::status::Code;
use super::*;
use crate::wire::{self, Reply, gzip, raw};

const SECRETS: &str = "/v1/projects/lumen-orchard-vizard/secrets";

/// A call with the token of [`ACCOUNT`].
async fn call(google: &Google, method: &str, target: &str, body: &Value) -> Reply {
    let token = format!("Bearer {}", google.token_for(ACCOUNT));
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    wire::send(google.address(), wire::request(method, target, &headers, body)).await
}

async fn get(google: &Google, target: &str) -> Reply {
    call(google, "GET", target, &Value::Null).await
}

fn refused(reply: &Reply) -> (u16, String) {
    let status = reply.json()["error"]["status"].as_str().unwrap_or_default().to_owned();
    (reply.status.as_u16(), status)
}

#[tokio::test]
async fn the_metadata_server_answers_those_who_ask_as_its_own_machines_do() {
    let google = Google::start().await;
    google.vouch(|account, audience| format!("{account} to {audience}"));
    let account = "/computeMetadata/v1/instance/service-accounts/default";
    let ask = async |target: &str, headers: &[(&str, &str)]| {
        wire::send(google.address(), wire::request("GET", target, headers, "")).await
    };
    let flavour = ("metadata-flavor", "Google");
    assert_eq!(ask(&format!("{account}/token"), &[]).await.status, 403);
    let through_a_proxy = [flavour, ("x-forwarded-for", "203.0.113.9")];
    assert_eq!(ask(&format!("{account}/token"), &through_a_proxy).await.status, 403);
    for (target, expected) in [
        (format!("{account}/email"), ACCOUNT),
        (format!("/computeMetadata/v1/instance/service-accounts/{ACCOUNT}/email"), ACCOUNT),
        ("/computeMetadata/v1/project/project-id".to_owned(), PROJECT),
        ("/computeMetadata/v1/project/numeric-project-id".to_owned(), PROJECT_NUMBER),
        ("/computeMetadata/v1/universe/universe-domain".to_owned(), "googleapis.com"),
    ] {
        let reply = ask(&target, &[flavour]).await;
        assert_eq!(
            (reply.text().as_str(), reply.header("metadata-flavor")),
            (expected, "Google"),
            "{target}"
        );
    }
    let identity =
        ask(&format!("{account}/identity?audience=https%3A%2F%2Fvizard.example"), &[flavour]).await;
    assert_eq!(identity.text(), format!("{ACCOUNT} to https://vizard.example"));
    let token = ask(&format!("{account}/token"), &[flavour]).await.json();
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3599)));
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let list = async |bearer: &str| {
        let target = format!("{SECRETS}/NONE");
        let reply = ask(&target, &[("authorization", bearer)]).await;
        refused(&reply)
    };
    assert_eq!(list(&bearer).await, (404, "NOT_FOUND".to_owned()));
    for wrong in ["", "Bearer ", "Bearer ya29.other", &bearer[7..]] {
        assert_eq!(list(wrong).await, (401, "UNAUTHENTICATED".to_owned()), "{wrong}");
    }
    google.revoke_tokens();
    assert_eq!(list(&bearer).await.0, 401);
    assert_eq!(google.count("Metadata.Token"), 3);
}

#[tokio::test]
async fn a_secret_has_versions_labels_and_an_etag() {
    let google = Google::start().await;
    let (none, secret) = (Value::Null, format!("{SECRETS}/vizard_SALT"));
    let made = call(&google, "POST", &format!("{SECRETS}?secretId=vizard_SALT"), &json!({})).await.json();
    assert_eq!(made["name"], format!("projects/{PROJECT_NUMBER}/secrets/vizard_SALT"));
    let access = async |version: &str| get(&google, &format!("{secret}/versions/{version}:access")).await;
    assert_eq!(refused(&access("latest").await), (404, "NOT_FOUND".to_owned()));
    let add = format!("{secret}:addVersion");
    let payload = |checksum: Value| json!({"payload": {"data": "MTIzNDU2Nzg5", "dataCrc32c": checksum}});
    let wrong = call(&google, "POST", &add, &payload(json!("7"))).await;
    assert_eq!(refused(&wrong), (400, "INVALID_ARGUMENT".to_owned()));
    let (target, right) = (format!("{add}?$alt=json;enum-encoding=int"), payload(json!("3808858755")));
    assert_eq!(call(&google, "POST", &target, &right).await.json()["state"], 1);
    assert_eq!(call(&google, "POST", &add, &payload(Value::Null)).await.json()["state"], "ENABLED");
    let accessed = access("latest").await.json();
    assert_eq!(accessed["name"], format!("projects/{PROJECT_NUMBER}/secrets/vizard_SALT/versions/2"));
    assert_eq!(accessed["payload"], json!({"data": "MTIzNDU2Nzg5", "dataCrc32c": "3808858755"}));
    assert_eq!(refused(&access("3").await), (404, "NOT_FOUND".to_owned()));

    // Labels, with the etag that was read.
    let read = get(&google, &secret).await.json();
    let labels = |etag: &Value| json!({"etag": etag, "labels": {"latest-version": "1"}});
    let patch = format!("{secret}?updateMask=labels");
    let changed = call(&google, "PATCH", &patch, &labels(&read["etag"])).await.json();
    assert_eq!(changed["labels"]["latest-version"], "1");
    assert_ne!(changed["etag"], read["etag"]);
    let stale = call(&google, "PATCH", &patch, &labels(&read["etag"])).await;
    assert_eq!(refused(&stale), (400, "FAILED_PRECONDITION".to_owned()));
    assert_eq!(
        call(&google, "PATCH", &patch, &labels(&Value::Null)).await.status,
        200,
        "without one nothing is checked"
    );
    assert_eq!(call(&google, "PATCH", &secret, &labels(&Value::Null)).await.status, 400);

    // A version that is gone is still the latest one.
    assert_eq!(
        call(&google, "POST", &format!("{secret}/versions/2:destroy"), &none).await.json()["state"],
        "DESTROYED"
    );
    assert_eq!(refused(&access("latest").await), (400, "FAILED_PRECONDITION".to_owned()));
    assert_eq!(access("1").await.status, 200);
    google.set_version_state("vizard_SALT", 1, State::Disabled);
    assert_eq!(refused(&access("1").await), (400, "FAILED_PRECONDITION".to_owned()));
    assert_eq!(google.secret("vizard_SALT").unwrap().states(), [State::Disabled, State::Destroyed]);
}

#[tokio::test]
async fn versions_are_listed_by_pages_and_states() {
    let google = Google::start().await;
    for value in ["1", "2", "3", "4", "5"] {
        google.put_secret("S", value);
    }
    google.set_version_state("S", 4, State::Destroyed);
    let list = async |query: &str| {
        let answer = get(&google, &format!("{SECRETS}/S/versions?{query}")).await.json();
        let names = answer["versions"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
        let numbers: Vec<_> = names.map(|it| it.rsplit('/').next().unwrap().to_owned()).collect();
        (numbers.join(""), answer["nextPageToken"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(list("").await, ("54321".to_owned(), String::new()));
    assert_eq!(list("filter=state%3AENABLED&pageSize=3").await, ("532".to_owned(), "1".to_owned()));
    assert_eq!(list("filter=state%3AENABLED&pageSize=3&pageToken=1").await, ("1".to_owned(), String::new()));
    google.set_page_of_versions(2);
    assert_eq!(list("pageSize=100").await, ("54".to_owned(), "3".to_owned()));
}

#[tokio::test]
async fn who_has_no_grant_does_not_learn_what_there_is() {
    let google = Google::start().await;
    google.put_secret("GRANTED", "x");
    google.put_secret("OTHER", "x");
    google.revoke_all();
    google.grant(Role::SecretAccessor, Some(&Google::secret_name("GRANTED")));
    google.grant(Role::SecretAccessor, Some(&Google::secret_name("ABSENT")));
    let access = async |id: &str| get(&google, &format!("{SECRETS}/{id}/versions/latest:access")).await;
    assert_eq!(access("GRANTED").await.status, 200);
    for id in ["OTHER", "ABSENT", "NONE"] {
        let reply = access(id).await;
        assert_eq!(refused(&reply), (403, "PERMISSION_DENIED".to_owned()));
        assert!(reply.text().contains("(or it may not exist)"));
    }
    assert_eq!(
        get(&google, &format!("{SECRETS}/GRANTED")).await.status,
        403,
        "the label is another permission"
    );
    google.grant(Role::SecretAccessor, None);
    assert_eq!((access("OTHER").await.status.as_u16(), access("NONE").await.status.as_u16()), (200, 404));
}

/// Parts of an upload as clients write them.
fn multipart(resource: &Value, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\ncontent-type: application/json\r\n\r\n{resource}\r\n--b\r\ncontent-type: text/plain\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--b--\r\n"].concat()
}

async fn upload(google: &Google, target: &str, resource: &Value, content: &[u8]) -> Reply {
    let token = format!("Bearer {}", google.token_for(ACCOUNT));
    let headers = [("authorization", token.as_str()), ("content-type", "multipart/related; boundary=b")];
    let target = format!("/upload/storage/v1/b/{target}&uploadType=multipart");
    wire::send(google.address(), wire::request("POST", &target, &headers, multipart(resource, content))).await
}

#[tokio::test]
async fn an_object_is_put_whole_or_not_at_all() {
    let google = Google::start().await;
    google.create_bucket("answers");
    let packed = gzip(b"{\"a\":1}");
    let sum = checksum::base64_of(crc32c(&packed));
    let resource = json!({
        "contentEncoding": "gzip", "contentType": "application/json", "crc32c": sum, "metadata": {"PATH": "v2/users"},
    });
    let made = upload(&google, "answers/o?name=a%2Fb&ifGenerationMatch=0", &resource, &packed).await.json();
    assert_eq!((&made["name"], &made["crc32c"]), (&json!("a/b"), &json!(sum)));
    let again = upload(&google, "answers/o?name=a%2Fb&ifGenerationMatch=0", &resource, &packed).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]["errors"][0]["reason"]),
        (412, &json!("conditionNotMet"))
    );
    let spoilt = upload(&google, "answers/o?name=c", &json!({"crc32c": "AAAAAA=="}), b"x").await;
    assert_eq!(spoilt.status, 400);
    let nowhere = upload(&google, "other/o?name=c", &json!({}), b"x").await;
    assert_eq!((nowhere.status.as_u16(), &nowhere.json()["error"]["code"]), (404, &json!(404)));
    google.plan("Storage.InsertObject", 1, Fault::Error(Code::ResourceExhausted));
    assert_eq!(upload(&google, "answers/o?name=c", &json!({}), b"x").await.status, 429);
    assert_eq!(google.keys("answers"), ["a/b"]);
    let stored = google.object("answers", "a/b").unwrap();
    assert_eq!((stored.text().as_str(), stored.metadata["PATH"].as_str()), ("{\"a\":1}", "v2/users"));

    // Read as it is kept, and decompressed on the way.
    let token = format!("Bearer {}", google.token_for(ACCOUNT));
    let media = async |more: &[(&str, &str)]| {
        let headers = [&[("authorization", token.as_str())], more].concat();
        let target = "/storage/v1/b/answers/o/a%2Fb?alt=media";
        wire::send(google.address(), wire::request("GET", target, &headers, "")).await
    };
    let (kept, plain) = (media(&[("accept-encoding", "gzip")]).await, media(&[]).await);
    assert_eq!((&kept.body[..], kept.header("content-encoding")), (&packed[..], "gzip"));
    assert_eq!((&plain.body[..], plain.header("content-encoding")), (&b"{\"a\":1}"[..], ""));
    for reply in [&kept, &plain] {
        assert_eq!(reply.header("x-goog-hash"), format!("crc32c={sum}"));
        assert_eq!(reply.header("x-goog-generation"), stored.generation.to_string());
        assert_eq!(reply.header("x-goog-stored-content-encoding"), "gzip");
    }
    google.plan("Storage.GetMedia", 1, Fault::WrongChecksum);
    assert_ne!(media(&[]).await.header("x-goog-hash"), format!("crc32c={sum}"));

    // Who may create may not write over what is there.
    google.revoke_all();
    google.grant(Role::ObjectCreator, Some(&Google::bucket_name("answers")));
    assert_eq!(upload(&google, "answers/o?name=new", &json!({}), b"x").await.status, 200);
    assert_eq!(upload(&google, "answers/o?name=new", &json!({}), b"y").await.status, 403);
    assert_eq!(media(&[]).await.status, 403);
    google.grant(Role::ObjectWriter, Some(&Google::bucket_name("answers")));
    assert_eq!(upload(&google, "answers/o?name=new", &json!({}), b"y").await.status, 200);
    assert_eq!(google.object("answers", "new").unwrap().text(), "y");
}

#[tokio::test]
async fn an_upload_is_taken_up_where_it_broke_off() {
    let google = Google::start().await;
    google.create_bucket("answers");
    let target = "/upload/storage/v1/b/answers/o?uploadType=resumable&name=long";
    let begun = call(&google, "POST", target, &json!({"contentType": "text/plain"})).await;
    let place = begun.header("location").strip_prefix(google.url()).unwrap().to_owned();
    let token = format!("Bearer {}", google.token_for(ACCOUNT));
    let put = async |range: &str, body: &'static str| {
        let headers = [("authorization", token.as_str()), ("content-range", range)];
        wire::send(google.address(), wire::request("PUT", &place, &headers, body)).await
    };
    let part = put("bytes 0-2/*", "one").await;
    assert_eq!((part.status.as_u16(), part.header("range")), (308, "bytes=0-2"));
    assert_eq!(put("bytes */*", "").await.header("range"), "bytes=0-2");
    assert_eq!(put("bytes 5-6/7", "xx").await.status, 400, "nothing may be left out");
    let whole = put("bytes 1-6/7", "netwoo").await;
    assert_eq!((whole.status.as_u16(), &whole.json()["size"]), (200, &json!("7")));
    assert_eq!(put("bytes */*", "").await.status, 200);
    assert_eq!(google.object("answers", "long").unwrap().body, Bytes::from("onetwoo"));
}

#[tokio::test]
async fn calls_fail_as_often_as_planned_and_are_counted() {
    let google = Google::start().await;
    google.put_secret("S", "x");
    let kind = "SecretManager.AccessSecretVersion";
    google.plan(kind, 2, Fault::Error(Code::Unavailable));
    google.plan(kind, 1, Fault::Answer(502, "<html>".to_owned()));
    google.plan(kind, 1, Fault::Cut);
    google.plan(kind, 1, Fault::Hang);
    let token = google.token_for(ACCOUNT);
    let target = format!("GET {SECRETS}/S/versions/1:access HTTP/1.1");
    let request = format!("{target}\r\nhost: google\r\nauthorization: Bearer {token}\r\n\r\n");
    for expected in ["HTTP/1.1 503", "HTTP/1.1 503", "HTTP/1.1 502", "", "", "HTTP/1.1 200"] {
        let answer = raw(google.address(), request.as_bytes()).await;
        assert!(
            answer.starts_with(expected) && answer.is_empty() == expected.is_empty(),
            "{expected}: {answer}"
        );
    }
    google.plan("SecretManager.AddSecretVersion", 1, Fault::ErrorAfter(Code::Internal));
    let payload = json!({"payload": {"data": "eQ=="}});
    assert_eq!(call(&google, "POST", &format!("{SECRETS}/S:addVersion"), &payload).await.status, 500);
    assert_eq!(google.secret_values()["S"], "y");
    google.plan(kind, 1, Fault::WrongChecksum);
    let spoilt = get(&google, &format!("{SECRETS}/S/versions/latest:access")).await.json();
    assert_eq!(spoilt["payload"], json!({"data": "eQ==", "dataCrc32c": "1"}));
    assert_eq!(google.count(kind), 7);
    google.forget();
    assert_eq!(google.counts(), BTreeMap::new());
}
