//! Bytes out of a thread that encodes, to an output that may stay where it is.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::failure::Failure;

/// Bytes that are handed over at a time.
const PART: usize = 256 << 10;

/// Where a thread writes to.
pub(super) struct Outlet {
    sender: SyncSender<Vec<u8>>,
    part: Vec<u8>,
}

impl Outlet {
    fn send(&mut self) -> io::Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        self.sender.send(part).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(PART)];
        self.part.extend_from_slice(taken);
        if self.part.len() >= PART {
            self.send()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() { Ok(()) } else { self.send() }
    }
}

/// Runs `body` on a thread of its own and writes what it writes, in order. Returns what it returns; what writing failed
/// by comes before what `body` made of that.
pub(super) fn through<T: Send>(
    output: &mut dyn Write,
    body: impl FnOnce(Outlet) -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    thread::scope(|scope| {
        let (sender, parts) = sync_channel(4);
        let outlet = Outlet { sender, part: Vec::with_capacity(PART) };
        let thread = thread::Builder::new()
            .name("parquet".to_owned())
            .spawn_scoped(scope, move || guarded(|| body(outlet)))
            .map_err(|_| {
                let failure = Failure::new("internal", "the system does not allow another thread");
                Failure { transient: true, ..failure }
            })?;
        let mut failed = None;
        for part in parts {
            if let Err(error) = output.write_all(&part) {
                failed = Some(Failure::output(&error));
                break;
            }
        }
        let result = thread.join().unwrap_or_else(|_| Err(gave_up()));
        match failed {
            Some(failure) => Err(failure),
            None => result,
        }
    })
}

/// Runs what decodes bytes of others. A panic there is a failure of the file, and what it says is not repeated: it
/// might hold a value.
pub(super) fn guarded<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(gave_up()))
}

fn gave_up() -> Failure {
    super::unreadable::Unreadable::Damaged.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Narrow(Vec<u8>, usize);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.len() + bytes.len() > self.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn body(mut outlet: Outlet) -> Result<&'static str, Failure> {
        for number in 0..10u8 {
            let written = outlet.write_all(&vec![number; 100_000]);
            written.map_err(|_| Failure::new("other", "the outlet is closed"))?;
        }
        outlet.flush().map_err(|_| Failure::new("other", "the outlet is closed"))?;
        Ok("done")
    }

    #[test]
    fn what_a_thread_writes_arrives_in_order_or_fails_by_its_reason() {
        let mut output = Narrow(Vec::new(), usize::MAX);
        assert_eq!(through(&mut output, body), Ok("done"));
        assert!(
            output
                .0
                .chunks(100_000)
                .enumerate()
                .all(|(at, part)| part.iter().all(|it| usize::from(*it) == at))
        );
        let failure = through(&mut Narrow(Vec::new(), 300_000), body).unwrap_err();
        assert_eq!((failure.code, failure.transient), ("disk-full", true));
        let failure =
            through(&mut output, |_| -> Result<(), Failure> { panic!("ada@acme.example") }).unwrap_err();
        assert_eq!(failure.code, "parquet-unreadable");
        assert!(!failure.to_string().contains("acme"));
    }
}
