//! The story of one file: open both ends, sanitize, make visible what came of it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use vizard_bulk::compression::Compression;
use vizard_bulk::failure::Failure;
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::Plan;
use vizard_bulk::task::{Origin, Task};
use vizard_proxy::ports::FileError;

use crate::bulk::buckets::{Made, Sent, Told};
use crate::bulk::figures::Figures;
use crate::bulk::partial::{Partial, folder, make_folder};
use crate::bulk::plan::{Item, Output};
use crate::bulk::report::Trouble;
use crate::bulk::run::Run;
use crate::bulk::source::Source;
use crate::bulk::watch::Watch;
use crate::exit::Code;

/// Sanitizes a file. Nothing of it is visible unless all is.
pub(crate) fn sanitize(
    run: &Run,
    item: &Item,
    threads: usize,
    progress: &Progress,
) -> Result<Figures, Trouble> {
    let rules = run.rules.for_path(&item.path);
    let rules = rules.ok_or_else(|| input(Failure::new("no-rules", "no rules are for this file")))?;
    let source = Source::open(run, item).map_err(input)?;
    let options = run.wishes.options(&item.name, source.head(), run.seed, threads);
    let stamp = source.stamp();
    let told = source.told().cloned();
    let origin = Origin { path: &item.path, content_type: told.as_ref().and_then(Told::content_type) };
    let task = Task { rules, keys: &run.keys, options: &options };
    let plan = Plan::new(&task, origin).map_err(|failure| Trouble::new(Code::Unsanitizable, failure))?;

    let target = Target::begin(run, item, told.as_ref(), plan, options.compression)?;
    let mut target = Watch::new(BufWriter::with_capacity(BUFFER, target));
    let mut aside = match &item.rejected {
        Some(path) => Some(Watch::new(BufWriter::new(visible_later(run, path, true)?))),
        None => None,
    };
    let mut source = Watch::new(source);
    let rejected = aside.as_mut().map(|it| it as &mut dyn Write);
    let done = vizard_bulk::sanitize::sanitize(&task, origin, &mut source, &mut target, rejected, progress);
    let done = done.and_then(|summary| {
        match target.flush().and_then(|()| aside.as_mut().map_or(Ok(()), Write::flush)) {
            Ok(()) => Ok(summary),
            Err(error) => Err(Failure::output(&error)),
        }
    });
    let summary = done.map_err(|failure| {
        let code = if target.broke() || aside.as_ref().is_some_and(Watch::broke) {
            Code::Output
        } else if source.broke() {
            Code::NoInput
        } else {
            Code::Unsanitizable
        };
        Trouble::new(code, failure)
    })?;

    let figures = Figures::from(summary);
    if let (Some(aside), Some(path)) = (aside, &item.rejected) {
        let aside = unbuffered(aside.into_inner())?;
        if figures.rejected > 0 {
            aside.publish().map_err(|error| output(path, &error))?;
        } else {
            drop(aside);
            // Of an earlier run, whose output is about to be replaced.
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(output(path, &error)),
                _ => {}
            }
        }
    }
    unbuffered(target.into_inner())?.publish(run)?;
    run.note(item, stamp, &figures);
    Ok(figures)
}

/// Where a sanitized file waits until it is whole.
#[derive(Debug)]
enum Target<'r> {
    /// A file without a name, printed when all is well.
    Spool(File),
    File(Partial<'r>),
    Object(Sent),
}

impl<'r> Target<'r> {
    fn begin(
        run: &'r Run,
        item: &Item,
        told: Option<&Told>,
        plan: Plan,
        compression: Compression,
    ) -> Result<Target<'r>, Trouble> {
        Ok(match &item.output {
            Output::Standard => {
                let spool = tempfile::tempfile();
                Target::Spool(spool.map_err(|error| output(&std::env::temp_dir(), &error))?)
            }
            Output::File(path) => Target::File(visible_later(run, path, false)?),
            Output::Object(uri) => {
                let (rules, salt) = (run.rules_text.as_str(), run.keys.salt_fingerprint());
                let sent = run.buckets.create(uri, item, told, Made { rules, salt, plan, compression });
                Target::Object(sent.map_err(|failure| at_store(Code::Output, failure))?)
            }
        })
    }

    fn publish(self, run: &Run) -> Result<(), Trouble> {
        match self {
            Target::Spool(mut spool) => {
                let mut out = io::stdout().lock();
                let printed =
                    spool.rewind().and_then(|()| io::copy(&mut spool, &mut out)).and_then(|_| out.flush());
                printed.map_err(|error| Trouble {
                    unsaid: error.kind() == io::ErrorKind::BrokenPipe,
                    ..Trouble::new(Code::Output, Failure::output(&error))
                })
            }
            Target::File(partial) => {
                let path = partial.target().to_owned();
                partial.publish().map_err(|error| output(&path, &error))
            }
            Target::Object(sent) => {
                run.buckets.finish(sent).map_err(|failure| at_store(Code::Output, failure))
            }
        }
    }
}

impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Spool(spool) => spool.write(bytes),
            Target::File(partial) => partial.write(bytes),
            Target::Object(sent) => sent.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Spool(spool) => spool.flush(),
            Target::File(partial) => partial.flush(),
            Target::Object(sent) => sent.flush(),
        }
    }
}

/// A file that is visible when it is published, and its directory.
fn visible_later<'r>(run: &'r Run, path: &Path, private: bool) -> Result<Partial<'r>, Trouble> {
    let begun = make_folder(folder(path), private).and_then(|()| run.partials.create(path));
    begun.map_err(|error| output(path, &error))
}

fn unbuffered<W: Write>(writer: BufWriter<W>) -> Result<W, Trouble> {
    let inner = writer.into_inner();
    inner.map_err(|error| Trouble::new(Code::Output, Failure::output(error.error())))
}

fn input(failure: Failure) -> Trouble {
    at_store(Code::NoInput, failure)
}

/// A store that does not answer is another trouble than one that refuses.
fn at_store(code: Code, failure: Failure) -> Trouble {
    let away = failure.code == FileError::Unavailable.code();
    Trouble::new(if away { Code::Unavailable } else { code }, failure)
}

/// With the place: there may be several, and the operator has to make room in the right one.
fn output(path: &Path, error: &io::Error) -> Trouble {
    let failure = Failure::output(error);
    let why = match error.raw_os_error() {
        Some(_) => failure.message,
        // Our own words.
        None => format!("the output cannot be written: {error}"),
    };
    let message = format!("{why} ({})", path.display());
    Trouble::new(Code::Output, Failure { message, ..failure })
}

const BUFFER: usize = 256 << 10;
