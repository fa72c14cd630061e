//! What `vizard diff` says of changed rules is what the engine does with them.

mod mutate;
mod outputs;
mod sequences;

use vizard_review::diff::{Change, Diff, Direction, Version, What, between};
use vizard_sanitizer::RuleSet;
use vizard_tests::examples::Source;
use vizard_tests::repository;

use mutate::{Dice, Expected, MUTATIONS, Mutation};

const SHIPPED: &str = "rules/zoom/rules.yaml";

fn diff(old: &str, new: &str) -> Diff {
    let version = |name, text| Some(Version { name, text });
    between(version("old.yaml", old), version("new.yaml", new)).unwrap_or_else(|found| panic!("{found}"))
}

fn told(changes: &[Change]) -> Vec<String> {
    let one = |it: &Change| {
        format!(
            "{} {} {}: {}",
            it.direction.word(),
            it.what,
            it.endpoint.as_deref().unwrap_or(""),
            it.message
        )
    };
    changes.iter().map(one).collect()
}

#[test]
fn a_file_does_not_differ_from_itself_however_it_is_written() {
    let text = repository::text(SHIPPED);
    assert_eq!(told(&diff(&text, &text).changes), [""; 0]);
    let uncommented: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty())
        .map(|line| format!("{}\r\n", line.replace("[\"GET\"]", "[ get ]")))
        .collect();
    assert!(uncommented.len() < text.len());
    assert_eq!(told(&diff(&text, &uncommented).changes), [""; 0]);
}

#[test]
fn the_direction_of_one_change_is_as_it_was_made() {
    let text = repository::text(SHIPPED);
    let mut dice = Dice::new(7);
    let mut problems = Vec::new();
    for Mutation { name, change } in MUTATIONS {
        for _ in 0..3 {
            let Some((changed, expected)) = change(&text, &mut dice) else {
                problems.push(format!("{name}: found nothing to change"));
                continue;
            };
            let (there, back) = (diff(&text, &changed), diff(&changed, &text));
            let wrong = match expected {
                Expected::Grows => !there.grows() || back.grows(),
                Expected::Shrinks => there.grows() || there.changes.is_empty() || !back.grows(),
                Expected::Unclear => !there.grows() || !back.grows(),
                Expected::Neutral => there.grows() || back.grows(),
            };
            if wrong {
                let both = (told(&there.changes), told(&back.changes));
                problems.push(format!("{name}: expected {expected:?}: {both:#?}"));
            }
        }
    }
    repository::assert_none(&problems);
}

#[test]
fn directions_swap_with_the_files() {
    let text = repository::text(SHIPPED);
    let mut dice = Dice::new(11);
    for _ in 0..20 {
        let changed = mutate::several(&text, &mut dice);
        let (there, back) = (diff(&text, &changed), diff(&changed, &text));
        let count = |diff: &Diff, direction: Direction| {
            diff.changes.iter().filter(|it| it.proven && it.direction == direction).count()
        };
        // What is sure in one direction is sure in the other.
        let proven = there.changes.iter().chain(&back.changes).all(|it| it.proven);
        if proven {
            let of = |diff: &Diff| (count(diff, Direction::Grows), count(diff, Direction::Shrinks));
            let (a, b) = (of(&there), of(&back));
            assert_eq!((a.0, a.1), (b.1, b.0), "{:#?}{:#?}", told(&there.changes), told(&back.changes));
        }
        let neutral = |diff: &Diff| count(diff, Direction::Neutral);
        assert_eq!(neutral(&there), neutral(&back));
    }
}

/// The promise of exit code 0: in no answer is there anything that the old rules did not let out.
#[test]
fn when_nothing_grows_the_engine_lets_out_no_more() {
    let text = repository::text(SHIPPED);
    let source = Source::load("zoom");
    let mut dice = Dice::new(13);
    let (mut calm, mut grown, mut really) = (0, 0, 0);
    for _ in 0..40 {
        let (a, b) = (mutate::several(&text, &mut dice), mutate::several(&text, &mut dice));
        let (old, new) =
            if dice.below(3) == 0 { (a, b) } else { (a.clone(), mutate::several(&a, &mut dice)) };
        for (old, new) in [(&old, &new), (&new, &old)] {
            let diff = diff(old, new);
            let load =
                |text: &str| RuleSet::load("rules", text).unwrap_or_else(|found| panic!("{found}")).rules;
            let more = outputs::more(&source, &load(old), &load(new));
            match diff.grows() {
                true => grown += 1,
                false => calm += 1,
            }
            really += usize::from(!more.is_empty());
            assert!(diff.grows() || more.is_empty(), "{:#?}\nand yet\n{more:#?}", told(&diff.changes));
        }
    }
    // The test would prove nothing if one of them never happened.
    println!("nothing grew {calm} times, something {grown} times, of which the examples show {really}");
    assert!(calm > 8 && really > 20, "{calm} {grown} {really}");
}

#[test]
fn the_page_shows_what_the_command_shows() {
    let page = repository::text("docs/DIFF.md");
    assert!(page.contains(include_str!("../../crates/review/src/diff/expected/text.txt")));
    let row = |it: &What| format!("| `{}` | {} |\n", it.code(), it.meaning());
    let table: String = What::ALL.iter().map(row).collect();
    assert!(page.contains(&format!("| kind | means |\n|---|---|\n{table}\n")), "the table must be:\n{table}");
}
