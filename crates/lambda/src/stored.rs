//! What S3 tells of files: an event with a record for each.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;
use vizard_proxy::ports::FilePlace;

/// An event of S3.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// S3 tries whether anybody listens.
    Test,
    /// Files were written, or something else has happened to them.
    Records(Vec<Record>),
}

/// One thing that happened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// A file was written whole.
    Created(FilePlace),
    /// Something that calls for nothing.
    Other,
    /// Nobody knows which file it is.
    Unreadable,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Top {
    records: Option<Vec<Value>>,
    service: Option<String>,
    event: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    event_name: String,
    s3: Subject,
}

#[derive(Deserialize)]
struct Subject {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

/// Its size and tag are asked for when the file is read: it may have been replaced since.
#[derive(Deserialize)]
struct Object {
    key: String,
}

impl Stored {
    /// The event that this is; `None` when it is none of S3.
    pub(crate) fn read(text: &str) -> Option<Stored> {
        let Top { records, service, event } = serde_json::from_str(text).ok()?;
        if service.as_deref() == Some("Amazon S3") && event.as_deref() == Some("s3:TestEvent") {
            return Some(Stored::Test);
        }
        let records = records?;
        // Of one that is anything else the queue's own batch tells each record that is none of its.
        let is_of_s3 = !records.is_empty() && records.iter().all(|it| it["eventSource"] == "aws:s3");
        is_of_s3.then(|| Stored::Records(records.into_iter().map(record).collect()))
    }
}

fn record(written: Value) -> Record {
    let Ok(Written { event_name, s3 }) = serde_json::from_value(written) else { return Record::Unreadable };
    if !event_name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return Record::Other;
    }
    match key(&s3.object.key) {
        Some(key) if !s3.bucket.name.is_empty() => Record::Created(FilePlace { bucket: s3.bucket.name, key }),
        Some(_) | None => Record::Unreadable,
    }
}

/// As it is in the bucket: events have it as forms have their values.
fn key(written: &str) -> Option<String> {
    let spaced = written.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8().ok()?;
    (1..=1024).contains(&key.len()).then(|| key.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn created(key: &str) -> Value {
        json!({
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "eu-central-1",
            "eventTime": "2026-03-02T08:00:00.000Z",
            "eventName": "ObjectCreated:CompleteMultipartUpload",
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "files",
                "bucket": {"name": "orchard-input", "arn": "arn:aws:s3:::orchard-input"},
                "object": {"key": key, "size": 1024, "eTag": "9b2cf535f27731c974343645a3985328", "sequencer": "0A1B"}
            }
        })
    }

    fn read(records: &[Value]) -> Option<Stored> {
        Stored::read(&json!({"Records": records}).to_string())
    }

    fn place(key: &str) -> Record {
        Record::Created(FilePlace { bucket: "orchard-input".to_owned(), key: key.to_owned() })
    }

    #[test]
    fn all_records_are_read_and_their_keys_decoded() {
        for (written, expected) in [
            ("in/people.csv", Some("in/people.csv")),
            ("M%C3%A4rz+report%2B1%25.csv", Some("März report+1%.csv")),
            ("a%2Fb", Some("a/b")),
            ("100%", Some("100%")),
            ("%zz", Some("%zz")),
            ("%FF", None),
            ("", None),
        ] {
            let expected = expected.map_or(Record::Unreadable, place);
            let two = read(&[created(written), created("second")]);
            assert_eq!(two, Some(Stored::Records(vec![expected, place("second")])), "{written}");
        }
        let long = "a".repeat(1025);
        assert_eq!(read(&[created(&long)]), Some(Stored::Records(vec![Record::Unreadable])));
    }

    #[test]
    fn what_was_not_written_calls_for_nothing_and_what_is_broken_is_told() {
        let mut removed = created("a");
        removed["eventName"] = json!("ObjectRemoved:Delete");
        let mut bare = created("a");
        bare["s3"] = json!({});
        let expected = vec![Record::Other, Record::Unreadable];
        assert_eq!(read(&[removed, bare]), Some(Stored::Records(expected)));
        let mut foreign = created("a");
        foreign["eventSource"] = json!("aws:sqs");
        assert_eq!(read(&[created("a"), foreign]), None, "nobody sends both");
    }

    #[test]
    fn other_events_are_none_of_s3() {
        let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-03-02T08:00:00.000Z",
            "Bucket": "orchard-input", "RequestId": "5582815E1AEA5ADF", "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3e"});
        assert_eq!(Stored::read(&test.to_string()), Some(Stored::Test));
        for other in [
            json!({"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": "{}"}]}),
            json!({"Records": []}),
            json!({"httpMethod": "GET", "path": "/"}),
            json!([]),
            json!({"Service": "Amazon S3"}),
        ] {
            assert_eq!(Stored::read(&other.to_string()), None, "{other}");
        }
    }
}
