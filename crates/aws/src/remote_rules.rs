//! Rules in a bucket of S3.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use vizard_proxy::remote_rules::{self, LIMIT, Place, RemoteRulesError};
use vizard_proxy::settings::Environment;

pub(crate) async fn read(
    config: &SdkConfig,
    environment: &dyn Environment,
) -> Result<Option<String>, RemoteRulesError> {
    let Some(Place { bucket, key }) = Place::of(environment) else {
        return Ok(None);
    };
    let unreadable = |reason: &str| RemoteRulesError::Unreadable(reason.to_owned());
    let answer = Client::new(config).get_object().bucket(bucket).key(key).send().await;
    let answer = answer.map_err(|error| unreadable(error.code().unwrap_or("no answer")))?;
    let length = answer.content_length.and_then(|length| u64::try_from(length).ok());
    if length.is_none_or(|length| length > LIMIT) {
        return Err(RemoteRulesError::NotText);
    }
    let bytes = answer.body.collect().await.map_err(|_| unreadable("the answer broke off"))?;
    remote_rules::text(bytes.to_vec()).map(Some)
}
