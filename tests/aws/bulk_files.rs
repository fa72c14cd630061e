//! S3 as a place of files: versions, parts, lists, and what is said when it fails.

use std::sync::Arc;

use bytes::Bytes;
use vizard_proxy::ports::{FileError, FileForm, FilePlace, FileReader, FileStore};
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::{AwsFaults, Fault};

use crate::account::{self, number};

const PART: usize = 8 << 20;

struct Bucket {
    moto: &'static Moto,
    front: AwsFaults,
    store: Arc<dyn FileStore>,
    name: String,
}

impl Bucket {
    async fn new() -> Bucket {
        let (moto, name) = (Moto::start().await, format!("files-{}", number()));
        moto.create_bucket(&name).await;
        let front = moto.through_faults().await;
        let store = Arc::new(account::at(front.url()).await.files());
        Bucket { moto, front, store, name }
    }

    fn place(&self, key: &str) -> FilePlace {
        FilePlace { bucket: self.name.clone(), key: key.to_owned() }
    }

    async fn write(&self, key: &str, content: &Bytes) -> Result<(), FileError> {
        let metadata = [("psoxy-instance-id", "vizard-hris"), ("vizard-source-version", "\"7\"; x")];
        let form = FileForm {
            content_type: Some("text/csv; charset=utf-8".to_owned()),
            content_encoding: Some("gzip".to_owned()),
            metadata: metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        };
        let mut writer = self.store.create(&self.place(key), form).await?;
        for start in (0..content.len()).step_by(700_001) {
            writer.write(content.slice(start..content.len().min(start + 700_001))).await?;
        }
        writer.finish().await
    }
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
    let bucket = Bucket::new().await;
    for (length, parts) in [(0, 0), (100, 0), (PART, 0), (PART + 1, 2), (2 * PART + 5, 3)] {
        bucket.front.forget();
        let (key, content) = (format!("2026/M\u{e4}rz {length}+1.csv.gz"), noise(length));
        bucket.write(&key, &content).await.unwrap();
        assert_eq!(bucket.front.count("S3.UploadPart"), parts, "{length}");
        let head = bucket.store.head(&bucket.place(&key)).await.unwrap();
        assert_eq!(head.size, length as u64);
        assert_eq!(head.content_type.as_deref(), Some("text/csv; charset=utf-8"));
        assert_eq!(head.content_encoding.as_deref(), Some("gzip"));
        assert_eq!(head.metadata["psoxy-instance-id"], "vizard-hris");
        assert_eq!(head.metadata["vizard-source-version"], "\"7\"; x");
        let mut reader = bucket.store.open(&bucket.place(&key), &head.version).await.unwrap();
        assert!(read(&mut *reader).await.unwrap() == content, "{length}");
        let other = bucket.store.open(&bucket.place(&key), "0123456789abcdef").await;
        assert_eq!(other.err(), Some(FileError::Changed));
    }
    assert_eq!(bucket.moto.unfinished_uploads(&bucket.name).await, 0);
}

#[tokio::test]
async fn reading_goes_on_where_it_broke_off() {
    let bucket = Bucket::new().await;
    let content = noise(3 << 20);
    bucket.write("a", &content).await.unwrap();
    let place = bucket.place("a");
    let version = bucket.store.head(&place).await.unwrap().version;
    bucket.front.plan("S3.GetObject", 2, Fault::Short(1 << 20));
    let mut reader = bucket.store.open(&place, &version).await.unwrap();
    assert!(read(&mut *reader).await.unwrap() == content);
    // Replaced in between.
    bucket.front.plan("S3.GetObject", 1, Fault::Short(1 << 20));
    let mut reader = bucket.store.open(&place, &version).await.unwrap();
    bucket.moto.put_object(&bucket.name, "a", noise(4 << 20)).await;
    assert_eq!(read(&mut *reader).await.map(|it| it.len()), Err(FileError::Changed));
    // And over and over.
    let version = bucket.store.head(&place).await.unwrap().version;
    bucket.front.plan("S3.GetObject", u32::MAX, Fault::Short(0));
    let told = match bucket.store.open(&place, &version).await {
        Ok(mut reader) => read(&mut *reader).await.map(|it| it.len()),
        Err(error) => Err(error),
    };
    assert_eq!(told, Err(FileError::Unavailable));
}

#[tokio::test]
async fn what_is_not_finished_is_not_there_and_leaves_no_parts() {
    let bucket = Bucket::new().await;
    let content = noise(2 * PART + 5);
    for (operation, after, fault, expected) in [
        ("S3.CreateMultipartUpload", 0, Fault::AccessDenied, FileError::Denied),
        ("S3.UploadPart", 1, Fault::AccessDenied, FileError::Denied),
        ("S3.CompleteMultipartUpload", 0, Fault::Error(400, "EntityTooLarge"), FileError::TooLarge),
    ] {
        bucket.front.plan(operation, after, Fault::Slow(std::time::Duration::ZERO));
        bucket.front.plan(operation, u32::MAX, fault);
        assert_eq!(bucket.write("a", &content).await, Err(expected), "{operation}");
        bucket.front.clear();
        // A writer that is dropped clears up by itself, a little later.
        while bucket.moto.unfinished_uploads(&bucket.name).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    // Whoever goes on after a part was lost does not make a file of the others.
    for operation in ["S3.CreateMultipartUpload", "S3.UploadPart"] {
        bucket.front.plan(operation, 1, Fault::AccessDenied);
        let mut writer = bucket.store.create(&bucket.place("a"), FileForm::default()).await.unwrap();
        assert_eq!(writer.write(content.clone()).await, Err(FileError::Denied), "{operation}");
        assert_eq!(writer.write(content.clone()).await, Err(FileError::Unavailable), "{operation}");
        assert_eq!(writer.finish().await, Err(FileError::Unavailable), "{operation}");
        assert_eq!(bucket.moto.unfinished_uploads(&bucket.name).await, 0);
    }
    let mut writer = bucket.store.create(&bucket.place("a"), FileForm::default()).await.unwrap();
    writer.write(content.clone()).await.unwrap();
    assert_eq!(bucket.moto.unfinished_uploads(&bucket.name).await, 1);
    writer.abandon().await;
    assert_eq!(bucket.moto.unfinished_uploads(&bucket.name).await, 0);
    assert_eq!(bucket.moto.keys(&bucket.name).await, Vec::<String>::new());
}

#[tokio::test]
async fn absence_and_denial_are_told_apart() {
    let bucket = Bucket::new().await;
    let place = bucket.place("nobody");
    assert_eq!(bucket.store.head(&place).await.err(), Some(FileError::Absent));
    assert_eq!(bucket.store.open(&place, "1").await.err(), Some(FileError::Absent));
    let nowhere = FilePlace { bucket: format!("{}-not", bucket.name), key: "a".to_owned() };
    assert_eq!(bucket.store.head(&nowhere).await.err(), Some(FileError::Absent));
    assert_eq!(bucket.store.list(&nowhere.bucket, "", None).await.err(), Some(FileError::Absent));
    for (operation, fault, expected) in [
        ("S3.HeadObject", Fault::AccessDenied, FileError::Denied),
        ("S3.HeadObject", Fault::Internal, FileError::Unavailable),
        ("S3.HeadObject", Fault::Cut, FileError::Unavailable),
    ] {
        bucket.front.plan(operation, u32::MAX, fault.clone());
        assert_eq!(bucket.store.head(&place).await.err(), Some(expected), "{fault:?}");
        bucket.front.clear();
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let bucket = Bucket::new().await;
    for number in 0..1003 {
        bucket.moto.put_object(&bucket.name, &format!("in/{number:04} & co"), "x").await;
    }
    bucket.moto.put_object(&bucket.name, "out/1", "x").await;
    let (mut keys, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = bucket.store.list(&bucket.name, "in/", after.as_deref()).await.unwrap();
        assert!(page.files.iter().all(|it| it.size == 1 && !it.version.is_empty()));
        keys.extend(page.files.into_iter().map(|it| it.key));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..1003).map(|number| format!("in/{number:04} & co")).collect();
    assert_eq!((keys, pages), (expected, 2));
}
