//! Paths, methods, queries and parameters.

use crate::{KEYS, call, check, line, outcome, rules, send};
use vizard_sanitizer::{Call, Cause};

const PEOPLE: &str = r#"
endpoints:
  - pathTemplate: /v2/users
    allowedMethods: [get, HEAD]
    allowedQueryParams: [page_size, status, Next_Page_Token]
    queryParamSchemas:
      page_size: { type: integer }
      Status: { enum: [active, inactive] }
  - pathTemplate: /v2/users/{user_id}
    allowedQueryParams: []
    pathParameterSchemas:
      user_id: { format: reversible-pseudonym }
  - pathTemplate: /v2/report
    allowedMethods: [GET]
    allowedQueryParams: [from, to]
    queryParamSchemas:
      from: { pattern: '\d{4}-\d{2}-\d{2}', required: true }
  - pathTemplate: /v2/open
  - pathTemplate: /v2/trailing/
  - pathTemplate: /v2/maybe/{id?}
    pathParameterSchemas: { id: { anyOf: [ { type: integer }, { enum: [me, ''] } ] } }
"#;

#[test]
fn judges_path_method_query_and_parameters() {
    let token = format!("p~{}", "aB3_-x".repeat(12));
    let rules = rules(PEOPLE);
    check(
        &rules,
        &[
            ("GET /v2/users", "GET /v2/users"),
            ("get /v2/users", "GET /v2/users"),
            ("HEAD /V2/Users", "HEAD /V2/Users"),
            ("GET /v2/users/", "path-not-listed"),
            ("GET /v2", "path-not-listed"),
            ("GET /v3/users", "path-not-listed"),
            ("POST /v2/users", "method-not-listed"),
            ("TRACE /v2/open", "method-not-listed"),
            ("G.ET /v2/open", "method-not-listed"),
            ("PROPFIND /v2/open", "PROPFIND /v2/open"),
            ("PATCH /v2/open", "PATCH /v2/open"),
            ("DELETE /v2/open", "DELETE /v2/open"),
            ("GET /%76%32/%75sers", "GET /v2/users"),
            ("GET /v2/trailing/", "GET /v2/trailing/"),
            ("GET /v2/trailing", "path-not-listed"),
            ("GET /v2/maybe/", "GET /v2/maybe/"),
            ("GET /v2/maybe/me", "GET /v2/maybe/me"),
            ("GET /v2/maybe/12", "GET /v2/maybe/12"),
            ("GET /v2/maybe/you", "path-parameter-invalid"),
            ("GET /v2/users?", "GET /v2/users"),
            ("GET /v2/users?page_size=30&STATUS=active", "GET /v2/users?page_size=30&STATUS=active"),
            ("GET /v2/users?page_size=30;status=inactive", "GET /v2/users?page_size=30&status=inactive"),
            ("GET /v2/users?next_page_token=a%2Bb+c", "GET /v2/users?next_page_token=a%2Bb%20c"),
            ("GET /v2/users?page_size", "GET /v2/users?page_size"),
            ("GET /v2/users?page_size=", "query-parameter-invalid"),
            ("GET /v2/users?page_size=1&page_size=x", "query-parameter-invalid"),
            ("GET /v2/users?page_size=1&page_size=2", "GET /v2/users?page_size=1&page_size=2"),
            ("GET /v2/users?status=Active", "query-parameter-invalid"),
            ("GET /v2/users?page_size=1;email=x", "query-parameter-not-listed"),
            ("GET /v2/users?page%5Fsize=1", "GET /v2/users?page_size=1"),
            ("GET /v2/users?page_size=1&e%6Dail=x", "query-parameter-not-listed"),
            ("GET /v2/users?page_size=%ff", "query-malformed"),
            ("GET /v2/users/12", "path-parameter-invalid"),
            (&format!("GET /v2/users/{token}@lumen-orchard.example"), "path-parameter-invalid"),
            (&format!("GET /v2/users/{token}%40lumen-orchard.example"), "path-parameter-invalid"),
            (&format!("GET /v2/users/{token}?x=1"), "query-parameter-not-listed"),
            // The token passes the rules; it is reversed afterwards, where it turns out to be forged.
            (&format!("GET /v2/users/{token}"), "token-invalid"),
            ("GET /v2/report", "query-parameter-required"),
            ("GET /v2/report?to=2026-01-31", "query-parameter-required"),
            ("GET /v2/report?from", "query-parameter-required"),
            ("GET /v2/report?from=2026-01-01&to=x", "GET /v2/report?from=2026-01-01&to=x"),
            ("GET /v2/report?From=2026-01-01", "GET /v2/report?From=2026-01-01"),
            ("GET /v2/report?from=2026-01-01T00:00", "query-parameter-invalid"),
            ("GET /v2/report?from=2026-01-01&from=x", "query-parameter-invalid"),
            ("GET /v2/open?any=thing&at=all", "GET /v2/open?any=thing&at=all"),
        ],
    );
}

#[test]
fn refuses_ambiguous_paths_before_any_rule() {
    let rules = rules("endpoints: [ { pathRegex: '.*' } ]");
    check(
        &rules,
        &[
            ("GET /a/../b", "path-ambiguous"),
            ("GET /a/%2e%2e/b", "path-ambiguous"),
            ("GET /a/%252e%252e/b", "path-ambiguous"),
            ("GET /a/..;x/b", "path-ambiguous"),
            ("GET /a//b", "path-ambiguous"),
            ("GET /a%2Fb", "path-ambiguous"),
            ("GET /a%5Cb", "path-ambiguous"),
            ("GET /a%00b", "path-ambiguous"),
            ("GET /a%zz", "path-malformed"),
            ("GET a", "path-malformed"),
            ("GET /a/b", "GET /a/b"),
        ],
    );
}

const MEETINGS: &str = r#"
endpoints:
  - pathRegex: '^/v2/meetings/(?<id>[A-Za-z0-9+/]{22}==|\d{9,11})/summary$'
  - pathRegex: '^/v2/past_meetings/(?<id>[^/?]+)(?:\?.*)?$'
    allowedQueryParams: [occurrence]
    pathParameterSchemas:
      id: { pattern: '[A-Za-z0-9+/]{22}==|\d+' }
  - pathRegex: '^/v2/two/[^/]+/[^/]+$'
  - pathTemplate: /v2/one/{id}/people
    pathParameterSchemas:
      id: { pattern: '[A-Za-z0-9+/]{22}==' }
  - pathRegex: '^/v2/meetings/(?!summaries)[^/?]+$'
  - pathRegex: '^/v2/search\?q=[^&]*$'
  - pathRegex: '^/both/\d+(\?x=\d)?$'
    pathTemplate: /ignored
"#;

#[test]
fn matches_regexes_on_path_and_query_and_meeting_uuids_as_one_segment() {
    let rules = rules(MEETINGS);
    let once = "abCD12%2B%2FxyABCDEFGHIJkw%3D%3D";
    let twice = "%252FbCD12%252B%252FxyABCDEFGHIJkw%253D%253D";
    check(
        &rules,
        &[
            (
                "GET /v2/meetings/abCD12+/xyABCDEFGHIJkw==/summary",
                &format!("GET /v2/meetings/{once}/summary"),
            ),
            (&format!("GET /v2/meetings/{once}/summary"), &format!("GET /v2/meetings/{once}/summary")),
            (
                "GET /v2/meetings//bCD12+/xyABCDEFGHIJkw==/summary",
                &format!("GET /v2/meetings/{twice}/summary"),
            ),
            (&format!("GET /v2/meetings/{twice}/summary"), &format!("GET /v2/meetings/{twice}/summary")),
            ("GET /v2/meetings/1234567890/summary", "GET /v2/meetings/1234567890/summary"),
            ("GET /v2/meetings/12/summary", "path-not-listed"),
            ("GET /v2/past_meetings/abCD12+/xyABCDEFGHIJkw==", &format!("GET /v2/past_meetings/{once}")),
            (
                "GET /v2/past_meetings/abCD12+/xyABCDEFGHIJkw%3D%3D?occurrence=1",
                &format!("GET /v2/past_meetings/{once}?occurrence=1"),
            ),
            ("GET /v2/past_meetings/someone", "path-parameter-invalid"),
            ("GET /v2/past_meetings/12?other=1", "query-parameter-not-listed"),
            ("GET /v2/two/abCD12+/xyABCDEFGHIJkw==", "path-not-listed"),
            ("GET /v2/two/abCD12/xy", "GET /v2/two/abCD12/xy"),
            ("GET /v2/one/abCD12+/xyABCDEFGHIJkw==/people", &format!("GET /v2/one/{once}/people")),
            ("GET /v2/one/12/people", "path-parameter-invalid"),
            ("GET /v2/meetings/12", "GET /v2/meetings/12"),
            ("GET /v2/meetings/summaries", "path-not-listed"),
            ("GET /v2/meetings/%73ummaries", "path-not-listed"),
            ("GET /v2/meetings/12?x=1", "path-not-listed"),
            ("GET /v2/search?q=a+b", "GET /v2/search?q=a%20b"),
            ("GET /v2/search?q=a&b=c", "path-not-listed"),
            ("GET /v2/search?q=a;b=c", "path-not-listed"),
            ("GET /v2/search", "path-not-listed"),
            ("GET /both/1", "GET /both/1"),
            ("GET /both/1?x=2", "GET /both/1?x=2"),
            ("GET /ignored", "path-not-listed"),
        ],
    );
}

#[test]
fn takes_the_first_endpoint_that_admits() {
    let rules = rules(
        "endpoints:
  - { pathTemplate: '/a/{x}', allowedMethods: [GET], allowedQueryParams: [one] }
  - { pathTemplate: '/{y}/b', allowedQueryParams: [two] }
  - { pathRegex: '/.*' }",
    );
    for (sent, endpoint) in [
        ("GET /a/b", "/a/{x}"),
        ("GET /a/b?one=1", "/a/{x}"),
        ("GET /a/b?two=1", "/{y}/b"),
        ("POST /a/b", "/{y}/b"),
        ("GET /a/b?one=1&two=2", "/.*"),
        ("GET /c/d", "/.*"),
    ] {
        assert_eq!(send(&rules, &call(sent), &KEYS).unwrap().0, endpoint, "{sent}");
    }
}

#[test]
fn forwards_only_listed_headers() {
    let rules = rules(
        "allowedRequestHeaders: [X-Tenant, Host]
endpoints:
  - { pathTemplate: /a, allowedRequestHeaders: [accept], allowedRequestHeadersToForward: [If-Match] }
  - { pathTemplate: /b }",
    );
    let headers = [
        ("Accept", "application/json"),
        ("X-TENANT", "one"),
        ("x-tenant", "two"),
        ("If-Match", "*"),
        ("Host", "elsewhere.example"),
        ("Authorization", "Bearer canary"),
        ("Cookie", "canary"),
    ];
    for (sent, forwarded) in [
        ("GET /a", "accept: application/json, x-tenant: one, x-tenant: two, if-match: *"),
        ("GET /b", "x-tenant: one, x-tenant: two"),
    ] {
        let call = Call { headers: &headers, ..call(sent) };
        let (_, outbound) = send(&rules, &call, &KEYS).unwrap();
        let names: Vec<String> =
            outbound.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(names.join(", "), forwarded, "{sent}");
    }
}

#[test]
fn says_what_failed_in_words_of_the_rules() {
    let rules = rules(PEOPLE);
    for (sent, sentence) in [
        ("GET /v2/user", "the path is not listed by any endpoint; did you mean `/v2/users`?"),
        ("GET /canary", "the path is not listed by any endpoint"),
        ("POST /v2/users", "the method is not listed by the endpoint; listed: GET, HEAD"),
        ("GET /v2/users?page_size=1&canary=2", "query parameter 2 is not in this endpoint's list"),
        (
            "GET /v2/users?pagesize=1",
            "query parameter 1 is not in this endpoint's list; did you mean `page_size`?",
        ),
        (
            "GET /v2/users?page_size=canary",
            "the query parameter `page_size` is not what the endpoint's schema asks for",
        ),
        ("GET /v2/report", "the query parameter `from` is required and absent"),
        ("GET /v2/users/canary", "the path parameter `user_id` is not what the endpoint's schema asks for"),
        ("GET /v2/canary/..", "the path can be read in more than one way; segment 3 is made of dots"),
        ("GET /v2/canary%2", "path segment 2 is not a well-formed URL path in UTF-8"),
    ] {
        let refusal = rules.admit(&call(sent)).map(|_| ()).unwrap_err();
        assert_eq!(refusal.to_string(), sentence, "{sent}");
        assert!(!format!("{refusal:?}{:?}", call(sent)).contains("canary"), "{sent}");
    }
}

#[test]
fn answers_each_refusal_with_its_cause() {
    let rules = rules(PEOPLE);
    let long_path = format!("GET /{}", "a".repeat(4096));
    let long_query = format!("GET /v2/users?status={}", "a".repeat(8192));
    for (sent, cause) in [
        ("GET /nowhere", Cause::BlockedByRules),
        ("GET /a//b", Cause::BlockedByRules),
        (long_path.as_str(), Cause::InvalidRequest),
        (long_query.as_str(), Cause::InvalidRequest),
    ] {
        assert_eq!(rules.admit(&call(sent)).map(|_| ()).unwrap_err().cause(), cause);
    }
    let call = Call { body: b"{}", ..call("GET /v2/users") };
    assert_eq!(rules.admit(&call).map(|_| ()).unwrap_err().cause(), Cause::BodyNotAllowed);
    let call = Call { body: b" \n ", ..call };
    assert_eq!(outcome(&rules, &call), "GET /v2/users");
    assert_eq!(line(&send(&rules, &call, &KEYS).unwrap().1), "GET /v2/users");
}
