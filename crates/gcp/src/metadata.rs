//! What the platform says of where this program runs: the metadata server, which every machine and service of Google
//! Cloud has.
//!
//! <https://cloud.google.com/compute/docs/metadata/querying-metadata>

use std::time::Duration;

use reqwest::Client;

/// The id of the project, or why it is not known.
pub(crate) async fn project(address: Option<&str>) -> Result<String, &'static str> {
    let address = address.unwrap_or("http://metadata.google.internal");
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().map_err(|_| ABSENT)?;
    let asked = client.get(format!("{address}/computeMetadata/v1/project/project-id"));
    let answer = asked.header(FLAVOR, "Google").send().await.map_err(|_| ABSENT)?;
    // Whoever else answers at this name in another network does not say so.
    if !answer.status().is_success() || answer.headers().get(FLAVOR).is_none_or(|it| it != "Google") {
        return Err(ABSENT);
    }
    let text = answer.text().await.map_err(|_| ABSENT)?;
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.' | b':');
    if text.is_empty() || text.len() > LONGEST || !text.bytes().all(plain) {
        return Err("the metadata server says what is no id of a project");
    }
    Ok(text)
}

const FLAVOR: &str = "metadata-flavor";
const ABSENT: &str = "there is no metadata server";
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST: usize = 128;
