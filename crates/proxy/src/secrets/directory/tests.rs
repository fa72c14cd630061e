use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::ports::SystemClock;

fn store() -> (tempfile::TempDir, DirectorySecrets) {
    let directory = tempfile::tempdir().unwrap();
    let store = DirectorySecrets::open(directory.path().join("secrets"), Arc::new(SystemClock)).unwrap();
    (directory, store)
}

#[tokio::test]
async fn writes_whole_files_for_the_owner_alone() {
    let (directory, store) = store();
    assert_eq!(store.read("ACCESS_TOKEN").await, Ok(None));
    for (name, value) in [("ACCESS_TOKEN", "one"), ("ACCESS_TOKEN", "two"), ("corp/zoom/SALT", "rain")] {
        store.write(name, &Secret::new(value)).await.unwrap();
        assert_eq!(store.read(name).await, Ok(Some(Secret::new(value))));
        let file = directory.path().join("secrets").join(name);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let root = fs::metadata(directory.path().join("secrets")).unwrap();
    assert_eq!(root.permissions().mode() & 0o777, 0o700);
    let names: Vec<_> =
        fs::read_dir(directory.path().join("secrets")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "no draft stays behind: {names:?}");
}

#[tokio::test]
async fn a_line_end_is_not_part_of_the_value() {
    let (directory, store) = store();
    for (text, expected) in
        [("rain\n", "rain"), ("rain\r\n", "rain"), ("rain\n\n", "rain\n"), (" rain", " rain")]
    {
        fs::write(directory.path().join("secrets/SALT"), text).unwrap();
        assert_eq!(store.read("SALT").await, Ok(Some(Secret::new(expected))), "{text:?}");
    }
}

#[tokio::test]
async fn no_name_leads_out_of_the_directory() {
    let (_directory, store) = store();
    for name in ["", ".", "..", "../SALT", "a/../b", "a//b", ".lock", "a/.b", "SA LT", "a\\b", "a/", "S\0"] {
        assert!(matches!(store.read(name).await, Err(StoreError::Name { .. })), "{name:?}");
        assert!(
            matches!(store.write(name, &Secret::new("x")).await, Err(StoreError::Name { .. })),
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_absent() {
    let (directory, store) = store();
    fs::create_dir(directory.path().join("secrets/SALT")).unwrap();
    assert!(matches!(store.read("SALT").await, Err(StoreError::Unavailable { .. })));
    std::os::unix::fs::symlink("nothing", directory.path().join("secrets/KEY")).unwrap();
    assert!(matches!(store.read("KEY").await, Err(StoreError::Unavailable { .. })));
    fs::remove_dir_all(directory.path().join("secrets")).unwrap();
    assert!(matches!(store.read("TOKEN").await, Err(StoreError::Unavailable { .. })));
}

#[tokio::test]
async fn one_holds_a_lease_until_it_is_released_or_runs_out() {
    let (_directory, store) = store();
    let minute = Duration::from_secs(60);
    let first = store.acquire("zoom/TOKEN", minute).await.unwrap().expect("it is free");
    assert_eq!(store.acquire("zoom/TOKEN", minute).await, Ok(None));
    assert!(store.acquire("zoom/OTHER", minute).await.unwrap().is_some());
    store.release(first.clone()).await.unwrap();
    let second = store.acquire("zoom/TOKEN", Duration::ZERO).await.unwrap().expect("it was released");
    let third = store.acquire("zoom/TOKEN", minute).await.unwrap().expect("it ran out at once");
    store.release(first).await.unwrap();
    store.release(second).await.unwrap();
    assert_eq!(store.acquire("zoom/TOKEN", minute).await, Ok(None), "only its holder releases a lease");
    store.release(third).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_takes_over_a_stale_lease() {
    let (_directory, store) = store();
    for _ in 0..20 {
        let stale = store.acquire("TOKEN", Duration::ZERO).await.unwrap();
        assert!(stale.is_some());
        let races: Vec<_> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.acquire("TOKEN", Duration::from_secs(60)).await.unwrap() })
            })
            .collect();
        let mut won = Vec::new();
        for race in races {
            won.extend(race.await.unwrap());
        }
        assert_eq!(won.len(), 1);
        store.release(won.remove(0)).await.unwrap();
    }
}
