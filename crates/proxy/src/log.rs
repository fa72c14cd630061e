//! Logging: JSON lines, ours as much as the operator wants, others' only when something is wrong.

use std::fmt;

use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

/// Logs to standard error for the rest of the program's life. A second call changes nothing.
pub fn to_standard_error(ours: LevelFilter) {
    to(ours, std::io::stderr);
}

/// The same for Cloud Logging, which tells how grave a line is by its `severity`.
pub fn to_cloud_logging(ours: LevelFilter) {
    let _ = tracing::subscriber::set_global_default(graded_lines(ours, std::io::stderr));
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
    let format = tracing_subscriber::fmt::layer()
        .event_format(objects())
        .fmt_fields(JsonFields::new())
        .with_ansi(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(filter(ours)).with(format)
}

/// The same, each beginning with its `severity`.
fn graded_lines<W>(ours: LevelFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let format = tracing_subscriber::fmt::layer()
        .event_format(Graded(objects()))
        .fmt_fields(JsonFields::new())
        .with_ansi(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(filter(ours)).with(format)
}

fn filter(ours: LevelFilter) -> Targets {
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_target("vizard", ours) // and all targets that begin so, which are our crates
        .with_target("audit", ours.max(LevelFilter::INFO))
}

fn objects() -> Format<Json> {
    tracing_subscriber::fmt::format()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
}

/// Puts what Cloud Logging calls a level before all else.
struct Graded(Format<Json>);

impl<S, N> FormatEvent<S, N> for Graded
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let severity = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        let rest = line.strip_prefix('{').ok_or(fmt::Error)?;
        write!(writer, "{{\"severity\":\"{severity}\",{rest}")
    }
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
    fn lines_for_cloud_logging_say_how_grave_they_are() {
        let page = Page::default();
        let writer = page.clone();
        tracing::subscriber::with_default(graded_lines(LevelFilter::TRACE, move || writer.clone()), || {
            tracing::trace!(target: "vizard_proxy", "trace");
            tracing::info!(target: "audit", status = 200, "request");
            tracing::warn!(target: "vizard_server", "warning");
            tracing::error!(target: "vizard_server", "error");
        });
        let bytes = page.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let told: Vec<_> = lines.map(|line| (line["severity"].clone(), line["level"].clone())).collect();
        let expected = [("DEBUG", "TRACE"), ("INFO", "INFO"), ("WARNING", "WARN"), ("ERROR", "ERROR")];
        assert_eq!(told, expected.map(|(severity, level)| (severity.into(), level.into())));
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
