//! The story of a file: what it is, which way it goes, what came of it.

use std::io::{Cursor, Read, Write};

use vizard_sanitizer::bulk::FileRules;

use crate::compression::{Sink, Source};
use crate::failure::Failure;
use crate::format::{self, Format, HEAD};
#[cfg(feature = "parquet")]
use crate::parquet;
use crate::progress::Progress;
use crate::summary::Summary;
use crate::task::{Origin, Task};
use crate::{csv, records};

/// What programs put before a text to say that it is UTF-8.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// What a file is read as and written as, before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the file is read as.
    pub read: Format,
    /// What it becomes.
    pub written: Format,
    /// Nothing told what the file is, so it was taken for the most common format.
    pub assumed: bool,
}

impl Plan {
    /// As the rules, the wishes, the content type and the name of the file say.
    ///
    /// # Errors
    ///
    /// A format is wished for that such rules do not write, or that this program was not built for.
    pub fn new(task: &Task<'_>, origin: Origin<'_>) -> Result<Plan, Failure> {
        let told = Format::told(task.rules, origin);
        let written = task.options.format.unwrap_or(told.format);
        if matches!(task.rules, FileRules::Columnar(_)) && written != Format::Csv {
            let message = format!("columnar rules write CSV, not {}; record rules can", written.name());
            return Err(Failure::new("format-of-columnar-rules", message));
        }
        if cfg!(not(feature = "parquet")) && [told.format, written].contains(&Format::Parquet) {
            return Err(Failure::new("parquet-not-built", "this program was built without Parquet"));
        }
        Ok(Plan { read: told.format, written, assumed: told.assumed })
    }
}

/// Sanitizes a file from one end to the other. Rows that are set aside go to `rejected`; without it they are only
/// counted. What was written is a result only if this returns `Ok`: whoever calls it makes it visible then, and throws
/// it away otherwise.
///
/// ```
/// use vizard_bulk::progress::Progress;
/// use vizard_bulk::sanitize::sanitize;
/// use vizard_bulk::task::{Options, Origin, Task};
/// use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
/// use vizard_sanitizer::bulk::BulkRules;
///
/// let loaded = BulkRules::load("rules.yaml", "transforms:\n- redact: $.note\n").unwrap();
/// let task = Task {
///     rules: loaded.rules.for_path("visits.ndjson").unwrap(),
///     keys: &Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default()),
///     options: &Options::default(),
/// };
/// let mut input = &b"{\"id\":1,\"note\":\"late\"}\n"[..];
/// let mut output = Vec::new();
/// let origin = Origin { path: "visits.ndjson", content_type: None };
/// let summary = sanitize(&task, origin, &mut input, &mut output, None, &Progress::default()).unwrap();
/// assert_eq!(output, b"{\"id\":1,\"note\":null}\n");
/// assert_eq!((summary.rows, summary.changed), (1, 1));
/// ```
///
/// # Errors
///
/// Whatever keeps the file as a whole from being sanitized, with its place.
pub fn sanitize(
    task: &Task<'_>,
    origin: Origin<'_>,
    input: &mut dyn Read,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    let plan = Plan::new(task, origin)?;
    let mut source = Source::open(input, task.options.limits, progress)?;
    let mut head = Vec::with_capacity(HEAD);
    (&mut source).take(HEAD as u64).read_to_end(&mut head).map_err(|error| Failure::input(&error))?;
    if plan.read != Format::Parquet && head.starts_with(&BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    format::check(plan.read, &head)?;

    let mut sink = Sink::new(output, task.options.compression).map_err(|error| Failure::output(&error))?;
    let mut whole = Cursor::new(head).chain(&mut source);
    let mut summary = dispatch(task, plan, &mut whole, &mut sink, rejected, progress)?;
    // Rows may end before the file does: what is left may yet show that it was cut short.
    drop(whole);
    std::io::copy(&mut source, &mut std::io::sink()).map_err(|error| Failure::input(&error))?;
    summary.bytes_out = sink.finish().map_err(|error| Failure::output(&error))?;
    summary.bytes_in = source.stored();
    summary.bytes_read = source.read_out();
    summary.warn("format-assumed", u64::from(plan.assumed));
    Ok(summary)
}

fn dispatch(
    task: &Task<'_>,
    plan: Plan,
    input: &mut dyn Read,
    output: &mut dyn Write,
    rejected: Option<&mut dyn Write>,
    progress: &Progress,
) -> Result<Summary, Failure> {
    match (task.rules, plan.read, plan.written) {
        (FileRules::Columnar(rules), ..) => csv::columnar(task, rules, input, output, rejected, progress),
        #[cfg(not(feature = "parquet"))]
        (FileRules::Record(_), Format::Parquet, _) | (FileRules::Record(_), _, Format::Parquet) => {
            Err(Failure::new("parquet-not-built", "this program was built without Parquet"))
        }
        #[cfg(feature = "parquet")]
        (FileRules::Record(rules), Format::Parquet, Format::Parquet) => {
            let source = parquet::Source::put_by(input, task.options)?;
            parquet::sanitize(task, rules, source, output, progress)
        }
        #[cfg(feature = "parquet")]
        (FileRules::Record(rules), read, Format::Parquet) => {
            let mut lines = parquet::Assembly::new(task.options)?;
            let formats = (read, Format::Ndjson);
            let summary = records::sanitize(task, rules, formats, input, &mut lines, rejected, progress)?;
            lines.finish(output)?;
            Ok(summary)
        }
        (FileRules::Record(rules), read, written) => {
            records::sanitize(task, rules, (read, written), input, output, rejected, progress)
        }
    }
}
