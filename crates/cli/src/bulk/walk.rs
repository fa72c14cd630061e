//! The files of a directory and of those below it, in an order that does not depend on the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Paths from the directory on, with `/` between their parts, sorted.
    pub(crate) files: Vec<String>,
    /// Files and directories whose names begin with a dot, which are left alone.
    pub(crate) hidden: usize,
    /// Symbolic links, which are not followed.
    pub(crate) links: Vec<PathBuf>,
    /// What is neither file nor directory: sockets, pipes, devices.
    pub(crate) special: Vec<PathBuf>,
    /// Names that are not UTF-8, which no rule can speak of.
    pub(crate) unnamed: Vec<PathBuf>,
}

/// Looks through a directory.
pub(crate) fn walk(directory: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let mut folders = vec![(directory.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                found.unnamed.push(path);
                continue;
            };
            if name.starts_with('.') {
                found.hidden += 1;
            } else if kind.is_symlink() {
                found.links.push(path);
            } else if kind.is_dir() {
                folders.push((path, format!("{prefix}{name}/")));
            } else if kind.is_file() {
                found.files.push(format!("{prefix}{name}"));
            } else {
                found.special.push(path);
            }
        }
    }
    found.files.sort();
    found.links.sort();
    found.special.sort();
    found.unnamed.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn finds_files_in_order_and_follows_no_link() {
        let desk = tempfile::tempdir().unwrap();
        let at = |name: &str| desk.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        fs::create_dir(at(".git")).unwrap();
        for name in ["z.csv", "b/c/d.csv", "b/a.csv", ".vizard-bulk.json", ".z.csv.vizard-partial", ".git/x"]
        {
            fs::write(at(name), "x").unwrap();
        }
        fs::write(at("b").join(std::ffi::OsStr::from_bytes(b"\xff.csv")), "x").unwrap();
        std::os::unix::fs::symlink("/etc", at("b/etc")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let found = walk(desk.path()).unwrap();
        assert_eq!(found.files, ["b/a.csv", "b/c/d.csv", "z.csv"]);
        assert_eq!((found.hidden, found.links, found.special), (3, vec![at("b/etc")], vec![at("socket")]));
        assert_eq!(found.unnamed.len(), 1);
    }
}
