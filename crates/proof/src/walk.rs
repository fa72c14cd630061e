//! One output against one endpoint, from the top down: what may stand at each place, and what does.

mod here;
mod outcome;
mod place;
mod written;

use std::collections::{BTreeMap, HashMap};
use std::ptr;

use crate::json::{self, Member, Node, Unreadable, Value};
use crate::path::Path;
use crate::path::reach::{Reach, Segment, Track};
use crate::rules::Rules;
use crate::rules::augment::Augment;
use crate::rules::endpoint::Endpoint;
use crate::rules::schema::{Form, Schema};
use crate::rules::transform::{Kind, Transform};
use crate::verdict::{Counted, Counts, Verdict};
use crate::walk::here::{Application, Here, applications, below};
use crate::walk::outcome::{Accepted, Outcome, Way};
use crate::walk::place::{Finding, Findings, Place};

/// Judges a whole output.
pub(crate) fn check(rules: &Rules, endpoint: &Endpoint, body: &[u8]) -> Result<Verdict, Unreadable> {
    let documents = json::read(body)?;
    let applications = applications(&endpoint.transforms);
    let mut walk = Walk::new(rules, &applications, &endpoint.augments);
    for (number, document) in documents.iter().enumerate() {
        walk.findings.document = number + 1;
        walk.document(document, endpoint.schema.as_ref(), endpoint.line);
    }
    if walk.left == 0 {
        return Err(Unreadable::TooMuch("more work than a check may take"));
    }
    let (violations, more) = walk.findings.located(body);
    Ok(Verdict { documents: documents.len(), counts: walk.counts, violations, more })
}

/// A text that is JSON, of which the places of some paths are digests.
fn inside(text: &str, paths: &[Path], keywords: &[String]) -> Option<Counted> {
    let documents = json::read(text.as_bytes()).ok()?;
    let [document] = documents.as_slice() else { return None };
    let kind = Kind::Digest { keywords: keywords.to_vec(), inside: None };
    let transform = Transform { line: 0, paths: paths.to_vec(), conditional: false, kind };
    let nothing = Rules { endpoints: Vec::new(), definitions: BTreeMap::new(), names: Default::default() };
    let transforms = [transform];
    let applications = applications(&transforms);
    let mut walk = Walk::new(&nothing, &applications, &[]);
    walk.document(document, None, 0);
    if walk.left == 0 || !walk.findings.is_empty() {
        None
    } else if walk.counts.undecided > 0 {
        Some(Counted::Undecided)
    } else if walk.counts.kept > 0 {
        Some(Counted::Kept)
    } else {
        Some(Counted::Reduced)
    }
}

struct Walk<'r, 'w> {
    rules: &'r Rules,
    applications: &'w [Application<'r>],
    augments: &'r [Augment],
    counts: Counts,
    findings: Findings,
    /// Candidates that do not allow a value, by the places of both in memory, and how much is wrong with it.
    refuted: HashMap<(usize, usize, bool), usize>,
    /// Steps that the check may still take.
    left: usize,
}

/// Ten million values that thirty paths still may reach; and candidates inside candidates end somewhere.
const WORK: usize = 400_000_000;

impl<'r, 'w> Walk<'r, 'w>
where
    'r: 'w,
{
    fn new(rules: &'r Rules, applications: &'w [Application<'r>], augments: &'r [Augment]) -> Walk<'r, 'w> {
        Walk {
            rules,
            applications,
            augments,
            counts: Counts::default(),
            findings: Findings::default(),
            refuted: HashMap::new(),
            left: WORK,
        }
    }

    fn document(&mut self, node: &Node<'_>, schema: Option<&'r Schema>, rule: usize) {
        let is_list = matches!(node.value, Value::List(_));
        let tracks = self.applications.iter().map(|it| Track::new(it.path, it.positions, is_list));
        let tracks = tracks.enumerate().collect();
        let beside = self.augments.iter().enumerate();
        let beside = beside.flat_map(|(number, it)| it.paths.iter().map(move |path| (number, path)));
        let beside = beside.map(|(number, path)| (number, Track::new(path, false, is_list))).collect();
        let place = Place::root();
        self.value(node, schema, &Here { place: &place, tracks, beside, doubt: false, rule });
    }

    fn value(&mut self, node: &Node<'_>, schema: Option<&'r Schema>, here: &Here<'r, '_>) {
        let steps = 8 + here.tracks.len() + here.beside.len();
        self.left = self.left.saturating_sub(steps);
        if self.left == 0 {
            return;
        }
        self.findings.near = node.at.unwrap_or(self.findings.near);
        match schema.map(|it| (it, &it.form)) {
            Some((schema, Form::Reference(name))) => {
                let schema = self.rules.definitions.get(name).unwrap_or(schema);
                // A reference that leads nowhere is a problem of the rule file, so this one does not.
                self.value(node, Some(schema), here);
            }
            Some((_, Form::AnyOf(all, count))) => self.any_of(node, &all[..*count], here),
            Some((schema, _)) => self.placed(node, Some(schema), Way::of(schema), here),
            None => {
                self.placed(node, None, Way { outcome: Outcome::Open, sure: true, rule: here.rule }, here)
            }
        }
    }

    /// The first candidate that allows the value. Which one the engine chose is not in the output.
    fn any_of(&mut self, node: &Node<'_>, candidates: &'r [Schema], here: &Here<'r, '_>) {
        let before = (self.counts, self.findings.mark());
        let mut best: Option<(usize, usize)> = None;
        for (number, candidate) in candidates.iter().enumerate() {
            // The same value, the same candidate: the same answer. Without this, candidates inside candidates double
            // the work with every level.
            let asked = (ptr::from_ref(node).addr(), ptr::from_ref(candidate).addr(), here.doubt);
            let found = match self.refuted.get(&asked) {
                Some(found) => *found,
                None => {
                    self.value(node, Some(candidate), here);
                    self.findings.since(before.1)
                }
            };
            if found == 0 || self.left == 0 {
                return;
            }
            if self.refuted.len() < REMEMBERED {
                self.refuted.insert(asked, found);
            }
            if best.is_none_or(|(_, least)| found < least) {
                best = Some((number, found));
            }
            self.counts = before.0;
            self.findings.reset(before.1);
        }
        // None does: tell of the one that is nearest to it.
        if let Some((number, _)) = best {
            self.value(node, Some(&candidates[number]), here);
        }
    }

    fn placed(&mut self, node: &Node<'_>, schema: Option<&'r Schema>, first: Way, here: &Here<'r, '_>) {
        let mut doubt = here.doubt;
        let mut ways = vec![first];
        for (number, track) in &here.tracks {
            let transform = self.applications[*number].transform;
            let reach = match track.reach() {
                Reach::Yes if transform.conditional => Reach::Maybe,
                reach => reach,
            };
            if reach == Reach::No {
                continue;
            }
            if matches!(transform.kind, Kind::Redact) && !here.place.is_root() {
                if reach == Reach::Yes {
                    return self.violation(
                        here,
                        transform.line,
                        "redacted",
                        "the rules remove what stands here",
                    );
                }
                doubt = true;
                continue;
            }
            outcome::apply(&mut ways, *number, transform, reach);
        }
        let accepted = self.accepted(node, schema, &ways);
        match accepted {
            Some((Accepted::Leaf(counted), sure)) => {
                let undecided = counted != Counted::Null && (doubt || !sure);
                self.counts.add(if undecided { Counted::Undecided } else { counted });
            }
            Some((Accepted::Holder, sure)) => self.held(node, schema, here, doubt || !sure),
            None => {
                // The way on which most was done is what the author of the rules had in mind.
                let way = ways[ways.len() - 1];
                let kind = match way.outcome {
                    Outcome::Made(number) | Outcome::Rewritten(number) => {
                        Some(&self.applications[number].transform.kind)
                    }
                    _ => None,
                };
                let (code, why) = outcome::refusal(way.outcome, kind);
                self.violation(here, way.rule, code, why);
            }
        }
    }

    /// What a value may be taken for, preferring that no filter decided otherwise.
    fn accepted(&self, node: &Node<'_>, schema: Option<&Schema>, ways: &[Way]) -> Option<(Accepted, bool)> {
        let mut unsure = None;
        for way in ways.iter().rev() {
            let accepted = match (way.outcome, &node.value) {
                (_, Value::Null) => Some(Accepted::Leaf(Counted::Null)),
                (Outcome::Made(number), Value::Text(text)) => {
                    written::counted(&self.applications[number].transform.kind, text).map(Accepted::Leaf)
                }
                (Outcome::Rewritten(number), Value::Text(text)) => {
                    let counted = written::counted(&self.applications[number].transform.kind, text);
                    counted.map(|_| Accepted::Leaf(Counted::Undecided))
                }
                (Outcome::Added(number), Value::Text(text)) => {
                    let Augment { inside, keywords, .. } = &self.augments[number];
                    let paths = inside.as_deref().unwrap_or_default();
                    self::inside(text, paths, keywords).map(Accepted::Leaf)
                }
                (outcome, value) => outcome::unchanged(outcome, schema, value),
            };
            match accepted {
                Some(accepted) if way.sure => return Some((accepted, true)),
                Some(accepted) => unsure = unsure.or(Some((accepted, false))),
                None => {}
            }
        }
        unsure
    }

    fn held(&mut self, node: &Node<'_>, schema: Option<&'r Schema>, here: &Here<'r, '_>, doubt: bool) {
        match &node.value {
            Value::List(items) => {
                let items_schema = schema.and_then(|it| match &it.form {
                    Form::List(items) => Some(&**items),
                    _ => None,
                });
                for (at, item) in items.iter().enumerate() {
                    let segment = Segment::Position { at, of: items.len() };
                    let place = here.place.element(at);
                    let rule = schema.map_or(here.rule, |it| it.line);
                    self.value(item, items_schema, &below(here, &place, segment, item, doubt, rule));
                }
            }
            Value::Object(members) => {
                for (number, member) in members.iter().enumerate() {
                    self.findings.near = member.at.unwrap_or(self.findings.near);
                    self.member(member, number, schema, here, doubt);
                }
            }
            Value::Null | Value::Flag | Value::Number(_) | Value::Text(_) => {}
        }
    }

    fn member(
        &mut self,
        member: &Member<'_>,
        number: usize,
        schema: Option<&'r Schema>,
        here: &Here<'r, '_>,
        doubt: bool,
    ) {
        let place = here.place.member(self.rules.names.get(member.name.as_ref()).map(String::as_str), number);
        let rule = schema.map_or(here.rule, |it| it.line);
        let segment = Segment::Name(&member.name);
        let there = below(here, &place, segment, &member.node, doubt, rule);
        if member.repeated {
            let why = "the name stands twice in one object, so that two readers see two values";
            return self.violation(&there, rule, "repeated-member", why);
        }
        let Some(schema) = schema else { return self.value(&member.node, None, &there) };
        let listed = match &schema.form {
            Form::Object(properties) | Form::Condition(properties) => properties,
            _ => return self.value(&member.node, None, &there),
        };
        // What the source calls `+…` does not pass, even when it is listed.
        let listed = listed.get(member.name.as_ref()).filter(|_| !member.name.starts_with('+'));
        match (listed, self.augment(&member.name, here)) {
            (Some(schema), _) => self.value(&member.node, Some(schema), &there),
            (None, Some(augment)) => self.added(&member.node, augment, &there),
            (None, None) => {
                self.violation(&there, rule, "unlisted-member", "the schema does not list this member");
            }
        }
    }

    /// The augment that may have added a member of this name.
    fn augment(&self, name: &str, here: &Here<'r, '_>) -> Option<usize> {
        let text = name.strip_prefix('+')?.strip_suffix(":textDigest")?;
        let added = |(_, track): &&(usize, Track<'r>)| {
            let whole = track.enter(Segment::Name(text), false);
            let mut list = track.enter(Segment::Name(text), true);
            let mut reached = whole.is_some_and(|it| it.reach() != Reach::No);
            for _ in 0..LISTS {
                let element = list.as_ref().and_then(|it| it.enter(Segment::Somewhere, false));
                reached |= element.is_some_and(|it| it.reach() != Reach::No);
                list = list.and_then(|it| it.enter(Segment::Somewhere, true));
            }
            reached
        };
        here.beside.iter().find(added).map(|(number, _)| *number)
    }

    /// A member that an augment added; the transforms go on with it.
    fn added(&mut self, node: &Node<'_>, number: usize, here: &Here<'r, '_>) {
        let augment = &self.augments[number];
        match augment.inside {
            None => self.value(node, Some(&augment.added), here),
            Some(_) => {
                let outcome = Outcome::Added(number);
                self.placed(node, None, Way { outcome, sure: true, rule: augment.line }, here);
            }
        }
    }

    fn violation(&mut self, here: &Here<'r, '_>, rule: usize, code: &'static str, why: &'static str) {
        self.findings.push(here.place, |path, document, near| Finding {
            document,
            path,
            near,
            code,
            rule,
            why,
        });
    }
}

const REMEMBERED: usize = 1_000_000;

/// Lists in lists of texts, beside which an augment stands.
const LISTS: usize = 3;
