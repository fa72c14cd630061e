//! Objects: what was put into a bucket, and what lies in it.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::{Moto, REGION, encoded, plain};
use crate::wire::{self, Reply};

impl Moto {
    /// Makes a bucket.
    pub async fn create_bucket(&self, bucket: &str) {
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        self.objects(&Method::PUT, &format!("/{bucket}"), place.into()).await;
    }

    /// Puts an object, as an operator does.
    pub async fn put_object(&self, bucket: &str, key: &str, content: impl Into<Bytes>) {
        self.objects(&Method::PUT, &format!("/{bucket}/{}", encoded(key)), content.into()).await;
    }

    /// Puts an object with these headers, such as `content-type` and `x-amz-meta-…`.
    pub async fn put_object_as(
        &self,
        bucket: &str,
        key: &str,
        content: impl Into<Bytes>,
        headers: &[(&str, &str)],
    ) {
        let target = format!("/{bucket}/{}", encoded(key));
        let request = wire::request("PUT", &target, headers, content.into());
        let reply = self.send("s3", request).await;
        assert!(reply.status.is_success(), "{target}: {} {}", reply.status, reply.text());
    }

    /// How many uploads in parts were begun and neither completed nor aborted.
    pub async fn unfinished_uploads(&self, bucket: &str) -> usize {
        let list = self.objects(&Method::GET, &format!("/{bucket}?uploads"), Bytes::new()).await;
        list.text().matches("<UploadId>").count()
    }

    /// An object: its metadata are the headers `x-amz-meta-…`.
    pub async fn object(&self, bucket: &str, key: &str) -> Option<Reply> {
        let request = plain(&Method::GET, &format!("/{bucket}/{}", encoded(key)), Bytes::new());
        let reply = self.send("s3", request).await;
        match reply.status {
            StatusCode::OK => Some(reply),
            StatusCode::NOT_FOUND if reply.text().contains("NoSuchKey") => None,
            status => panic!("{bucket}/{key}: {status} {}", reply.text()),
        }
    }

    /// The keys of a bucket, sorted; at most a thousand.
    pub async fn keys(&self, bucket: &str) -> Vec<String> {
        let list = self.objects(&Method::GET, &format!("/{bucket}?list-type=2"), Bytes::new()).await.text();
        let keys = list.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        let mut keys: Vec<String> = keys.map(|(key, _)| key.replace("&amp;", "&")).collect();
        keys.sort();
        keys
    }

    async fn objects(&self, method: &Method, target: &str, body: Bytes) -> Reply {
        let reply = self.send("s3", plain(method, target, body)).await;
        assert!(reply.status.is_success(), "{method} {target}: {} {}", reply.status, reply.text());
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn objects_are_put_listed_and_read() {
        let moto = Moto::start().await;
        moto.create_bucket("own-objects").await;
        assert_eq!(moto.object("own-objects", "20260301/none").await, None);
        assert_eq!(moto.keys("own-objects").await, Vec::<String>::new());
        moto.put_object("own-objects", "20260301/b & c", "two").await;
        moto.put_object("own-objects", "20260301/a", "one").await;
        assert_eq!(moto.keys("own-objects").await, ["20260301/a", "20260301/b & c"]);
        assert_eq!(moto.object("own-objects", "20260301/b & c").await.unwrap().text(), "two");
    }
}
