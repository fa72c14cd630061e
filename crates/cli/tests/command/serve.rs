//! `vizard serve`.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use crate::run::vizard;

const ZOOM: [(&str, &str); 9] = [
    ("SOURCE", "zoom"),
    ("PSOXY_SALT", "salt-of-mirela"),
    ("PSOXY_ENCRYPTION_KEY", "key-of-mirela"),
    ("CLIENT_ID", "client-of-mirela"),
    ("CLIENT_SECRET", "secret-of-mirela"),
    ("ACCOUNT_ID", "account-of-mirela"),
    ("VIZARD_BIND", "127.0.0.1"),
    ("VIZARD_CALLER_AUTH", "none"),
    ("PORT", "0"),
];

#[test]
fn listens_answers_and_ends_when_told() {
    let mut command = vizard(&["serve"]).with(&ZOOM).into_command();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut lines = String::new();
    while !lines.contains("\"message\":\"listening\"") {
        assert_ne!(log.read_line(&mut lines).unwrap(), 0, "{lines}");
    }
    let (_, address) = lines.rsplit_once("\"address\":\"").unwrap();
    let address = address.split('"').next().unwrap().to_owned();

    let ask = |request: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let alive = ask("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(alive.starts_with("HTTP/1.1 200 OK\r\n") && alive.ends_with("\r\n\r\nok"), "{alive}");
    let health = ask("GET / HTTP/1.1\r\nHost: a\r\nX-Psoxy-Health-Check: 1\r\nConnection: close\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    assert!(health.contains("\"callerAuthentication\":\"none\""), "{health}");
    let refused = ask("GET /v2/mirela?q=mirela HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");

    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    log.read_to_string(&mut lines).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{lines}");
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "");
    for line in lines.lines() {
        assert!(line.starts_with("{\"timestamp\":") && line.ends_with('}'), "{line}");
    }
    assert!(lines.contains("\"code\":\"path-not-listed\""), "{lines}");
    assert!(lines.contains("VIZARD_CALLER_AUTH is none: whoever reaches the port may call"), "{lines}");
    assert!(!lines.contains("mirela"), "{lines}");
}

#[test]
fn says_everything_that_is_wrong_and_does_not_listen() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let settings = [
        ("SOURCE", "zooom"),
        ("PORT", port.as_str()),
        ("VIZARD_BIND", "everywhere"),
        ("VIZARD_TRUSTED_HOPS", "many"),
        ("TLS_VERSION", "SSLv3"),
        ("PSOXY_ENCRYPTION_KEY", "key-of-mirela"),
    ];
    let ended = vizard(&["serve"]).with(&settings).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "{}", ended.stderr);
    for words in [
        "vizard: could not start\n",
        "VIZARD_BIND must be an IP address",
        "VIZARD_TRUSTED_HOPS must be",
        "VIZARD_CALLER_AUTH must say how callers are told from strangers",
        "SOURCE is not valid: expected one of the sources",
        "did you mean `zoom`?",
        "TLS_VERSION is not valid: expected TLSv1.3 or TLSv1.2",
        "PSOXY_SALT is not set",
    ] {
        assert!(ended.stderr.contains(words), "{words:?} is not in\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("mirela") && !ended.stderr.contains("listening"), "{}", ended.stderr);
}

#[test]
fn a_limit_that_is_not_text_is_not_taken_as_none() {
    for name in ["ALLOWED_DATA_ACCESS_IP_BLOCKS", "VIZARD_BIND", "VIZARD_CALLER_AUTH"] {
        let mut command = vizard(&["serve"]).with(&ZOOM).into_command();
        let ended = command.env(name, OsStr::from_bytes(b"127.0.0.1\xff")).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(78), "{name}: {said}");
        assert!(said.contains(name), "{name}: {said}");
    }
}

#[test]
fn shows_every_problem_of_the_rules_with_its_place() {
    let rules = "endpoints:\n- pathTemplat: /x\n- pathTemplate: /y\n  transforms: [!<reduct> {jsonPaths: [\"$.a\"]}]\n";
    let ended = vizard(&["serve"]).with(&ZOOM).with(&[("RULES", rules)]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "{}", ended.stderr);
    for words in ["error[unknown-key]", "RULES:2:3\n", "error[unknown-transform]", "did you mean `redact`?"] {
        assert!(ended.stderr.contains(words), "{words:?} is not in\n{}", ended.stderr);
    }
}

#[test]
fn a_directory_of_secrets_takes_the_place_of_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap().to_owned();
    let ended = vizard(&["serve"]).with(&ZOOM).with(&[("VIZARD_SECRETS_DIR", &path)]).run();
    assert_eq!(ended.code, 78, "{}", ended.stderr);
    assert!(ended.stderr.contains("PSOXY_SALT is not set"), "{}", ended.stderr);
}

#[test]
fn nobody_is_served_before_it_is_said_who_may_call() {
    for (settings, words) in [
        (
            &[("VIZARD_CALLER_AUTH", "")][..],
            "VIZARD_CALLER_AUTH must say how callers are told from strangers",
        ),
        (&[("VIZARD_CALLER_AUTH", "oidc")], "VIZARD_OIDC_ISSUER must be the URL of an issuer"),
        (&[("VIZARD_OIDC_CALLERS", "*")], "VIZARD_OIDC_CALLERS must not be set unless"),
        (&[("ASYNC_PUB_SUB_QUEUE", "projects/orchard/topics/zoom")], "VIZARD_PUSH_CALLER must be the e-mail"),
    ] {
        let ended = vizard(&["serve"]).with(&ZOOM).with(settings).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{words:?} is not in\n{}", ended.stderr);
    }
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = vizard(&["serve"]).with(&ZOOM).with(&[("PORT", &port)]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (69, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("could not listen on 127.0.0.1:{port}")), "{}", ended.stderr);
}
