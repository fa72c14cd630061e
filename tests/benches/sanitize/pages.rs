//! The pages that are measured: six kinds of records under their rules, in three sizes.

use serde::Deserialize;
use serde_json::{Value, json};
use vizard_sanitizer::{Admitted, Call, RuleSet};
use vizard_tests::repository;

use crate::records::{self, Vary};

pub(crate) const SIZES: [usize; 3] = [3, 300, 30_000];

/// One kind of records.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Its rules, as a file of the repository.
    rules: &'static str,
    /// The endpoint as the rules write it, and a call to it.
    endpoint: &'static str,
    call: (&'static str, Option<&'static str>),
    /// The example page, the name of its list, and what makes each record another.
    example: &'static str,
    list: &'static str,
    vary: Vary,
    /// One record to a line, without a page around them.
    lines: bool,
}

const ZOOM: &str = "rules/zoom/rules.yaml";
const OWN: &str = "tests/benches/sanitize/rules.yaml";

pub(crate) const KINDS: [Kind; 6] = [
    Kind {
        name: "users",
        about: "users of an account, by the Zoom rules",
        rules: ZOOM,
        endpoint: "/v2/users",
        call: ("/v2/users", Some("page_size=300")),
        example: "users.json",
        list: "users",
        vary: records::user,
        lines: false,
    },
    Kind {
        name: "participants",
        about: "participants of a past meeting, by the Zoom rules",
        rules: ZOOM,
        endpoint: "/v2/past_meetings/{meetingId}/participants",
        call: ("/v2/past_meetings/86412097531/participants", Some("page_size=300")),
        example: "past-meeting-participants.json",
        list: "participants",
        vary: records::participant,
        lines: false,
    },
    Kind {
        name: "report",
        about: "meetings in a report, by the Zoom rules",
        rules: ZOOM,
        endpoint: "/v2/report/users/{userId}/meetings",
        call: ("/v2/report/users/nkd_tSmETYq9S5ng8IRWMA/meetings", Some("from=2026-11-01&to=2026-11-21")),
        example: "report-user-meetings.json",
        list: "meetings",
        vary: records::reported_meeting,
        lines: false,
    },
    Kind {
        name: "filters",
        about: "meetings, by paths with filters over listed fields",
        rules: OWN,
        endpoint: "/listed/meetings",
        call: ("/listed/meetings", None),
        example: "report-user-meetings.json",
        list: "meetings",
        vary: records::tracked_meeting,
        lines: false,
    },
    Kind {
        name: "filters-open",
        about: "the same, with every other field copied",
        rules: OWN,
        endpoint: "/open/meetings",
        call: ("/open/meetings", None),
        example: "report-user-meetings.json",
        list: "meetings",
        vary: records::tracked_meeting,
        lines: false,
    },
    Kind {
        name: "lines",
        about: "users, one JSON document to a line",
        rules: OWN,
        endpoint: "/lines/users",
        call: ("/lines/users", None),
        example: "users.json",
        list: "users",
        vary: records::user,
        lines: true,
    },
];

/// The parts of a rule file that say which paths an endpoint has.
#[derive(Deserialize)]
struct Written {
    endpoints: Vec<WrittenEndpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenEndpoint {
    path_template: String,
    #[serde(default)]
    transforms: Vec<WrittenTransform>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenTransform {
    json_paths: Vec<String>,
}

impl Kind {
    pub(crate) fn rule_set(&self) -> RuleSet {
        match RuleSet::load(self.rules, &repository::text(self.rules)) {
            Ok(loaded) => loaded.rules,
            Err(problems) => panic!("{problems}"),
        }
    }

    pub(crate) fn admit<'r>(&self, rules: &'r RuleSet) -> Admitted<'r> {
        let admitted = rules.admit(&self.call()).expect("the rules list the call");
        assert_eq!(admitted.endpoint(), self.endpoint);
        admitted
    }

    pub(crate) fn call(&self) -> Call<'_> {
        let (path, query) = self.call;
        Call { method: "GET", path, query, content_type: None, headers: &[], body: b"" }
    }

    /// Every path of the endpoint, in the order of its transforms.
    pub(crate) fn paths(&self) -> Vec<String> {
        let written: Written = serde_saphyr::from_str(&repository::text(self.rules)).expect("rules are YAML");
        let endpoint = written.endpoints.into_iter().find(|it| it.path_template == self.endpoint);
        let transforms = endpoint.expect("the rules hold the endpoint").transforms;
        transforms.into_iter().flat_map(|it| it.json_paths).collect()
    }

    /// A body of so many records: compact JSON, as Zoom sends it.
    pub(crate) fn body(&self, records: usize) -> Vec<u8> {
        let example = repository::text(&format!("example-api-responses/zoom/original/{}", self.example));
        let mut page: Value = serde_json::from_str(&example).expect("examples are JSON");
        let examples = page[self.list].take();
        let examples = examples.as_array().expect("the example holds a list");
        let records = (0..records).map(|n| {
            let mut record = examples[n % examples.len()].clone();
            (self.vary)(n as u64, &mut record);
            record
        });
        if self.lines {
            return records.flat_map(|it| format!("{it}\n").into_bytes()).collect();
        }
        let records: Vec<Value> = records.collect();
        page["page_size"] = json!(records.len());
        page["total_records"] = json!(records.len());
        page[self.list] = Value::Array(records);
        page.to_string().into_bytes()
    }
}
