//! Rules in a bucket: for rule files that are too large for a parameter.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use thiserror::Error;
use vizard_proxy::secrets::Namespaces;
use vizard_proxy::settings::Environment;

/// The rule file from the bucket, which stands as if it had been deployed with the program.
#[derive(Debug, Clone)]
pub struct RemoteRules {
    text: String,
}

/// Why a rule file in a bucket cannot be used.
#[derive(Debug, Error)]
pub enum RemoteRulesError {
    /// It is not there, or may not be read.
    #[error("rules.yaml in REMOTE_RESOURCE_BUCKET could not be read: {0}")]
    Unreadable(String),
    /// It is no rule file.
    #[error("rules.yaml in REMOTE_RESOURCE_BUCKET is not UTF-8 text of at most 4 MiB")]
    NotText,
}

pub(crate) async fn read(
    config: &SdkConfig,
    environment: &dyn Environment,
) -> Result<Option<RemoteRules>, RemoteRulesError> {
    let Some(bucket) = environment.given("REMOTE_RESOURCE_BUCKET") else {
        return Ok(None);
    };
    let nearer =
        environment.given("RULES").is_some() || !matches!(environment.resource("rules.yaml"), Ok(None));
    if nearer {
        return Ok(None);
    }
    let key = format!("{}rules.yaml", prefix(environment));
    let unreadable = |reason: &str| RemoteRulesError::Unreadable(reason.to_owned());
    let answer = Client::new(config).get_object().bucket(bucket).key(key).send().await;
    let answer = answer.map_err(|error| {
        use aws_sdk_s3::error::ProvideErrorMetadata as _;
        unreadable(error.code().unwrap_or("no answer"))
    })?;
    if answer.content_length.is_none_or(|length| !(0..=LIMIT).contains(&length)) {
        return Err(RemoteRulesError::NotText);
    }
    let bytes = answer.body.collect().await.map_err(|_| unreadable("the answer broke off"))?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| RemoteRulesError::NotText)?;
    Ok(Some(RemoteRules { text }))
}

/// `INSTANCE_RESOURCE_PATH`, else where the parameters of the instance are: without a slash at the beginning, and
/// with one at the end in place of an underscore.
fn prefix(environment: &dyn Environment) -> String {
    let path = environment.given("INSTANCE_RESOURCE_PATH");
    let path = path.unwrap_or_else(|| Namespaces::of(environment).instance);
    let path = path.trim_start_matches('/');
    path.strip_suffix('_').map_or_else(|| path.to_owned(), |path| format!("{path}/"))
}

impl RemoteRules {
    /// The rule file.
    pub fn into_text(self) -> String {
        self.text
    }
}

const LIMIT: i64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_key_follows_the_instance() {
        for (name, value, expected) in [
            ("INSTANCE_RESOURCE_PATH", "/vizard/zoom/", "vizard/zoom/"),
            ("PATH_TO_INSTANCE_CONFIG", "PSOXY_ZOOM_", "PSOXY_ZOOM/"),
            ("AWS_LAMBDA_FUNCTION_NAME", "psoxy-zoom", "PSOXY_ZOOM/"),
            ("HOME", "/", ""),
        ] {
            let environment = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            assert_eq!(prefix(&environment), expected, "{name}");
        }
    }
}
