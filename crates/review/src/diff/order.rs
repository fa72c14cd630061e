//! Which endpoint answers a call: the first that admits it, so order counts, and so does what earlier ones refuse.

use std::collections::HashSet;

use vizard_sanitizer::outline::{Endpoint, Outline};

use super::change::{Change, Direction};
use super::endpoint;
use super::pairs::{self, Pairs};
use super::what::What;

/// Most pairs of endpoints that are compared.
const MOST: usize = 4_000_000;

/// Most changes of one kind that are told one by one.
const MOST_TOLD: usize = 1_000;

/// `admits_less`: endpoints of the old file that may refuse what they admitted.
pub(super) fn compare(pairs: &Pairs, old: &Outline, new: &Outline, admits_less: &[usize]) -> Vec<Change> {
    let mut changes = moved(pairs, new);
    changes.extend(inherited(pairs, old, new, admits_less));
    changes
}

/// Endpoints of both files that stand in another order.
fn moved(pairs: &Pairs, new: &Outline) -> Vec<Change> {
    let kept: Vec<(usize, usize)> =
        pairs.was.iter().enumerate().filter_map(|(is, was)| Some((is, (*was)?))).collect();
    if kept.windows(2).all(|two| two[0].1 < two[1].1) {
        return Vec::new();
    }
    if kept.len().saturating_mul(kept.len()) > MOST {
        return vec![Change::unproven(What::OrderChanged, "the endpoints stand in another order")];
    }
    let described: Vec<Described> = new.endpoints.iter().map(Described::of).collect();
    let mut changes = Vec::new();
    for (at, (later, was)) in kept.iter().enumerate() {
        let earlier = kept[..at].iter().filter(|(_, earlier_was)| earlier_was > was);
        for (earlier, _) in earlier.filter(|(earlier, _)| described[*earlier].meets(&described[*later])) {
            let (first, then) = (&new.endpoints[*earlier], &new.endpoints[*later]);
            let message = format!(
                "calls that `{}` answered may be answered by `{}` now",
                then.path.text, first.path.text
            );
            let change = Change::unproven(What::OrderChanged, message).of(&endpoint::name(first));
            changes.push(change.after(format!("`{}` comes first", first.path.text), first.place));
            if changes.len() >= MOST_TOLD {
                return changes;
            }
        }
    }
    if changes.is_empty() {
        let message = "the endpoints stand in another order, and each answers the same calls";
        changes.push(Change::new(Direction::Neutral, What::OrderChanged, message));
    }
    changes
}

/// Endpoints that may answer what an earlier one refuses now.
fn inherited(pairs: &Pairs, old: &Outline, new: &Outline, admits_less: &[usize]) -> Vec<Change> {
    if admits_less.len().saturating_mul(new.endpoints.len()) > MOST {
        let message = "many endpoints admit less, and later ones may answer in their place";
        return vec![Change::unproven(What::AnsweredByAnother, message)];
    }
    let described: Vec<Described> = new.endpoints.iter().map(Described::of).collect();
    let mut changes = Vec::new();
    let mut told = HashSet::new();
    for &less in admits_less {
        let before = &old.endpoints[less];
        let refused = Described::of(before);
        for (is, endpoint) in new.endpoints.iter().enumerate() {
            // One that stood before it answered already.
            let came_later = pairs.was[is].is_some_and(|was| was > less);
            if came_later && described[is].meets(&refused) && told.insert((less, is)) {
                let message = format!(
                    "calls that `{}` no longer admits may be answered by `{}`",
                    before.path.text, endpoint.path.text
                );
                changes.push(
                    Change::unproven(What::AnsweredByAnother, message)
                        .of(&endpoint::name(endpoint))
                        .before(format!("answered by `{}`", before.path.text), before.place)
                        .after(format!("answered by `{}`", endpoint.path.text), endpoint.place),
                );
                if changes.len() >= MOST_TOLD {
                    return changes;
                }
            }
        }
    }
    changes
}

/// What is known of the calls that an endpoint answers.
struct Described {
    methods: Option<Vec<String>>,
    /// `None`: any number of segments may follow what is known.
    segments: Option<Vec<Segment>>,
    /// How its paths begin, in lower case.
    begins: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    /// In lower case.
    Exactly(String),
    /// With at least this at its beginning.
    Begins(String),
}

impl Described {
    fn of(endpoint: &Endpoint) -> Described {
        let path = &endpoint.path.text;
        let methods = pairs::methods(endpoint);
        if endpoint.is_regex {
            return Described { methods, segments: None, begins: regex_begins(path) };
        }
        let begins = path.split(['{', '%']).next().unwrap_or_default().to_ascii_lowercase();
        // An optional parameter may leave its slash behind or not.
        let optional = path.contains("?}");
        let segments = (!optional).then(|| template_segments(path));
        Described { methods, segments, begins }
    }

    /// Whether a call may exist that both answer; `true` unless it is sure that there is none.
    fn meets(&self, other: &Described) -> bool {
        if let (Some(ours), Some(theirs)) = (&self.methods, &other.methods)
            && !ours.iter().any(|method| theirs.contains(method))
        {
            return false;
        }
        if let (Some(ours), Some(theirs)) = (&self.segments, &other.segments) {
            return ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| a.meets(b));
        }
        self.begins.starts_with(&other.begins) || other.begins.starts_with(&self.begins)
    }
}

impl Segment {
    fn meets(&self, other: &Segment) -> bool {
        match (self, other) {
            (Segment::Exactly(a), Segment::Exactly(b)) => a == b,
            (Segment::Exactly(text), Segment::Begins(with))
            | (Segment::Begins(with), Segment::Exactly(text)) => text.starts_with(with),
            (Segment::Begins(a), Segment::Begins(b)) => {
                a.starts_with(b.as_str()) || b.starts_with(a.as_str())
            }
        }
    }
}

fn template_segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.split_once(['{', '%']) {
        None => Segment::Exactly(text.to_ascii_lowercase()),
        Some((before, _)) => Segment::Begins(before.to_ascii_lowercase()),
    };
    // One slash at the end is none.
    path.trim_end_matches('/').split('/').map(segment).collect()
}

/// How all that a regex matches begins, as far as it says so plainly.
fn regex_begins(regex: &str) -> String {
    if regex.contains('|') || regex.contains("(?") && !regex.contains("(?<") {
        return String::new();
    }
    let regex = regex.strip_prefix('^').unwrap_or(regex);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '~' | ':' | '@' | ',');
    let end = regex.find(|c| !plain(c)).unwrap_or(regex.len());
    let mut begins = regex[..end].to_ascii_lowercase();
    if regex[end..].starts_with(['?', '*', '{', '+']) {
        begins.pop();
    }
    begins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_which_paths_cannot_meet() {
        let described = |path: &str, is_regex: bool| {
            let key = if is_regex { "pathRegex" } else { "pathTemplate" };
            let outline = Outline::read("r", &format!("endpoints: [{{{key}: '{path}'}}]")).unwrap();
            Described::of(&outline.endpoints[0])
        };
        for (a, b, meet) in [
            ("/v2/users/{id}", "/v2/users/me", true),
            ("/v2/users/{id}", "/V2/Users/{other}", true),
            ("/v2/users/{id}", "/v2/rooms/{id}", false),
            ("/v2/users/{id}", "/v2/users/{id}/meetings", false),
            ("/v2/users/a{id}", "/v2/users/b{id}", false),
            ("/v2/users/a{id}", "/v2/users/ab", true),
            ("/v2/users/{id?}", "/v2/users", true),
            ("/v2/users/%41", "/v2/users/a", true),
            ("^/v2/users/\\d+", "/v2/users/{id}", true),
            ("^/v2/rooms/\\d+", "/v2/users/{id}", false),
            ("^/v2/(rooms|users)", "/v2/users/{id}", true),
            ("^/v2/us?", "/v2/u/{id}", true),
        ] {
            let (a_is, b_is) = (described(a, a.starts_with('^')), described(b, false));
            assert_eq!(a_is.meets(&b_is), meet, "{a} and {b}");
            assert_eq!(b_is.meets(&a_is), meet, "{b} and {a}");
        }
    }
}
