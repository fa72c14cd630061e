use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::bulk::place::Cloud;

/// A directory with `in/a.csv`, `in/b/c.csv`, `one.csv` and `rules.yaml`.
fn desk() -> tempfile::TempDir {
    let desk = tempfile::tempdir().unwrap();
    fs::create_dir_all(desk.path().join("in/b")).unwrap();
    for name in ["in/a.csv", "in/b/c.csv", "one.csv", "rules.yaml"] {
        fs::write(desk.path().join(name), name).unwrap();
    }
    desk
}

/// What a command line comes to: `name: input -> output`, or why it is refused. `@` is the directory.
fn planned(desk: &Path, inputs: &[&str], output: &str, quarantine: Option<&str>) -> Result<String, String> {
    let here = |text: &str| text.replace('@', desk.to_str().unwrap());
    let inputs: Vec<OsString> = inputs.iter().map(|it| here(it).into()).collect();
    let quarantine = quarantine.map(|it| PathBuf::from(here(it)));
    let wanted = Wanted {
        inputs: &inputs,
        output: &OsString::from(here(output)),
        stdin_name: None,
        quarantine: quarantine.as_deref(),
        rules: &desk.join("rules.yaml"),
    };
    let mut list = |uri: &ObjectUri| {
        assert_eq!((uri.cloud, uri.bucket.as_str()), (Cloud::Aws, "lumen-in"));
        let keys = ["week/1.csv", "week/b/2.csv", "week/.hidden/3.csv", "week/b/", "odd//4.csv"];
        let of = |key: &&&str| key.starts_with(&uri.key) && (uri.key != "week/b/" || !key.ends_with('/'));
        Ok(keys.iter().filter(of).map(|key| Listed { key: (*key).to_owned(), bytes: Some(7) }).collect())
    };
    let plan = Plan::make(&wanted, &mut list).map_err(|stop| format!("{stop:?}"))?;
    let line = |item: &Item| {
        let from = match &item.input {
            Input::Standard => "-".to_owned(),
            Input::File(path, stamp) => format!("{} ({})", path.display(), stamp.map_or(0, |it| it.bytes)),
            Input::Object(uri, _) => uri.to_string(),
        };
        let to = match &item.output {
            Output::Standard => "-".to_owned(),
            Output::File(path) => path.display().to_string(),
            Output::Object(uri) => uri.to_string(),
        };
        let aside = item.rejected.as_ref().map(|path| format!(", {}", path.display())).unwrap_or_default();
        format!("{}: {from} -> {to}{aside}\n", item.path)
    };
    Ok(plan.files.iter().map(line).collect::<String>().replace(desk.to_str().unwrap(), "@"))
}

#[test]
fn files_go_where_they_are_expected() {
    let desk = desk();
    fs::create_dir(desk.path().join("there")).unwrap();
    symlink(desk.path().join("one.csv"), desk.path().join("link.csv")).unwrap();
    symlink(desk.path().join("in"), desk.path().join("in-link")).unwrap();
    let cases: [(&[&str], &str, Option<&str>, &str); 13] = [
        (&["@/one.csv"], "@/out.csv", None, "one.csv: @/one.csv (7) -> @/out.csv\n"),
        (&["@/one.csv"], "@/there", None, "one.csv: @/one.csv (7) -> @/there/one.csv\n"),
        (&["@/one.csv"], "@/new/", None, "one.csv: @/one.csv (7) -> @/new/one.csv\n"),
        (&["@/link.csv"], "-", None, "link.csv: @/link.csv (7) -> -\n"),
        (&["-"], "-", Some("@/q"), "-: - -> -, @/q/standard-input.rejected.ndjson\n"),
        (&["-"], "@/out.csv", None, "-: - -> @/out.csv\n"),
        (
            &["@/in"],
            "@/out",
            None,
            "a.csv: @/in/a.csv (8) -> @/out/a.csv\nb/c.csv: @/in/b/c.csv (10) -> @/out/b/c.csv\n",
        ),
        (
            &["@/in-link", "@/one.csv"],
            "@/out",
            Some("@/q"),
            "a.csv: @/in-link/a.csv (8) -> @/out/a.csv, @/q/a.csv.rejected.ndjson\n\
             b/c.csv: @/in-link/b/c.csv (10) -> @/out/b/c.csv, @/q/b/c.csv.rejected.ndjson\n\
             one.csv: @/one.csv (7) -> @/out/one.csv, @/q/one.csv.rejected.ndjson\n",
        ),
        (
            &["@/in/b", "@/one.csv"],
            "s3://lumen-out/",
            None,
            "c.csv: @/in/b/c.csv (10) -> s3://lumen-out/c.csv\none.csv: @/one.csv (7) -> s3://lumen-out/one.csv\n",
        ),
        (&["@/one.csv"], "gs://lumen_out/x.csv", None, "one.csv: @/one.csv (7) -> gs://lumen_out/x.csv\n"),
        (
            &["s3://lumen-in/week/1.csv"],
            "@/out.csv",
            None,
            "week/1.csv: s3://lumen-in/week/1.csv -> @/out.csv\n",
        ),
        (
            &["s3://lumen-in/week/b/"],
            "@/there",
            None,
            "week/b/2.csv: s3://lumen-in/week/b/2.csv -> @/there/2.csv\n",
        ),
        (
            &["s3://lumen-in/week/"],
            "s3://lumen-out/week/",
            None,
            "week/1.csv: s3://lumen-in/week/1.csv -> s3://lumen-out/week/1.csv\n\
             week/b/2.csv: s3://lumen-in/week/b/2.csv -> s3://lumen-out/week/b/2.csv\n",
        ),
    ];
    for (inputs, output, quarantine, expected) in cases {
        assert_eq!(
            planned(desk.path(), inputs, output, quarantine).as_deref(),
            Ok(expected),
            "{inputs:?} {output}"
        );
    }
}

#[test]
fn what_would_end_badly_is_refused_before_anything_is_read() {
    let desk = desk();
    let at = |name: &str| desk.path().join(name);
    fs::create_dir_all(at("two/b")).unwrap();
    fs::create_dir(at("out")).unwrap();
    fs::create_dir(at("empty")).unwrap();
    fs::write(at("two/a.csv"), "a").unwrap();
    symlink(at("one.csv"), at("out/one.csv")).unwrap();
    fs::hard_link(at("one.csv"), at("same.csv")).unwrap();
    symlink(at("in"), at("in-link")).unwrap();
    let cases: [(&[&str], &str, Option<&str>, &str); 27] = [
        (&["@/one.csv"], "@/one.csv", None, "which is read"),
        (&["@/one.csv"], "@/same.csv", None, "which is read"),
        (&["@/one.csv"], "@/out", None, "which is read"),
        (&["@/one.csv"], "@/rules.yaml", None, "which is read"),
        (&["@/one.csv"], "@", None, "which is read"),
        (&["@/in"], "@/in", None, "lies within"),
        (&["@/in"], "@/in/new/out", None, "lies within"),
        (&["@/in-link"], "@/in/b/../new", None, "lies within"),
        (&["@/in", "@/two"], "@/out", None, "several inputs would have the same output"),
        (&["@/in"], "@/rules.yaml", None, "must be a directory"),
        (&["@/in"], "-", None, "standard output takes one file"),
        (&["-", "-"], "@/out", None, "standard input can be read once"),
        (&["-"], "@/out", None, "--stdin-name"),
        (&["-"], "s3://lumen-out/", None, "--stdin-name"),
        (&["@/one.csv"], "/dev/null", None, "is no file"),
        (&["@/none.csv"], "@/out", None, "could not read"),
        (&["@/empty"], "@/out", None, "there is no file"),
        (&["@/one.csv"], "ftp://lumen/", None, "no place of files"),
        (&["@/in"], "@/new", Some("@/new"), "where the output goes"),
        (&["@/in"], "@/new", Some("@/new/q"), "where the output goes"),
        (&["@/one.csv"], "@/new.csv", Some("@/in/.."), "where the output goes"),
        (&["@/in"], "@/new", Some("@/in/q"), "lies within"),
        (&["@/in"], "@/new", Some("@/one.csv"), "no directory"),
        (&["s3://lumen-in/week/"], "s3://lumen-in/week/out/", None, "lies within"),
        (&["s3://lumen-in/week/1.csv"], "s3://lumen-in/week/", None, "lies within"),
        (&["s3://lumen-in/week/"], "s3://lumen-out/one", None, "ends with `/`"),
        (&["s3://lumen-in/"], "@/new", None, "cannot be the name of a file"),
    ];
    for (inputs, output, quarantine, expected) in cases {
        let refused = planned(desk.path(), inputs, output, quarantine).unwrap_err();
        assert!(refused.contains(expected), "{inputs:?} {output}: {refused}");
    }
    assert!(!at("new").exists() && !at("in/new").exists());
}
