//! Files that nobody sees before they are whole: written beside their place under a hidden name, locked, and renamed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All that this run has begun to write and that is not visible yet.
#[derive(Debug, Default)]
pub(crate) struct Partials(Mutex<Begun>);

#[derive(Debug, Default)]
struct Begun {
    stopped: bool,
    paths: BTreeSet<PathBuf>,
}

/// A file that is being written. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Partial<'p> {
    partials: &'p Partials,
    target: PathBuf,
    beside: PathBuf,
    file: File,
    visible: bool,
}

impl Partials {
    /// Begins a file. What a run that was killed left of it is removed; another one that still runs is an error.
    pub(crate) fn create(&self, target: &Path) -> io::Result<Partial<'_>> {
        let beside = beside(target);
        // Locked until the new one is, so that of two runs at most one goes on.
        let _left = left_over(&beside)?;
        let mut begun = self.begun();
        begun.may_go_on()?;
        let file = OpenOptions::new().write(true).read(true).create_new(true).mode(0o600).open(&beside);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => busy(),
            _ => error,
        })?;
        begun.paths.insert(beside.clone());
        drop(begun);
        let partial = Partial { partials: self, target: target.to_owned(), beside, file, visible: false };
        match partial.file.try_lock() {
            Ok(()) => Ok(partial),
            Err(TryLockError::WouldBlock) => {
                // It has been taken for one that was left, and what stands there now may be another run's.
                self.begun().paths.remove(&partial.beside);
                Err(busy())
            }
            // A file system without locks; the name alone keeps two runs apart.
            Err(TryLockError::Error(_)) => Ok(partial),
        }
    }

    /// Removes all that is not visible, and lets nothing more become so.
    pub(crate) fn stop(&self) {
        let mut begun = self.begun();
        begun.stopped = true;
        for path in std::mem::take(&mut begun.paths) {
            // It is hidden, and the next run removes it.
            let _ = fs::remove_file(path);
        }
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        // Paths are added and taken out whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Begun {
    fn may_go_on(&self) -> io::Result<()> {
        if self.stopped { Err(io::Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
    }
}

impl Partial<'_> {
    /// Where it will be visible.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Makes the file durable and then visible, in place of the one that was there and with the permissions that it had.
    pub(crate) fn publish(self) -> io::Result<()> {
        match fs::symlink_metadata(&self.target) {
            Ok(there) if there.is_file() => {
                let permissions = there.permissions();
                // Renaming would not ask.
                if permissions.readonly() {
                    return Err(io::Error::new(ErrorKind::PermissionDenied, "what is there is read-only"));
                }
                self.file.set_permissions(permissions)?;
            }
            Ok(_) => return Err(io::Error::new(ErrorKind::AlreadyExists, "what is there is no file")),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.file.sync_all()?;
        let folder = File::open(folder(&self.target))?;
        self.show()?;
        match folder.sync_all() {
            // Some file systems have no such thing.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
            synced => synced,
        }
    }

    /// Makes the file visible, though it may be lost if the machine fails now.
    pub(crate) fn show(mut self) -> io::Result<()> {
        let mut begun = self.partials.begun();
        begun.may_go_on()?;
        fs::rename(&self.beside, &self.target)?;
        begun.paths.remove(&self.beside);
        self.visible = true;
        Ok(())
    }
}

impl Write for Partial<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Partial<'_> {
    fn drop(&mut self) {
        if !self.visible && self.partials.begun().paths.remove(&self.beside) {
            // It is hidden, and the next run removes it.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Removes what runs that were killed left in a directory and below.
pub(crate) fn sweep(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sweep(&entry.path())?;
        } else if kind.is_file() && is_partial(&entry.file_name().to_string_lossy()) {
            match left_over(&entry.path()) {
                Ok(_) => {}
                // Somebody is at work on it.
                Err(error) if error.kind() == ErrorKind::ResourceBusy => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Makes a directory and those above it, for the operator alone if `private`.
pub(crate) fn make_folder(path: &Path, private: bool) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(if private { 0o700 } else { 0o777 }).create(path)
}

/// The directory that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Whether a file of this name is one that is not whole.
pub(crate) fn is_partial(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(SUFFIX)
}

fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(SUFFIX);
    target.with_file_name(name)
}

/// Removes what a run left that was killed, and holds its lock.
fn left_over(path: &Path) -> io::Result<Option<File>> {
    loop {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(there) if there.is_file() => {}
            Ok(there) if there.is_symlink() => {
                fs::remove_file(path)?;
                continue;
            }
            Ok(_) => return Err(io::Error::new(ErrorKind::AlreadyExists, "its hidden name is taken")),
        }
        let file = match OpenOptions::new().write(true).read(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(busy()),
        }
        // It may have been renamed or replaced while we waited for nothing.
        let ours = file.metadata()?;
        match fs::symlink_metadata(path) {
            Ok(there) if (there.dev(), there.ino()) == (ours.dev(), ours.ino()) => {
                fs::remove_file(path)?;
                return Ok(Some(file));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
}

fn busy() -> io::Error {
    io::Error::new(ErrorKind::ResourceBusy, "another run writes it at this moment")
}

const SUFFIX: &str = ".vizard-partial";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn is_visible_when_it_is_published_and_gone_when_it_is_not() {
        let desk = tempfile::tempdir().unwrap();
        let target = desk.path().join("a.csv");
        let partials = Partials::default();
        let mut partial = partials.create(&target).unwrap();
        partial.write_all(b"whole").unwrap();
        assert_eq!(names(desk.path()), [".a.csv.vizard-partial"]);
        partial.publish().unwrap();
        assert_eq!(names(desk.path()), ["a.csv"]);
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o600);

        let mut partial = partials.create(&target).unwrap();
        partial.write_all(b"half").unwrap();
        drop(partial);
        assert_eq!(names(desk.path()), ["a.csv"]);
        assert_eq!(fs::read(&target).unwrap(), b"whole");
    }

    #[test]
    fn keeps_the_permissions_of_what_it_replaces() {
        use std::os::unix::fs::PermissionsExt;
        let desk = tempfile::tempdir().unwrap();
        let target = desk.path().join("a.csv");
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        let partials = Partials::default();
        partials.create(&target).unwrap().publish().unwrap();
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read(&target).unwrap(), b"");
    }

    #[test]
    fn what_is_read_only_stays() {
        use std::os::unix::fs::PermissionsExt;
        let desk = tempfile::tempdir().unwrap();
        let target = desk.path().join("a.csv");
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(Partials::default().create(&target).unwrap().publish().is_err());
        assert_eq!((fs::read(&target).unwrap(), names(desk.path()).len()), (b"old".to_vec(), 1));
    }

    #[test]
    fn of_two_runs_one_goes_on_and_what_a_dead_one_left_is_removed() {
        let desk = tempfile::tempdir().unwrap();
        let target = desk.path().join("a.csv");
        let (first, second) = (Partials::default(), Partials::default());
        let running = first.create(&target).unwrap();
        assert_eq!(second.create(&target).unwrap_err().kind(), ErrorKind::ResourceBusy);
        sweep(desk.path()).unwrap();
        assert_eq!(names(desk.path()), [".a.csv.vizard-partial"], "the one that runs is left alone");
        running.publish().unwrap();

        fs::write(desk.path().join(".a.csv.vizard-partial"), "left").unwrap();
        fs::create_dir(desk.path().join("b")).unwrap();
        fs::write(desk.path().join("b/.c.csv.vizard-partial"), "left").unwrap();
        second.create(&target).unwrap().publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"");
        sweep(desk.path()).unwrap();
        assert_eq!((names(desk.path()).len(), names(&desk.path().join("b")).len()), (2, 0));
    }

    #[test]
    fn a_link_under_the_hidden_name_is_not_followed() {
        let desk = tempfile::tempdir().unwrap();
        let precious = desk.path().join("precious");
        fs::write(&precious, "keep").unwrap();
        std::os::unix::fs::symlink(&precious, desk.path().join(".a.csv.vizard-partial")).unwrap();
        let partials = Partials::default();
        partials.create(&desk.path().join("a.csv")).unwrap().publish().unwrap();
        assert_eq!(fs::read(&precious).unwrap(), b"keep");
    }

    #[test]
    fn nothing_becomes_visible_after_a_stop() {
        let desk = tempfile::tempdir().unwrap();
        let partials = Partials::default();
        let partial = partials.create(&desk.path().join("a.csv")).unwrap();
        partials.stop();
        assert_eq!(names(desk.path()), Vec::<String>::new());
        assert!(partial.publish().is_err());
        assert!(partials.create(&desk.path().join("b.csv")).is_err());
        assert_eq!(names(desk.path()), Vec::<String>::new());
    }
}
