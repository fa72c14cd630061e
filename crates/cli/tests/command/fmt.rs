//! `vizard fmt` and `vizard schema` as people run them.

use std::fs;

use crate::run::vizard;

const LOOSE: &str = "endpoints:\n- pathTemplate:   '/v2/users' # all\n  allowedMethods: [ GET ]\n";
const NEAT: &str = "endpoints:\n  - pathTemplate: '/v2/users' # all\n    allowedMethods: [GET]\n";

#[test]
fn files_are_replaced_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yaml");
    let link = folder.path().join("link.yaml");
    fs::write(&path, LOOSE).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let mode = |mode: u32| std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(&path, mode(0o640)).unwrap();

    let name = link.to_str().unwrap();
    let checked = vizard(&["fmt", "--check", name]).run();
    assert_eq!((checked.code, checked.stderr.as_str()), (1, ""));
    assert_eq!(checked.stdout, format!("{name}: would change\n1 file would change, 0 as laid out already\n"));
    let shown = vizard(&["fmt", "--diff", name]).run();
    assert_eq!(shown.code, 0);
    assert!(shown.stdout.contains("\n-- pathTemplate:   '/v2/users' # all\n"), "{}", shown.stdout);
    assert_eq!(vizard(&["fmt", "--diff", "--check", name]).run().code, 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), LOOSE, "neither changes anything");

    let done = vizard(&["fmt", name]).run();
    assert_eq!((done.code, done.stdout.as_str()), (0, "1 file changed, 0 as laid out already\n"), "{done:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), NEAT);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");
    assert_eq!(vizard(&["fmt", "--check", name]).run().code, 0);

    fs::write(&path, LOOSE).unwrap();
    fs::set_permissions(&path, mode(0o440)).unwrap();
    let refused = vizard(&["fmt", name]).run();
    assert_eq!((refused.code, fs::read_to_string(&path).unwrap().as_str()), (74, LOOSE));
    assert!(refused.stderr.contains("it is read-only"), "{}", refused.stderr);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let done = vizard(&["fmt", "-"]).input(LOOSE).run();
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, NEAT, ""));
    let checked = vizard(&["fmt", "--check", "-"]).input(NEAT).run();
    assert_eq!((checked.code, checked.stdout.as_str()), (0, "0 files would change, 1 as laid out already\n"));
}

#[test]
fn what_cannot_be_read_stays_and_the_others_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, loose) = (folder.path().join("broken.yaml"), folder.path().join("loose.yaml"));
    fs::write(&broken, "endpoints: [\n").unwrap();
    fs::write(&loose, LOOSE).unwrap();
    let done = vizard(&["fmt", broken.to_str().unwrap(), loose.to_str().unwrap()]).run();
    assert_eq!(done.code, 78);
    assert!(done.stderr.contains("error[yaml-syntax]"), "{}", done.stderr);
    assert_eq!(done.stdout, "1 file changed, 0 as laid out already, some could not be laid out\n");
    assert_eq!(fs::read_to_string(&broken).unwrap(), "endpoints: [\n");
    assert_eq!(fs::read_to_string(&loose).unwrap(), NEAT);
    assert_eq!(vizard(&["fmt", "nowhere.yaml"]).run().code, 66);
    assert_eq!(vizard(&["fmt"]).run().code, 64);
}

#[test]
fn the_schema_is_the_one_of_the_repository() {
    let shown = vizard(&["schema"]).run();
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/rule-file.schema.json");
    assert_eq!(shown.stdout, fs::read_to_string(committed).unwrap());
}
