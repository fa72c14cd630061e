//! `vizard diff`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{Ended, vizard};

const OLD: &str = "\
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema: {properties: {id: {type: string}, dept: {type: string}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [$.id, $.dept]}
";

/// The department leaves in clear.
fn grown() -> String {
    OLD.replace(", $.dept]", "]")
}

/// The department does not leave.
fn shrunk() -> String {
    OLD.replace(", dept: {type: string}", "").replace(", $.dept]", "]")
}

/// A directory, and a git repository in it where one is asked for.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    fn repository() -> Desk {
        let desk = Desk::new();
        desk.git(&["init", "--quiet", "--initial-branch", "main"]);
        desk.git(&["config", "user.name", "Ada Moss"]);
        desk.git(&["config", "user.email", "ada@tea.example"]);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let ended = command.env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap();
        assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn diff(&self, arguments: &[&str]) -> Ended {
        self.diff_in("", arguments)
    }

    fn diff_in(&self, folder: &str, arguments: &[&str]) -> Ended {
        let path = std::env::var("PATH").unwrap();
        let run = vizard(&[&["diff"], arguments].concat()).with(&[("PATH", &path)]);
        let output = run.into_command().current_dir(self.path().join(folder)).output().unwrap();
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn last(ended: &Ended) -> (i32, &str) {
    (ended.code, ended.stdout.lines().last().unwrap_or_default())
}

#[test]
fn compares_two_files_and_exits_with_what_a_pipeline_needs() {
    let desk = Desk::new();
    desk.put("old.yaml", OLD);
    desk.put("grown.yaml", &grown());
    desk.put("shrunk.yaml", &shrunk());
    desk.put("comment.yaml", &format!("# The same.\n{}", OLD.replace("[GET]", "[ \"get\" ]")));
    desk.put("bad.yaml", "endpoints: [{pathTemplat: /x}]\n");
    let grew = desk.diff(&["old.yaml", "grown.yaml"]);
    assert_eq!(last(&grew), (2, "1 grows"));
    assert!(grew.stdout.contains("$.dept was pseudonymized, and is kept now"), "{}", grew.stdout);
    assert_eq!(grew.stderr, "");
    assert_eq!(last(&desk.diff(&["old.yaml", "shrunk.yaml"])), (0, "1 shrinks"));
    assert_eq!(last(&desk.diff(&["old.yaml", "comment.yaml"])), (0, "no changes"));
    let quiet = desk.diff(&["--quiet", "old.yaml", "grown.yaml"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (2, "", ""));
    let bad = desk.diff(&["old.yaml", "bad.yaml"]);
    assert_eq!((last(&bad), bad.stderr.as_str()), ((1, "1 file not compared"), ""));
    assert!(bad.stdout.contains("bad.yaml:1:14") && bad.stdout.contains("pathTemplate"), "{}", bad.stdout);
    let both = desk.diff(&["bad.yaml", "bad.yaml", "--format", "compact"]);
    assert_eq!((both.code, both.stdout.matches("error[unknown-key]").count()), (1, 2), "{}", both.stdout);
    for (arguments, code) in [
        (vec!["old.yaml"], 64),
        (vec!["old.yaml", "grown.yaml", "shrunk.yaml"], 64),
        (vec!["-", "-"], 64),
        (vec!["old.yaml", "gone.yaml"], 66),
    ] {
        assert_eq!(desk.diff(&arguments).code, code, "{arguments:?}");
    }
}

#[test]
fn reads_standard_input() {
    let desk = Desk::new();
    desk.put("old.yaml", OLD);
    let old = desk.path().join("old.yaml");
    let ended = vizard(&["diff", old.to_str().unwrap(), "-"]).input(grown()).run();
    assert_eq!(last(&ended), (2, "1 grows"));
    assert!(ended.stdout.contains("-> standard input"), "{}", ended.stdout);
}

#[test]
fn writes_every_format() {
    let desk = Desk::new();
    desk.put("old.yaml", OLD);
    desk.put("new.yaml", &grown());
    let shown = |format: &str| {
        let ended = desk.diff(&["old.yaml", "new.yaml", "--format", format]);
        assert_eq!(ended.code, 2, "{format}: {}", ended.stderr);
        ended.stdout
    };
    let json: serde_json::Value = serde_json::from_str(&shown("json")).unwrap();
    assert_eq!(json["files"][0]["changes"][0]["kind"], "fate-weakened");
    let sarif: serde_json::Value = serde_json::from_str(&shown("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "exposure-grew");
    assert!(shown("markdown").starts_with("## Exposure grows\n"));
    assert!(shown("github").starts_with("::warning file=new.yaml,line=5,"), "{}", shown("github"));
    assert!(shown("compact").starts_with("new.yaml:5:"), "{}", shown("compact"));
    assert!(shown("junit").contains("failures=\"1\""), "{}", shown("junit"));
}

#[test]
fn compares_revisions() {
    let desk = Desk::repository();
    desk.put("rules/a.yaml", OLD);
    desk.put("rules/odd\n name.yaml", OLD);
    // So short and so different that git takes none for the other under a new name.
    desk.put("rules/gone.yaml", "endpoints: [{pathTemplate: /v2/past, allowedQueryParams: []}]\n");
    desk.put("other.yaml", "spec:\n  endpoints: []\n");
    desk.commit("one");
    desk.git(&["tag", "one"]);
    assert_eq!(last(&desk.diff(&["one..HEAD"])), (0, "no changes"));

    desk.git(&["mv", "rules/a.yaml", "rules/b.yaml"]);
    desk.put("rules/b.yaml", &grown());
    desk.put("rules/odd\n name.yaml", &shrunk());
    desk.put(
        "rules/new.yml",
        "# New.\n\nendpoints:\n  - pathRegex: '/x/[0-9]+'\n    requestBody: {required: true}\n",
    );
    desk.put("other.yaml", "spec:\n  endpoints: [1]\n");
    desk.git(&["rm", "--quiet", "rules/gone.yaml"]);
    desk.commit("two");
    let all = desk.diff(&["one..HEAD"]);
    assert_eq!(last(&all), (2, "2 grow, 2 shrink"), "{}{}", all.stdout, all.stderr);
    for words in [
        "one:rules/a.yaml -> rules/b.yaml",
        "one:rules/gone.yaml -> (no rules)",
        "(no rules) -> rules/new.yml",
        "one:rules/odd  name.yaml -> rules/odd  name.yaml",
    ] {
        assert!(all.stdout.contains(words), "{words}: {}", all.stdout);
    }
    assert_eq!(last(&desk.diff(&["HEAD..one"])), (2, "2 grow, 2 shrink"));
    assert_eq!(last(&desk.diff(&["one..HEAD", "rules/odd\n name.yaml"])), (0, "1 shrinks"));
    assert_eq!(last(&desk.diff_in("rules", &["one..HEAD", "new.yml"])), (2, "1 grows"));
    assert_eq!(last(&desk.diff_in("rules", &["one..HEAD"])), (2, "2 grow, 2 shrink"));
    assert_eq!(last(&desk.diff(&["one:rules/a.yaml", "rules/b.yaml"])), (2, "1 grows"));
    assert_eq!(last(&desk.diff(&["one:rules/a.yaml", "HEAD:rules/b.yaml"])), (2, "1 grows"));

    // The work tree, with a file that git does not know yet.
    desk.put("rules/b.yaml", OLD);
    desk.put("rules/fresh.yaml", OLD);
    let tree = desk.diff_in("rules", &["HEAD.."]);
    assert_eq!(last(&tree), (2, "1 grows, 1 shrinks"), "{}{}", tree.stdout, tree.stderr);
    desk.put("rules/fresh.yaml", "endpoints: [{}]");
    let broken = desk.diff(&["HEAD.."]);
    assert_eq!(last(&broken), (1, "1 shrinks, 1 file not compared"), "{}{}", broken.stdout, broken.stderr);
    assert!(broken.stdout.contains("rules/fresh.yaml:1:13"), "{}", broken.stdout);
}

#[test]
fn a_file_that_cannot_be_compared_hides_no_other() {
    let desk = Desk::repository();
    desk.put("rules/a.yaml", OLD);
    desk.put("fuzz/bad.yaml", "extends: nowhere@1\n");
    desk.commit("one");
    desk.git(&["tag", "one"]);
    desk.put("rules/a.yaml", &grown());
    desk.put("fuzz/bad.yaml", "extends: nowhere@2\n");
    fs::write(desk.path().join("fuzz/latin.yaml"), b"endpoints: [] # \xe9\n").unwrap();
    desk.commit("two");
    let shown = |format: &str| {
        let ended = desk.diff(&["one..HEAD", "--format", format]);
        assert_eq!((ended.code, ended.stderr.as_str()), (2, ""), "{format}: {}", ended.stdout);
        ended.stdout
    };
    let text = shown("text");
    assert!(text.ends_with("\n1 grows, 2 files not compared\n"), "{text}");
    for words in [
        "one:fuzz/bad.yaml -> fuzz/bad.yaml\n  not compared",
        "error[extends-unknown]",
        " --> one:fuzz/bad.yaml:1:",
        " --> fuzz/bad.yaml:1:",
        "error[yaml-syntax]: it is not UTF-8 text\n  --> fuzz/latin.yaml\n",
        "$.dept was pseudonymized, and is kept now",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&shown("json")).unwrap();
    assert_eq!(json["files"][0]["new"], "rules/a.yaml");
    assert_eq!(json["not_compared"][0]["problems"][1]["file"], "fuzz/bad.yaml");
    assert_eq!(json["not_compared"][1]["old"], serde_json::Value::Null);
    let sarif: serde_json::Value = serde_json::from_str(&shown("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<&str> = results.iter().map(|it| it["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "error", "error", "warning"]);
    let markdown = shown("markdown");
    assert!(markdown.contains("\n### no rules to `fuzz/latin.yaml`\n\nNot compared"), "{markdown}");
    assert!(markdown.contains("and is kept now"), "{markdown}");
    assert!(shown("github").contains("::error file=fuzz/bad.yaml,line=1,"), "{}", shown("github"));
    assert!(shown("compact").ends_with("\n3 errors, 1 warning\n"), "{}", shown("compact"));
    assert!(shown("junit").contains("failures=\"4\""), "{}", shown("junit"));

    // What was repaired is all new.
    let repaired = desk.diff(&["fuzz/bad.yaml", "rules/a.yaml"]);
    assert_eq!(last(&repaired), (2, "1 grows, 1 file not compared"), "{}", repaired.stdout);
    assert!(repaired.stdout.contains("(no rules) -> rules/a.yaml"), "{}", repaired.stdout);

    // A folder leaves out what lies elsewhere, and where nothing grows the other still counts.
    assert_eq!(last(&desk.diff(&["one..HEAD", "rules"])), (2, "1 grows"));
    assert_eq!(last(&desk.diff(&["one..HEAD", "fuzz"])), (1, "2 files not compared"));
    let quiet = desk.diff(&["--quiet", "one..HEAD", "fuzz"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (1, "", ""));
}

#[test]
fn a_rule_file_is_one_however_its_keys_are_written() {
    let desk = Desk::repository();
    desk.put("other.yaml", "jobs: {test: [endpoints]}\n");
    desk.commit("one");
    for (name, text) in [
        ("explicit", "? endpoints\n: - pathTemplate: /x\n"),
        ("indented", "  endpoints:\n    - pathTemplate: /x\n"),
        ("started", "--- {endpoints: [{pathTemplate: /x}]}\n"),
        ("tagged", "!!map {endpoints: [{pathTemplate: /x}]}\n"),
        ("escaped", "\"\\x65ndpoints\": [{pathTemplate: /x}]\n"),
    ] {
        desk.put(&format!("{name}.yaml"), text);
        desk.put("other.yaml", "jobs: {test: [endpoints, more]}\n");
        let shown = desk.diff(&["HEAD.."]);
        assert_eq!(shown.code, 2, "{name}: {}{}", shown.stdout, shown.stderr);
        assert!(shown.stdout.contains(&format!("{name}.yaml")), "{name}: {}", shown.stdout);
        assert!(!shown.stdout.contains("other.yaml"), "{name}: {}", shown.stdout);
        desk.commit(name);
    }
}

#[test]
fn a_link_is_not_followed_and_not_passed_over() {
    let desk = Desk::repository();
    desk.put("a.yaml", OLD);
    desk.put("b.txt", &grown());
    std::os::unix::fs::symlink("a.yaml", desk.path().join("link.yaml")).unwrap();
    desk.commit("one");
    desk.git(&["tag", "one"]);
    fs::remove_file(desk.path().join("link.yaml")).unwrap();
    std::os::unix::fs::symlink("b.txt", desk.path().join("link.yaml")).unwrap();
    let in_the_work_tree = desk.diff(&["one.."]);
    desk.commit("two");
    for ended in [in_the_work_tree, desk.diff(&["one..HEAD"]), desk.diff(&["one..HEAD", "link.yaml"])] {
        assert_eq!(last(&ended), (1, "1 file not compared"), "{}", ended.stdout);
        assert!(ended.stdout.contains("it is a symbolic link"), "{}", ended.stdout);
    }
}

#[test]
fn compares_with_where_a_branch_began() {
    let desk = Desk::repository();
    desk.put("rules.yaml", &grown());
    desk.commit("one");
    desk.git(&["switch", "--quiet", "--create", "work"]);
    desk.put("readme.md", "x");
    desk.commit("two");
    // Meanwhile somebody narrows the rules: against the tip our branch would seem to widen them.
    desk.git(&["switch", "--quiet", "main"]);
    desk.put("rules.yaml", OLD);
    desk.commit("three");
    assert_eq!(last(&desk.diff(&["main..work"])), (2, "1 grows"));
    assert_eq!(last(&desk.diff(&["main...work"])), (0, "no changes"));
}

#[test]
fn says_what_git_does_not_know() {
    let desk = Desk::repository();
    desk.put("rules.yaml", OLD);
    desk.commit("one");
    for (arguments, words) in [
        (vec!["nobody..HEAD"], "git knows no revision \"nobody\""),
        (vec!["HEAD..--output=x"], "git knows no revision \"--output=x\""),
        (vec!["HEAD:absent.yaml", "rules.yaml"], "could not read HEAD:absent.yaml"),
        (vec!["nobody:rules.yaml", "rules.yaml"], "git knows no revision \"nobody\""),
    ] {
        let ended = desk.diff(&arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (66, ""), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
    let elsewhere = Desk::new();
    let ended = elsewhere.diff(&["main..HEAD"]);
    assert_eq!(ended.code, 66);
    assert!(ended.stderr.contains("not in a git repository"), "{}", ended.stderr);
    let nowhere = vizard(&["diff", "main..HEAD"]).with(&[("PATH", "/nowhere")]).run();
    assert_eq!(nowhere.code, 66);
    assert!(nowhere.stderr.contains("git is needed"), "{}", nowhere.stderr);
}
