//! What Cloud Storage says of files without their content.

use std::collections::BTreeMap;
use std::time::Duration;

use google_cloud_auth::credentials::{CacheableResource, Credentials};
use http::{Extensions, HeaderMap};
use reqwest::{Client, StatusCode, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use vizard_proxy::ports::{FileError, FileHead, FilePage, FilePlace, ListedFile};

use crate::Google;

#[derive(Debug)]
pub(super) struct Descriptions {
    credentials: Credentials,
    /// Another address for all of Google, for tests.
    endpoint: Option<String>,
    client: OnceCell<Client>,
}

/// The object, as Cloud Storage describes it: 64-bit numbers are text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    name: String,
    size: String,
    generation: String,
    content_type: Option<String>,
    content_encoding: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    items: Vec<Object>,
    next_page_token: Option<String>,
}

impl Descriptions {
    pub(super) fn new(google: &Google) -> Descriptions {
        Descriptions {
            credentials: google.credentials.clone(),
            endpoint: google.endpoint.clone(),
            client: OnceCell::new(),
        }
    }

    pub(super) async fn of(&self, place: &FilePlace) -> Result<FileHead, FileError> {
        let mut url = self.url(&["storage", "v1", "b", &place.bucket, "o", &place.key])?;
        let fields = "name,size,generation,contentType,contentEncoding,metadata";
        url.query_pairs_mut().append_pair("fields", fields);
        let object: Object = self.ask(&url).await?;
        Ok(FileHead {
            size: object.size.parse().map_err(|_| FileError::Unavailable)?,
            content_type: object.content_type,
            content_encoding: object.content_encoding,
            metadata: lower_case(object.metadata),
            version: object.generation,
        })
    }

    pub(super) async fn list(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<FilePage, FileError> {
        let mut url = self.url(&["storage", "v1", "b", bucket, "o"])?;
        let fields = "items(name,size,generation),nextPageToken";
        url.query_pairs_mut().append_pair("fields", fields).append_pair("prefix", prefix);
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("pageToken", after);
        }
        let page: Page = self.ask(&url).await?;
        let listed = |it: Object| {
            let size = it.size.parse().map_err(|_| FileError::Unavailable)?;
            Ok(ListedFile { key: it.name, size, version: it.generation })
        };
        let files = page.items.into_iter().map(listed).collect::<Result<_, FileError>>()?;
        Ok(FilePage { files, next: page.next_page_token })
    }

    fn url(&self, segments: &[&str]) -> Result<Url, FileError> {
        let base = self.endpoint.as_deref().unwrap_or("https://storage.googleapis.com");
        let mut url = Url::parse(base).map_err(|_| FileError::Unavailable)?;
        // Each is one segment, whatever stands in it. Names that are dots alone do not exist.
        url.path_segments_mut().map_err(|()| FileError::Unavailable)?.clear().extend(segments);
        Ok(url)
    }

    async fn ask<T: DeserializeOwned>(&self, url: &Url) -> Result<T, FileError> {
        let mut asked = 0;
        loop {
            match self.ask_once(url).await {
                Err(FileError::Unavailable) if asked < ATTEMPTS => {
                    asked += 1;
                    tokio::time::sleep(PAUSE * asked).await;
                }
                told => return told,
            }
        }
    }

    async fn ask_once<T: DeserializeOwned>(&self, url: &Url) -> Result<T, FileError> {
        let headers =
            tokio::time::timeout(PATIENCE, self.headers()).await.map_err(|_| FileError::Unavailable)??;
        let asked = self.client().await?.get(url.clone()).headers(headers).send().await;
        let answer = asked.map_err(|_| FileError::Unavailable)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(FileError::Denied),
            StatusCode::NOT_FOUND => return Err(FileError::Absent),
            _ => return Err(FileError::Unavailable),
        }
        let body = answer.bytes().await.map_err(|_| FileError::Unavailable)?;
        serde_json::from_slice(&body).map_err(|_| FileError::Unavailable)
    }

    async fn headers(&self) -> Result<HeaderMap, FileError> {
        let headers = self.credentials.headers(Extensions::new()).await;
        match headers
            .map_err(|error| if error.is_transient() { FileError::Unavailable } else { FileError::Denied })?
        {
            CacheableResource::New { data, .. } => Ok(data),
            CacheableResource::NotModified => Err(FileError::Unavailable),
        }
    }

    async fn client(&self) -> Result<&Client, FileError> {
        let made = || async {
            let client = Client::builder().https_only(self.endpoint.is_none()).no_proxy();
            client.redirect(redirect::Policy::none()).timeout(PATIENCE).build()
        };
        self.client.get_or_try_init(made).await.map_err(|_| FileError::Unavailable)
    }
}

/// Names are told in their own spelling here, and in lower case elsewhere.
fn lower_case(metadata: BTreeMap<String, String>) -> BTreeMap<String, String> {
    metadata.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}

const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(10);
