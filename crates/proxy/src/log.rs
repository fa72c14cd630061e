//! Logging: JSON lines, ours as much as the operator wants, others' only when something is wrong.

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// Logs to standard error for the rest of the program's life. A second call changes nothing.
pub fn to_standard_error(ours: LevelFilter) {
    to(ours, std::io::stderr);
}

/// The same to standard output, where a platform collects it.
pub fn to_standard_output(ours: LevelFilter) {
    to(ours, std::io::stdout);
}

/// A value of `VIZARD_LOG`: how much of our own is logged.
pub fn level(written: &str) -> Option<LevelFilter> {
    let known = ["error", "warn", "info", "debug", "trace"];
    let known = known.contains(&written.trim().to_ascii_lowercase().as_str());
    written.trim().parse().ok().filter(|_| known)
}

fn to<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(ours: LevelFilter, writer: W) {
    // The error says that there is a subscriber already, which is then kept.
    let _ = tracing::subscriber::set_global_default(lines(ours, writer));
}

/// One JSON object per line to `writer`.
///
/// The libraries below us log addresses and header values when asked for more than warnings, so they are never
/// asked. The audit line does not depend on the level.
pub fn lines<W>(ours: LevelFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_target("vizard", ours) // and all targets that begin so, which are our crates
        .with_target("audit", ours.max(LevelFilter::INFO));
    let format = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_ansi(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(filter).with(format)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(level: LevelFilter) -> String {
        let page = Page::default();
        let writer = page.clone();
        tracing::subscriber::with_default(lines(level, move || writer.clone()), || {
            tracing::info!(target: "hyper::proto", "hyper info");
            tracing::trace!(target: "reqwest", "reqwest trace");
            tracing::warn!(target: "reqwest", "reqwest warn");
            tracing::debug!(target: "vizard_proxy::credentials", "ours debug");
            tracing::warn!(target: "vizard_server", "ours warn");
            tracing::info!(target: "audit", status = 200, "request");
        });
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn libraries_are_never_asked_for_more_than_warnings() {
        let cases = [
            (LevelFilter::ERROR, vec!["request"]),
            (LevelFilter::INFO, vec!["reqwest warn", "ours warn", "request"]),
            (LevelFilter::TRACE, vec!["reqwest warn", "ours debug", "ours warn", "request"]),
        ];
        for (level, expected) in cases {
            let text = written(level);
            assert_eq!(text.lines().count(), expected.len(), "{level}: {text}");
            for (line, message) in text.lines().zip(expected) {
                assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
                assert!(line.contains(&format!("\"message\":\"{message}\"")), "{line}");
            }
        }
    }
}
