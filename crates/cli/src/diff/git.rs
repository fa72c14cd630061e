//! What git knows: which rule files changed between two revisions, and how they read there.
//!
//! The `git` program is asked, without a shell. What comes from the command line is turned into the name of a commit
//! before it is used, and paths stand behind `--`.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::diff::version::Text;
use crate::diff::{Pair, git};
use vizard_proxy::rules_text::{self, RulesText};

use crate::exit::{Code, Stop};
use crate::input;

/// Two revisions, or one and the work tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    old: String,
    /// `None`: the work tree.
    new: Option<String>,
    /// Whether the old side is where the two branched.
    since_branching: bool,
}

impl Range {
    /// `A..B`, `A...B` or `A..`; a path such as `../rules.yaml` is none.
    pub(super) fn read(written: &str) -> Option<Range> {
        let (old, rest) = written.split_once("..")?;
        let (since_branching, new) = match rest.strip_prefix('.') {
            Some(new) => (true, new),
            None => (false, rest),
        };
        let is_range = !old.is_empty() && !new.starts_with(['/', '.']) && !written.contains(':');
        let new = (!new.is_empty()).then(|| new.to_owned());
        is_range.then(|| Range { old: old.to_owned(), new, since_branching })
    }
}

/// The repository around the current directory.
pub(super) struct Git {
    root: PathBuf,
}

/// A file that changed.
struct Changed {
    old: Option<OsString>,
    new: Option<OsString>,
}

impl Git {
    pub(super) fn find() -> Result<Git, Stop> {
        let root = asked(&["rev-parse".as_ref(), "--show-toplevel".as_ref()])?;
        let root = root.map_err(|why| no_input(format_args!("this is not in a git repository: {why}")))?;
        let root = root.strip_suffix(b"\n").unwrap_or(&root);
        Ok(Git { root: OsString::from_vec(root.to_vec()).into() })
    }

    /// The full name of the commit.
    pub(super) fn commit(&self, revision: &str) -> Result<String, Stop> {
        let unknown = || no_input(format_args!("git knows no revision {revision:?}"));
        if revision.starts_with('-') {
            return Err(unknown());
        }
        let of = format!("{revision}^{{commit}}");
        let asked = git::asked(&["rev-parse", "--verify", "--quiet", &of].map(OsStr::new))?;
        let name = String::from_utf8(asked.map_err(|_| unknown())?).map_err(|_| unknown())?;
        let name = name.trim().to_owned();
        match !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(name),
            false => Err(unknown()),
        }
    }

    /// The bytes of a file in a commit. Nothing that the repository configures runs over them.
    pub(super) fn blob(&self, commit: &str, path: &OsStr, name: &str) -> Result<Vec<u8>, Stop> {
        let mut object = OsString::from(format!("{commit}:"));
        object.push(path);
        let asked = asked(&["cat-file".as_ref(), "blob".as_ref(), &object])?;
        asked.map_err(|why| no_input(format_args!("could not read {name}: {why}")))
    }

    /// The versions of every rule file that changed; with `paths`, of those below them only.
    pub(super) fn changed(&self, range: &Range, paths: &[String]) -> Result<Vec<Pair>, Stop> {
        let mut old = self.commit(&range.old)?;
        let new = match (&range.new, range.since_branching) {
            (Some(new), _) => Some(self.commit(new)?),
            (None, true) => Some(self.commit("HEAD")?),
            (None, false) => None,
        };
        if let (Some(new), true) = (&new, range.since_branching) {
            let base = asked(&["merge-base", &old, new].map(OsStr::new))?;
            let base = base.map_err(|_| no_input("the two revisions have no commit in common"))?;
            old = String::from_utf8_lossy(&base).trim().to_owned();
        }
        let mut pairs = Vec::new();
        for changed in self.names(&old, new.as_deref(), paths)? {
            let before = self.before(&changed, &old, &range.old)?;
            let after = self.after(&changed, new.as_deref(), range.new.as_deref())?;
            // One that is no rule file on either side is somebody else's.
            if [&before, &after].into_iter().flatten().any(Side::is_rule_file) {
                pairs.push(Pair { old: before.map(Side::text), new: after.map(Side::text) });
            }
        }
        Ok(pairs)
    }

    fn before(&self, changed: &Changed, commit: &str, said: &str) -> Result<Option<Side>, Stop> {
        let Some(path) = &changed.old else { return Ok(None) };
        let name = format!("{said}:{}", path.to_string_lossy());
        self.side(commit, path, name).map(Some)
    }

    fn side(&self, commit: &str, path: &OsStr, name: String) -> Result<Side, Stop> {
        let bytes = self.blob(commit, path, &name)?;
        Ok(Side { is_link: self.is_link(commit, path)?, name, bytes })
    }

    /// Whether a commit has a symbolic link there, of which the bytes are another path.
    fn is_link(&self, commit: &str, path: &OsStr) -> Result<bool, Stop> {
        let mut command: Vec<&OsStr> =
            ["--literal-pathspecs", "ls-tree", "--full-tree", "-z"].map(OsStr::new).to_vec();
        command.extend([OsStr::new(commit), OsStr::new("--"), path]);
        let listed =
            asked(&command)?.map_err(|why| no_input(format_args!("git could not list a file: {why}")))?;
        Ok(listed.starts_with(b"120000 "))
    }

    /// Called by its path alone, so that annotations find it.
    fn after(
        &self,
        changed: &Changed,
        commit: Option<&str>,
        said: Option<&str>,
    ) -> Result<Option<Side>, Stop> {
        let Some(path) = &changed.new else { return Ok(None) };
        let name = path.to_string_lossy().into_owned();
        if let Some(commit) = commit {
            let side = self.side(commit, path, format!("{}:{name}", said.unwrap_or("HEAD")))?;
            return Ok(Some(Side { name, ..side }));
        }
        let file = self.root.join(path);
        let is_link = file.symlink_metadata().is_ok_and(|it| it.is_symlink());
        let bytes = if is_link { Vec::new() } else { input::bounded(std::fs::File::open(file), &name)? };
        Ok(Some(Side { name, bytes, is_link }))
    }

    /// The YAML files that changed, and those that the work tree has in addition.
    fn names(&self, old: &str, new: Option<&str>, paths: &[String]) -> Result<Vec<Changed>, Stop> {
        let mut command = vec![
            "--literal-pathspecs",
            "diff",
            "--name-status",
            "-z",
            "--find-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--ignore-submodules",
            old,
        ];
        command.extend(new);
        command.push("--");
        command.extend(paths.iter().map(String::as_str));
        let refused = |why: String| no_input(format_args!("git could not compare the revisions: {why}"));
        let listed = asked(&command.iter().map(OsStr::new).collect::<Vec<_>>())?.map_err(refused)?;
        let mut all = parsed(&listed).ok_or_else(|| no_input("git answered in a form that is not known"))?;
        if new.is_none() {
            let mut command: Vec<&OsStr> = vec!["--literal-pathspecs".as_ref()];
            if paths.is_empty() {
                // The whole work tree is meant, not only what is below the current directory.
                command.extend(["-C".as_ref(), self.root.as_os_str()]);
            }
            let options = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"];
            command.extend(options.iter().copied().chain(paths.iter().map(String::as_str)).map(OsStr::new));
            let listed = asked(&command)?.map_err(refused)?;
            let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
            all.extend(names.map(|name| Changed { old: None, new: Some(OsString::from_vec(name.to_vec())) }));
        }
        all.retain(|it| it.old.iter().chain(&it.new).any(|path| is_yaml(path)));
        Ok(all)
    }
}

/// What one revision has under a path.
struct Side {
    name: String,
    bytes: Vec<u8>,
    is_link: bool,
}

impl Side {
    /// A link may lead to one, which nobody would look at.
    fn is_rule_file(&self) -> bool {
        self.is_link || is_rule_file(&self.bytes) || runs(&self.bytes)
    }

    fn text(self) -> Text {
        match self.is_link {
            true => Text::of_a_link(&self.name),
            false => Text::of(&self.name, self.bytes),
        }
    }
}

fn is_yaml(path: &OsStr) -> bool {
    let extension = Path::new(path).extension().and_then(OsStr::to_str).unwrap_or_default();
    matches!(extension.to_ascii_lowercase().as_str(), "yaml" | "yml")
}

/// Whether it has one of the keys that every rule file has at its top, however it is written.
fn is_rule_file(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let key = |line: &str| {
        let line = line.trim_start_matches(['\u{feff}', '{', ' ', '"', '\'']);
        ["endpoints", "extends"].iter().any(|key| {
            let rest = line.strip_prefix(key).map(|it| it.trim_start_matches(['"', '\'', ' ', '\t']));
            rest.is_some_and(|it| it.starts_with(':'))
        })
    };
    let is_flow = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    text.split(['\n', '\r']).any(|line| !line.starts_with(' ') && key(line))
        || is_flow && text.split(['{', ',', '\n', '\r']).any(|part| key(part.trim_start()))
}

/// Whether the proxy would take it for rules: YAML has more ways to write a key than can be looked for, and the file may
/// be encoded.
fn runs(bytes: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(bytes).ok().and_then(|text| rules_text::decode(text).ok()) else {
        return false;
    };
    let rules = RulesText { name: String::new(), text, prebuilt: false };
    rules.load().is_ok_and(|loaded| loaded.rules.endpoints().next().is_some())
}

/// Reads what `--name-status -z` prints; `None`: not its form.
fn parsed(listed: &[u8]) -> Option<Vec<Changed>> {
    let mut parts = listed.split(|byte| *byte == 0).map(OsStr::from_bytes);
    let mut all = Vec::new();
    while let Some(status) = parts.next().filter(|it| !it.is_empty()) {
        let mut path = || parts.next().filter(|it| !it.is_empty()).map(OsStr::to_owned);
        let first = path()?;
        all.push(match status.as_bytes()[0] {
            b'A' => Changed { old: None, new: Some(first) },
            b'D' => Changed { old: Some(first), new: None },
            b'M' | b'T' => Changed { old: Some(first.clone()), new: Some(first) },
            b'R' => Changed { old: Some(first), new: Some(path()?) },
            // A copy is a file more.
            b'C' => Changed { old: None, new: Some(path()?) },
            _ => return None,
        });
    }
    Some(all)
}

/// What git prints, or why it failed.
fn asked(arguments: &[&OsStr]) -> Result<Result<Vec<u8>, String>, Stop> {
    let mut command = Command::new("git");
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let gone = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => no_input("the program git is needed for revisions, and is not installed"),
        _ => no_input(format_args!("could not run git: {error}")),
    };
    let mut child = command.spawn().map_err(gone)?;
    let stderr = child.stderr.take();
    let words = std::thread::spawn(move || {
        let mut words = Vec::new();
        let _ = stderr.map(|it| io::Read::read_to_end(&mut io::Read::take(it, 64 * 1024), &mut words));
        words
    });
    let read =
        input::bounded(child.stdout.take().ok_or_else(|| io::Error::other("no output")), &"what git prints");
    let ended = child.wait().map_err(gone)?;
    let words = words.join().unwrap_or_default();
    let bytes = read?;
    Ok(match ended.success() {
        true => Ok(bytes),
        false => {
            let words = String::from_utf8_lossy(&words).into_owned();
            let first = words.lines().next().unwrap_or("no reason given");
            Err(first.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
        }
    })
}

fn no_input(words: impl std::fmt::Display) -> Stop {
    Stop::because(Code::NoInput, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_ranges_from_paths() {
        let range = |old: &str, new: Option<&str>, since_branching| {
            Some(Range { old: old.to_owned(), new: new.map(str::to_owned), since_branching })
        };
        for (written, expected) in [
            ("main..HEAD", range("main", Some("HEAD"), false)),
            ("origin/main...HEAD", range("origin/main", Some("HEAD"), true)),
            ("v1..", range("v1", None, false)),
            ("v1...", range("v1", None, true)),
            ("../rules.yaml", None),
            ("a/../rules.yaml", None),
            ("rules.yaml", None),
            ("main:../x.yaml", None),
            ("..HEAD", None),
        ] {
            assert_eq!(Range::read(written), expected, "{written}");
        }
    }

    #[test]
    fn knows_rule_files_by_their_keys() {
        for (text, expected) in [
            ("endpoints:\n- pathTemplate: /x", true),
            ("# x\nversion: 1\n\"endpoints\" : []", true),
            ("{\"version\":1,\"endpoints\":[]}", true),
            ("{ endpoints: [] }", true),
            ("extends: zoom@1", true),
            ("spec:\n  endpoints: []", false),
            ("endpoint: x\nendpointsX: 1", false),
            ("", false),
        ] {
            assert_eq!(is_rule_file(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn reads_what_git_lists() {
        let listed = b"M\0a.yaml\0R090\0b.yaml\0c\nd.yaml\0D\0e.yaml\0A\0f.yaml\0";
        let all = parsed(listed).unwrap();
        let shown: Vec<_> = all.iter().map(|it| (it.old.as_deref(), it.new.as_deref())).collect();
        let some = |name: &'static str| Some(OsStr::new(name));
        assert_eq!(
            shown,
            [
                (some("a.yaml"), some("a.yaml")),
                (some("b.yaml"), some("c\nd.yaml")),
                (some("e.yaml"), None),
                (None, some("f.yaml"))
            ]
        );
        assert!(parsed(b"X\0a\0").is_none() && parsed(b"R1\0a\0").is_none());
    }
}
