//! Where answers go besides to their callers.

use super::reader::Reader;

/// URIs, as configured; what they mean depends on the host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutputSettings {
    /// `SIDE_OUTPUT_ORIGINAL`.
    pub original: Option<String>,
    /// `SIDE_OUTPUT_SANITIZED`.
    pub sanitized: Option<String>,
    /// `ASYNC_OUTPUT_DESTINATION`.
    pub later: Option<String>,
}

pub(super) async fn read(reader: &mut Reader<'_>) -> OutputSettings {
    OutputSettings {
        original: reader.config("SIDE_OUTPUT_ORIGINAL").await,
        sanitized: reader.config("SIDE_OUTPUT_SANITIZED").await,
        later: reader.env("ASYNC_OUTPUT_DESTINATION"),
    }
}
