use std::collections::VecDeque;
use std::sync::Mutex as SyncMutex;
use std::time::SystemTime;

use async_trait::async_trait;
use http::Response;
use vizard_proxy::ports::UpstreamError;

use super::*;

const URL: &str = "https://accounts.lumen-orchard.example";

/// An issuer over no network: what it publishes, and what it was asked.
#[derive(Debug, Default)]
struct Published {
    keys: SyncMutex<Vec<&'static str>>,
    /// What it answers instead, one after the other.
    instead: SyncMutex<VecDeque<Result<(u16, String), UpstreamError>>>,
    asked: SyncMutex<Vec<String>>,
}

#[async_trait]
impl Upstream for Published {
    async fn send(&self, request: Request<Bytes>, _: Instant) -> Result<Response<Bytes>, UpstreamError> {
        tokio::task::yield_now().await;
        let path = request.uri().to_string().replace(URL, "");
        self.asked.lock().unwrap().push(path.clone());
        let (status, body) = match self.instead.lock().unwrap().pop_front() {
            Some(instead) => instead?,
            None if path == "/set" => (200, set(&self.keys.lock().unwrap())),
            None => (200, format!(r#"{{"issuer":"{URL}","jwks_uri":"{URL}/set"}}"#)),
        };
        Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap())
    }
}

fn set(ids: &[&str]) -> String {
    let key = |id: &&str| {
        format!(
            r#"{{"kid":"{id}","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
        )
    };
    format!(r#"{{"keys":[{}]}}"#, ids.iter().map(key).collect::<Vec<_>>().join(","))
}

/// Time as it is given.
#[derive(Debug)]
struct Given {
    begin: Instant,
    passed: SyncMutex<Duration>,
}

impl Clock for Given {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn instant(&self) -> Instant {
        self.begin + *self.passed.lock().unwrap()
    }

    fn jitter(&self, low: Duration, _high: Duration) -> Duration {
        low
    }

    fn request_id(&self) -> String {
        String::new()
    }
}

struct Scene {
    published: Arc<Published>,
    clock: Arc<Given>,
    issuer: Arc<Issuer>,
}

impl Scene {
    fn of(keys: &[&'static str]) -> Scene {
        let published = Arc::new(Published::default());
        published.keys.lock().unwrap().extend(keys);
        let clock = Arc::new(Given { begin: Instant::now(), passed: SyncMutex::default() });
        let issuer = Issuer::new(URL.to_owned(), published.clone(), clock.clone());
        Scene { published, clock, issuer }
    }

    fn pass(&self, seconds: u64) {
        *self.clock.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// How often the issuer was asked for its keys.
    fn asked(&self) -> usize {
        self.published.asked.lock().unwrap().iter().filter(|path| path.ends_with("-configuration")).count()
    }

    fn instead(&self, answers: impl IntoIterator<Item = Result<(u16, String), UpstreamError>>) {
        self.published.instead.lock().unwrap().extend(answers);
    }

    async fn knows(&self, id: &str) -> Result<bool, Away> {
        let known = self.issuer.keys(Some(id)).await.map(|keys| keys.knows(Some(id)));
        // What is fetched in the background.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        known
    }
}

const GONE: Result<(u16, String), UpstreamError> = Err(UpstreamError::Refused);

#[tokio::test]
async fn keys_are_asked_for_once_by_many_and_again_after_an_hour() {
    let scene = Scene::of(&["a"]);
    let both = (0..50).map(|_| {
        let issuer = scene.issuer.clone();
        tokio::spawn(async move { issuer.keys(Some("a")).await.is_ok() })
    });
    for one in both.collect::<Vec<_>>() {
        assert!(one.await.unwrap());
    }
    assert_eq!(*scene.published.asked.lock().unwrap(), ["/.well-known/openid-configuration", "/set"]);
    scene.pass(3599);
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 1));
    scene.pass(1);
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 2));
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 2));
}

#[tokio::test]
async fn a_new_key_is_found_and_one_that_does_not_exist_costs_a_question_a_minute() {
    let scene = Scene::of(&["a"]);
    assert_eq!(scene.knows("a").await, Ok(true));
    scene.pass(60);
    scene.published.keys.lock().unwrap().push("b");
    assert_eq!((scene.knows("b").await, scene.asked()), (Ok(true), 2));
    for _ in 0..100 {
        assert_eq!((scene.knows("c").await, scene.asked()), (Ok(false), 2));
    }
    scene.pass(60);
    assert_eq!((scene.knows("c").await, scene.asked()), (Ok(false), 3));
    // A key that is withdrawn is gone with the next answer.
    *scene.published.keys.lock().unwrap() = vec!["b"];
    scene.pass(3600);
    scene.knows("b").await.unwrap();
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(false), 4));
}

#[tokio::test]
async fn keys_are_used_for_a_day_when_the_issuer_is_away() {
    let scene = Scene::of(&["a"]);
    assert_eq!(scene.knows("a").await, Ok(true));
    scene.instead(vec![GONE; 1000]);
    scene.pass(3600);
    for _ in 0..3 {
        assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 2));
    }
    scene.pass(22 * 3600);
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 3));
    scene.pass(3600);
    assert_eq!((scene.knows("a").await, scene.asked()), (Err(Away), 4));
    // Nobody can be let in: it is asked again soon, and not for each caller.
    assert_eq!((scene.knows("a").await, scene.asked()), (Err(Away), 4));
    scene.published.instead.lock().unwrap().clear();
    scene.pass(2);
    assert_eq!((scene.knows("a").await, scene.asked()), (Ok(true), 5));
}

#[tokio::test]
async fn what_is_no_answer_of_the_issuer_gives_no_keys() {
    let discovery = |issuer: &str| Ok((200, format!(r#"{{"issuer":"{issuer}","jwks_uri":"{URL}/set"}}"#)));
    for answers in [
        vec![GONE],
        vec![Ok((500, String::new()))],
        vec![Ok((200, "<html>".to_owned()))],
        vec![discovery("https://accounts.lumen-orchard.example/")],
        vec![discovery("https://other.example")],
        vec![discovery(URL), Err(UpstreamError::TooLarge)],
        vec![discovery(URL), Ok((404, set(&["a"])))],
        vec![discovery(URL), Ok((200, r#"{"keys":[]}"#.to_owned()))],
        vec![discovery(URL), Ok((200, r#"{"keys":[{"kid":"a","kty":"oct","k":"c2VjcmV0"}]}"#.to_owned()))],
    ] {
        let scene = Scene::of(&["a"]);
        scene.instead(answers.clone());
        assert_eq!(scene.knows("a").await, Err(Away), "{answers:?}");
    }
}
