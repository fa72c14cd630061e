//! SQS: where calls wait that are answered later.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::MessageAttributeValue;
use vizard_proxy::ports::{OutputError, Queue};

use crate::errors;

/// A queue. The receipt goes along as the attribute [`WaitingCalls::RECEIPT`].
#[derive(Debug, Clone)]
pub struct WaitingCalls {
    client: Client,
    url: String,
}

impl WaitingCalls {
    /// The attribute that holds the receipt; other proxies know it by this name.
    pub const RECEIPT: &str = "processingContext";

    pub(crate) fn new(config: &SdkConfig, url: String) -> WaitingCalls {
        WaitingCalls { client: Client::new(config), url }
    }
}

#[async_trait]
impl Queue for WaitingCalls {
    async fn send(&self, message: String, receipt: String) -> Result<(), OutputError> {
        let receipt = MessageAttributeValue::builder().data_type("String").string_value(receipt).build();
        let receipt = receipt.expect("it has a type");
        let large = message.len() > ALWAYS_TAKEN;
        let send = self.client.send_message().queue_url(&self.url).message_body(message);
        match send.message_attributes(Self::RECEIPT, receipt).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                // How much it takes is a setting of the queue, and how it says so varies.
                let invalid =
                    error.code().is_some_and(|code| code.contains("Invalid") || code.contains("TooLong"));
                let told = errors::output(&error);
                Err(if large && invalid && told == OutputError::Unavailable {
                    OutputError::TooLarge
                } else {
                    told
                })
            }
        }
    }
}

/// Every queue takes this much, unless somebody made it smaller on purpose.
const ALWAYS_TAKEN: usize = 250_000;
