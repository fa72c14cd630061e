//! Cloud Storage as a place of files: generations, uploads in pieces, lists, and what is said when it fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use vizard_proxy::ports::{FileError, FileForm, FilePlace, FileReader, FileStore};
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::status::Code;

use crate::project;

const PART: usize = 8 << 20;

async fn store(google: &Google) -> Arc<dyn FileStore> {
    google.create_bucket("files");
    Arc::new(project::of(google).await.files())
}

fn place(key: &str) -> FilePlace {
    FilePlace { bucket: "files".to_owned(), key: key.to_owned() }
}

async fn write(store: &dyn FileStore, key: &str, content: &Bytes) -> Result<(), FileError> {
    let metadata = [("psoxy-instance-id", "vizard-hris"), ("vizard-source-version", "\"7\"; x")];
    let form = FileForm {
        content_type: Some("text/csv; charset=utf-8".to_owned()),
        content_encoding: Some("gzip".to_owned()),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    };
    let mut writer = store.create(&place(key), form).await?;
    for start in (0..content.len()).step_by(700_001) {
        if let Err(error) = writer.write(content.slice(start..content.len().min(start + 700_001))).await {
            writer.abandon().await;
            return Err(error);
        }
    }
    writer.finish().await
}

async fn read(reader: &mut dyn FileReader) -> Result<Vec<u8>, FileError> {
    let mut all = Vec::new();
    while let Some(piece) = reader.next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn noise(length: usize) -> Bytes {
    let mut state = 7_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(length)
    .collect()
}

#[tokio::test]
async fn what_is_written_is_read_whole_with_all_that_belongs_to_it() {
    let google = Google::start().await;
    let store = store(&google).await;
    for (length, pieces) in [(0, 0), (100, 0), (PART, 0), (PART + 700_001, 2), (2 * PART + 5, 3)] {
        google.forget();
        let (key, content) = (format!("2026/M\u{e4}rz {length}+1%.csv.gz"), noise(length));
        write(&*store, &key, &content).await.unwrap();
        assert_eq!(google.count("Storage.ContinueUpload"), pieces, "{length}");
        let head = store.head(&place(&key)).await.unwrap();
        assert_eq!(head.size, length as u64);
        assert_eq!(head.content_type.as_deref(), Some("text/csv; charset=utf-8"));
        assert_eq!(head.content_encoding.as_deref(), Some("gzip"));
        assert_eq!(head.metadata["psoxy-instance-id"], "vizard-hris");
        assert_eq!(head.metadata["vizard-source-version"], "\"7\"; x");
        let mut reader = store.open(&place(&key), &head.version).await.unwrap();
        assert!(read(&mut *reader).await.unwrap() == content, "{length}");
        for other in ["1772323200000000", "tag"] {
            assert_eq!(store.open(&place(&key), other).await.err(), Some(FileError::Changed));
        }
    }
    assert_eq!(google.unfinished_uploads(), 0);
}

#[tokio::test]
async fn reading_goes_on_where_it_broke_off() {
    let google = Google::start().await;
    let store = store(&google).await;
    let content = noise(3 << 20);
    write(&*store, "a", &content).await.unwrap();
    let version = store.head(&place("a")).await.unwrap().version;
    google.plan("Storage.GetMedia", 2, Fault::Short(1 << 20));
    let mut reader = store.open(&place("a"), &version).await.unwrap();
    assert!(read(&mut *reader).await.unwrap() == content);
    // Replaced in between.
    google.plan("Storage.GetMedia", 1, Fault::Short(1 << 20));
    let mut reader = store.open(&place("a"), &version).await.unwrap();
    google.put_object("files", "a", noise(4 << 20));
    assert!(matches!(read(&mut *reader).await, Err(FileError::Changed | FileError::Absent)));
    // And over and over.
    let version = store.head(&place("a")).await.unwrap().version;
    google.plan("Storage.GetMedia", u32::MAX, Fault::Short(10));
    let told = match store.open(&place("a"), &version).await {
        Ok(mut reader) => read(&mut *reader).await.map(|it| it.len()),
        Err(error) => Err(error),
    };
    assert_eq!(told, Err(FileError::Unavailable));
}

#[tokio::test]
async fn what_is_not_finished_is_not_there() {
    let google = Google::start().await;
    let store = store(&google).await;
    let content = noise(3 * PART + 5);
    for (kind, after, fault, expected) in [
        ("Storage.StartUpload", 0, Fault::Error(Code::PermissionDenied), FileError::Denied),
        ("Storage.ContinueUpload", 1, Fault::Error(Code::PermissionDenied), FileError::Denied),
        ("Storage.ContinueUpload", 1, Fault::Error(Code::NotFound), FileError::Absent),
        ("Storage.ContinueUpload", 1, Fault::Error(Code::Unavailable), FileError::Unavailable),
    ] {
        google.plan(kind, after, Fault::Slow(Duration::ZERO));
        google.plan(kind, u32::MAX, fault);
        assert_eq!(write(&*store, "a", &content).await, Err(expected), "{kind}");
        google.clear();
    }
    for abandons in [true, false] {
        let mut writer = store.create(&place("a"), FileForm::default()).await.unwrap();
        writer.write(content.clone()).await.unwrap();
        writer.write(content.clone()).await.unwrap();
        if abandons { writer.abandon().await } else { drop(writer) }
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(google.keys("files"), Vec::<String>::new());
}

/// Calls of an upload of three parts and what is left: `fine` of them are, then there is trouble.
#[tokio::test]
async fn after_trouble_a_file_is_whole_or_not_there() {
    const GO_ON: &str = "Storage.ContinueUpload";
    let unavailable = || Fault::Error(Code::Unavailable);
    let content = noise(3 * PART + 5);
    for (fine, faults, is_whole) in [
        // Google says that it is in trouble, and then what has arrived.
        (0, vec![unavailable()], true),
        (1, vec![unavailable(), unavailable(), unavailable()], true),
        (3, vec![unavailable()], true),
        (0, vec![unavailable(), Fault::CutAfter], false),
        // It kept some quanta of a part.
        (0, vec![Fault::Half(3 << 18)], true),
        (1, vec![Fault::Half(1 << 18), unavailable()], true),
        (2, vec![Fault::Half(31 << 18)], true),
        (1, vec![Fault::ErrorAfter(Code::Unavailable)], true),
        (3, vec![Fault::ErrorAfter(Code::Unavailable)], true),
        // Nobody knows what has arrived.
        (0, vec![Fault::Cut], false),
        (1, vec![Fault::Cut], false),
        (1, vec![Fault::CutAfter], false),
        (3, vec![Fault::Cut], false),
    ] {
        let google = Google::start().await;
        let store = store(&google).await;
        google.plan(GO_ON, fine, Fault::Slow(Duration::ZERO));
        faults.iter().for_each(|fault| google.plan(GO_ON, 1, fault.clone()));
        let written = write(&*store, "a", &content).await;
        let expected = if is_whole { Ok(()) } else { Err(FileError::Unavailable) };
        assert_eq!(written, expected, "{fine} {faults:?}");
        let object = google.object("files", "a");
        assert_eq!(object.is_some(), is_whole, "{fine} {faults:?}");
        assert!(object.is_none_or(|it| it.body == content), "{fine} {faults:?}");
    }
}

#[tokio::test]
async fn absence_and_denial_are_told_apart() {
    let google = Google::start().await;
    let store = store(&google).await;
    let nowhere = FilePlace { bucket: "nowhere".to_owned(), key: "a".to_owned() };
    for place in [place("nobody"), nowhere] {
        assert_eq!(store.head(&place).await.err(), Some(FileError::Absent));
        assert_eq!(store.open(&place, "1").await.err(), Some(FileError::Absent));
    }
    google.plan("Storage.GetObject", 2, Fault::Error(Code::Unavailable));
    assert_eq!(store.head(&place("nobody")).await.err(), Some(FileError::Absent), "asked again");
    google.plan("Storage.GetObject", u32::MAX, Fault::Cut);
    assert_eq!(store.head(&place("nobody")).await.err(), Some(FileError::Unavailable));
    google.clear();
    google.revoke_all();
    assert_eq!(store.head(&place("nobody")).await.err(), Some(FileError::Denied));
    assert_eq!(store.open(&place("nobody"), "1").await.err(), Some(FileError::Denied));
    assert_eq!(store.list("files", "", None).await.err(), Some(FileError::Denied));
    assert_eq!(write(&*store, "a", &noise(10)).await, Err(FileError::Denied));
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let google = Google::start().await;
    let store = store(&google).await;
    assert!(store.list("files", "in/", None).await.unwrap().files.is_empty());
    for number in 0..1003 {
        google.put_object("files", &format!("in/{number:04} & co"), "x");
    }
    google.put_object("files", "out/1", "x");
    let first = store.list("files", "in/", None).await.unwrap();
    let second = store.list("files", "in/", first.next.as_deref()).await.unwrap();
    assert_eq!((first.files.len(), second.files.len(), second.next), (1000, 3, None));
    let keys: Vec<_> = first.files.into_iter().chain(second.files).map(|it| it.key).collect();
    let expected: Vec<_> = (0..1003).map(|number| format!("in/{number:04} & co")).collect();
    assert_eq!(keys, expected);
}
