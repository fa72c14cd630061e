use std::sync::Mutex;
use std::time::SystemTime;

use super::*;

/// Counts what it is asked, and says what the test wants.
#[derive(Debug, Default)]
struct Store {
    values: Mutex<HashMap<String, &'static str>>,
    asked: Mutex<Vec<String>>,
    away: Mutex<bool>,
}

#[async_trait]
impl SecretStore for Store {
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.asked.lock().unwrap().push(name.to_owned());
        if *self.away.lock().unwrap() {
            return Err(StoreError::Unavailable { reason: "by the test".to_owned() });
        }
        Ok(self.values.lock().unwrap().get(name).map(|text| Secret::new(*text)))
    }
    async fn write(&self, name: &str, _: &Secret) -> Result<(), StoreError> {
        self.asked.lock().unwrap().push(format!("write {name}"));
        Ok(())
    }
    async fn acquire(&self, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        Ok(None)
    }
    async fn release(&self, _: Lease) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Store {
    fn put(&self, name: &str, value: &'static str) {
        self.values.lock().unwrap().insert(name.to_owned(), value);
    }
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

#[derive(Debug)]
struct Hand(Mutex<Instant>);

impl Clock for Hand {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
    fn instant(&self) -> Instant {
        *self.0.lock().unwrap()
    }
    fn jitter(&self, low: Duration, _: Duration) -> Duration {
        low
    }
    fn request_id(&self) -> String {
        "id".to_owned()
    }
}

fn world() -> (Arc<Store>, Arc<Hand>, Remembered) {
    let (store, clock) = (Arc::new(Store::default()), Arc::new(Hand(Mutex::new(Instant::now()))));
    let remembered = Remembered::new(store.clone(), "ZOOM_", clock.clone());
    (store, clock, remembered)
}

fn pass(clock: &Hand, seconds: u64) {
    *clock.0.lock().unwrap() += Duration::from_secs(seconds);
}

async fn text(store: &Remembered, name: &str) -> Option<String> {
    let value = store.read(name).await.unwrap();
    tokio::task::yield_now().await; // what reads again in the background
    tokio::task::yield_now().await;
    value.map(|value| value.expose_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_old_value_is_given_once_more_while_it_is_read_again() {
    for (name, minutes) in [("ZOOM_CLIENT_ID", 5), ("PSOXY_SALT", 20)] {
        let (store, clock, remembered) = world();
        store.put(name, "first");
        assert_eq!(text(&remembered, name).await.as_deref(), Some("first"));
        store.put(name, "second");
        pass(&clock, minutes * 60 - 1);
        assert_eq!(text(&remembered, name).await.as_deref(), Some("first"));
        assert_eq!(store.asked(), [name]);
        pass(&clock, 1);
        assert_eq!(text(&remembered, name).await.as_deref(), Some("first"), "for the last time");
        assert_eq!(store.asked(), [name]);
        assert_eq!(text(&remembered, name).await.as_deref(), Some("second"));
        assert_eq!(store.asked(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_store_that_fails_or_forgets_does_not_take_a_value_away() {
    let (store, clock, remembered) = world();
    store.put("ZOOM_CLIENT_ID", "first");
    text(&remembered, "ZOOM_CLIENT_ID").await;
    *store.away.lock().unwrap() = true;
    pass(&clock, 300);
    for _ in 0..3 {
        assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await.as_deref(), Some("first"));
    }
    assert_eq!(store.asked().len(), 2, "asked once for all three");
    pass(&clock, 30);
    text(&remembered, "ZOOM_CLIENT_ID").await;
    assert_eq!(store.asked().len(), 1, "and again half a minute later");
    *store.away.lock().unwrap() = false;
    store.values.lock().unwrap().clear();
    pass(&clock, 300);
    for _ in 0..2 {
        assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await.as_deref(), Some("first"));
    }
    remembered.forget();
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await, None);
}

#[tokio::test]
async fn a_failure_is_no_absence_and_is_not_remembered() {
    let (store, _, remembered) = world();
    *store.away.lock().unwrap() = true;
    assert!(matches!(remembered.read("PSOXY_SALT").await, Err(StoreError::Unavailable { .. })));
    *store.away.lock().unwrap() = false;
    store.put("PSOXY_SALT", "rain");
    assert_eq!(text(&remembered, "PSOXY_SALT").await.as_deref(), Some("rain"));
}

#[tokio::test]
async fn absence_is_remembered_for_half_a_minute() {
    let (store, clock, remembered) = world();
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await, None);
    store.put("ZOOM_CLIENT_ID", "there");
    pass(&clock, 29);
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await, None);
    pass(&clock, 1);
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await.as_deref(), Some("there"));
}

#[tokio::test]
async fn what_processes_write_for_each_other_is_read_each_time() {
    let (store, clock, remembered) = world();
    store.put("ZOOM_ACCESS_TOKEN", "theirs");
    for _ in 0..2 {
        assert_eq!(text(&remembered, "ZOOM_ACCESS_TOKEN").await.as_deref(), Some("theirs"));
    }
    assert_eq!(store.asked().len(), 2);
    let names = ["ZOOM_ACCESS_TOKEN".to_owned(), "ZOOM_REFRESH_TOKEN".to_owned()];
    remembered.expect(&names).await;
    store.asked();
    text(&remembered, "ZOOM_ACCESS_TOKEN").await;
    assert_eq!(store.asked(), Vec::<String>::new(), "expected, so once from memory");
    text(&remembered, "ZOOM_ACCESS_TOKEN").await;
    assert_eq!(store.asked(), ["ZOOM_ACCESS_TOKEN"]);
    pass(&clock, 10);
    text(&remembered, "ZOOM_REFRESH_TOKEN").await;
    assert_eq!(store.asked(), ["ZOOM_REFRESH_TOKEN"], "it waited too long");
    remembered.expect(&names).await;
    remembered.write("ZOOM_REFRESH_TOKEN", &Secret::new("mine")).await.unwrap();
    store.asked();
    text(&remembered, "ZOOM_REFRESH_TOKEN").await;
    assert_eq!(store.asked(), ["ZOOM_REFRESH_TOKEN"]);
}

#[tokio::test]
async fn what_is_written_is_remembered_as_written() {
    let (store, _, remembered) = world();
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await, None);
    remembered.write("ZOOM_CLIENT_ID", &Secret::new("new")).await.unwrap();
    assert_eq!(text(&remembered, "ZOOM_CLIENT_ID").await.as_deref(), Some("new"));
    assert_eq!(store.asked(), ["ZOOM_CLIENT_ID", "write ZOOM_CLIENT_ID"]);
}

#[tokio::test]
async fn settings_may_stand_elsewhere() {
    let (secrets, clock, remembered) = world();
    let settings = Arc::new(Store::default());
    settings.put("ZOOM_RULES", "text");
    let remembered = remembered.with_settings(settings.clone());
    let _ = clock;
    remembered.settings().unwrap().expect(&["ZOOM_RULES".to_owned()]).await;
    let read = remembered.settings().unwrap().read("ZOOM_RULES").await.unwrap();
    assert_eq!(read, Some(Secret::new("text")));
    assert_eq!(settings.asked(), ["ZOOM_RULES"]);
    assert_eq!(secrets.asked(), Vec::<String>::new());
}
