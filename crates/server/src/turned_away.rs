//! A connection for which there is no room: its client is told so in words, because one that is only closed looks like a
//! broken network.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

/// So many are told at a time; those beyond are closed without a word.
pub(crate) const AT_ONCE: usize = 1024;

/// Answers whatever is asked with 503, and closes.
pub(crate) async fn tell(mut stream: TcpStream, _refusal: OwnedSemaphorePermit) {
    // How far this gets is the client's affair.
    let _ = tokio::time::timeout(PATIENCE, async {
        let mut piece = [0; 1024];
        if stream.read(&mut piece).await? == 0 {
            return Ok(()); // nobody asked
        }
        stream.write_all(ANSWER.as_bytes()).await?;
        stream.shutdown().await?;
        // What the client is still sending must be taken, or the answer is lost with the connection.
        while stream.read(&mut piece).await? > 0 {}
        std::io::Result::Ok(())
    })
    .await;
}

const PATIENCE: Duration = Duration::from_secs(1);

const ANSWER: &str = "HTTP/1.1 503 Service Unavailable\r\n\
                      content-type: application/problem+json\r\n\
                      x-psoxy-error: OVERLOADED\r\n\
                      retry-after: 1\r\n\
                      connection: close\r\n\
                      content-length: 162\r\n\
                      \r\n\
                      {\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\
                      \"detail\":\"as many connections are open as this proxy takes; try again later\",\
                      \"code\":\"overloaded\"}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_one_whole_message() {
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{}", body.len());
        let document: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(document["code"], "overloaded");
    }
}
