//! The pipelines of `docs/ci`: what they run is what the command takes.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::run::vizard;

/// Every text of a document, in its order.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The command lines, up to where the shell takes over.
fn commands(document: &Value) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    texts(document, &mut all);
    let lines = all.iter().flat_map(|text| text.lines()).map(str::trim);
    let commands = lines.filter(|line| line.starts_with("vizard "));
    let own = |word: &&str| !matches!(*word, ">" | ">>" | "|" | "||" | "&&" | ";");
    commands
        .map(|line| {
            line.split_whitespace().skip(1).take_while(own).map(|word| word.replace('"', "")).collect()
        })
        .collect()
}

#[test]
fn the_command_takes_every_line_of_the_pipelines() {
    let empty = tempfile::tempdir().unwrap();
    for name in ["github.yml", "gitlab.yml"] {
        let commands = commands(&read(name));
        let verbs: BTreeSet<&str> = commands.iter().map(|it| it[0].as_str()).collect();
        assert_eq!(verbs, BTreeSet::from(["check", "diff", "test"]), "{name}");
        for arguments in &commands {
            let ended = |arguments: &[&str]| {
                let mut command = vizard(arguments).into_command();
                command.current_dir(empty.path()).output().unwrap().status.code().unwrap()
            };
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            // There are no files here, so it ends for that, and not for how it is called.
            assert_eq!(ended(&arguments), 66, "{name}: {arguments:?}");
            assert_eq!(ended(&[arguments.as_slice(), &["--no-such-option"]].concat()), 64);
        }
    }
}

#[test]
fn the_pipelines_have_the_shape_of_their_hosts() {
    let github = read("github.yml");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&github), BTreeSet::from(["name", "on", "permissions", "jobs"].map(str::to_owned)));
    for job in github["jobs"].as_object().unwrap().values() {
        assert!(job["runs-on"].is_string() && job["permissions"].is_object());
        for step in job["steps"].as_array().unwrap() {
            assert!(step["uses"].is_string() != step["run"].is_string(), "{step}");
        }
    }
    // What comes from a pull request reaches the shell as a variable, never as text of the script.
    let mut scripts = Vec::new();
    for job in github["jobs"].as_object().unwrap().values() {
        scripts.extend(job["steps"].as_array().unwrap().iter().filter_map(|step| step["run"].as_str()));
    }
    assert!(scripts.iter().all(|script| !script.contains("${{")), "{scripts:?}");

    for (name, job) in read("gitlab.yml").as_object().unwrap() {
        match name.as_str() {
            ".rules" => assert!(job["image"].is_string() && job["rules"].is_array()),
            _ => {
                assert_eq!(job["extends"], ".rules", "{name}");
                assert!(job["script"].as_array().unwrap().iter().all(Value::is_string), "{name}");
            }
        }
    }
}
