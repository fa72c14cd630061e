//! What may have become of a value: the schema says how it begins, each transform how it goes on.

use crate::json::{Value, number};
use crate::path::reach::Reach;
use crate::rules::schema::{Form, Schema};
use crate::rules::transform::{Kind, Transform};
use crate::verdict::Counted;

/// One way on which a value may have come here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) outcome: Outcome,
    /// Whether no filter and no condition would have had to spare it.
    pub(crate) sure: bool,
    /// The line of the rules that decided last.
    pub(crate) rule: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Null,
    /// The empty text that stands for a constant.
    Constant,
    /// A scalar as the source wrote it.
    Kept(Scalar),
    /// An object or list by the schema.
    Holder,
    /// Anything, where no schema is.
    Open,
    /// What an augment wrote of a text that is JSON, by the number of the augment.
    Added(usize),
    /// What a transform writes, by the number of its application.
    Made(usize),
    /// What a transform left of what another one wrote.
    Rewritten(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Text,
    Number,
    Integer,
    Boolean,
    Any,
}

/// What a value is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    Leaf(Counted),
    /// What it holds is looked at next.
    Holder,
}

impl Way {
    /// How a value begins that the schema lists.
    pub(crate) fn of(schema: &Schema) -> Way {
        let outcome = match &schema.form {
            Form::Object(_) | Form::List(_) | Form::Condition(_) => Outcome::Holder,
            Form::Text => Outcome::Kept(Scalar::Text),
            Form::Number => Outcome::Kept(Scalar::Number),
            Form::Integer => Outcome::Kept(Scalar::Integer),
            Form::Boolean => Outcome::Kept(Scalar::Boolean),
            Form::Scalar => Outcome::Kept(Scalar::Any),
            Form::Constant => Outcome::Constant,
            // References and candidates are followed before.
            Form::Null | Form::Reference(_) | Form::AnyOf(..) => Outcome::Null,
        };
        Way { outcome, sure: true, rule: schema.line }
    }
}

/// Lets a transform go on with all ways.
pub(crate) fn apply(ways: &mut Vec<Way>, number: usize, transform: &Transform, reach: Reach) {
    let mut next: Vec<Way> = Vec::new();
    let mut add = |way: Way| {
        match next.iter_mut().find(|it| it.outcome == way.outcome) {
            Some(known) => known.sure |= way.sure,
            None => next.push(way),
        };
    };
    if reach == Reach::Maybe {
        ways.iter().for_each(|way| add(Way { sure: false, ..*way }));
    }
    for way in ways.iter() {
        let outcome = after(&transform.kind, number, way.outcome);
        add(Way { outcome, sure: way.sure, rule: transform.line });
    }
    *ways = next;
}

/// What a transform makes of something.
fn after(kind: &Kind, number: usize, before: Outcome) -> Outcome {
    let is_pseudonym = matches!(kind, Kind::Pseudonym { .. });
    match before {
        Outcome::Null | Outcome::Holder | Outcome::Kept(Scalar::Boolean) => Outcome::Null,
        _ if matches!(kind, Kind::Redact) => Outcome::Null, // of the whole document
        Outcome::Kept(Scalar::Number | Scalar::Integer) if !is_pseudonym => Outcome::Null,
        Outcome::Constant => match kind {
            Kind::Pseudonym { .. } | Kind::PseudonymsInText { .. } => Outcome::Null,
            Kind::Digest { inside: None, .. } => Outcome::Made(number),
            Kind::Digest { inside: Some(_), .. } => Outcome::Null,
            _ => Outcome::Constant,
        },
        Outcome::Open | Outcome::Kept(_) | Outcome::Added(_) => Outcome::Made(number),
        Outcome::Made(_) | Outcome::Rewritten(_) => match kind {
            // Of a text these leave a part as it is, and what that part was is no longer known.
            Kind::CutMatches(_)
            | Kind::Pseudonym { original: true, .. }
            | Kind::PseudonymsInText { .. }
            | Kind::Tokenize(Some(_))
            | Kind::Digest { inside: Some(_), .. } => Outcome::Rewritten(number),
            _ => Outcome::Made(number),
        },
    }
}

/// What a value is taken for where no transform wrote it.
pub(crate) fn unchanged(outcome: Outcome, schema: Option<&Schema>, value: &Value<'_>) -> Option<Accepted> {
    let kept = Some(Accepted::Leaf(Counted::Kept));
    match (outcome, value) {
        (_, Value::Null) => Some(Accepted::Leaf(Counted::Null)),
        (Outcome::Constant, Value::Text(text)) if text.is_empty() => Some(Accepted::Leaf(Counted::Reduced)),
        (Outcome::Kept(Scalar::Text | Scalar::Any), Value::Text(_)) => kept,
        (Outcome::Kept(Scalar::Number | Scalar::Any), Value::Number(_)) => kept,
        (Outcome::Kept(Scalar::Integer), Value::Number(number)) if number::is_integer(number) => kept,
        (Outcome::Kept(Scalar::Boolean | Scalar::Any), Value::Flag) => kept,
        (Outcome::Holder, Value::Object(_) | Value::List(_)) => {
            let form = schema.map(|it| &it.form);
            let fits = match value {
                Value::List(_) => matches!(form, Some(Form::List(_))),
                _ => matches!(form, Some(Form::Object(_) | Form::Condition(_))),
            };
            fits.then_some(Accepted::Holder)
        }
        (Outcome::Open, Value::Object(_) | Value::List(_)) => Some(Accepted::Holder),
        (Outcome::Open, Value::Flag | Value::Number(_) | Value::Text(_)) => kept,
        _ => None,
    }
}

/// The code and the sentence for what was not accepted.
pub(crate) fn refusal(outcome: Outcome, kind: Option<&Kind>) -> (&'static str, &'static str) {
    match (outcome, kind) {
        (Outcome::Made(_) | Outcome::Rewritten(_), Some(kind)) => match kind {
            Kind::Pseudonym { .. } | Kind::Tokenize(None) | Kind::HashIp | Kind::EncryptIp => {
                ("not-a-pseudonym", "only the pseudonym that the rules ask for may stand here, or null")
            }
            Kind::AddressList { .. } => (
                "not-a-pseudonym",
                "only a list of the pseudonyms that the rules ask for may stand here, or null",
            ),
            Kind::PseudonymsInText { .. } => {
                ("not-a-pseudonym", "a match stands here that is no pseudonym, or no pseudonym at all")
            }
            Kind::Tokenize(Some(_)) => ("not-a-pseudonym", "no reversible token stands in this text"),
            Kind::Digest { .. } => ("not-a-digest", "only what textDigest writes may stand here, or null"),
            Kind::CutMatches(_) => {
                ("not-cut", "a letter stands here that a redaction removes wherever it stands")
            }
            Kind::KeepPhrases(_) => ("not-let-through", "only the listed phrases may stand here"),
            Kind::KeepSubstring(_) => ("not-let-through", "no exception lets this text stay"),
            Kind::KeepPieces(..) => {
                ("not-let-through", "not every piece of this text is what a filter lets stay")
            }
            Kind::Redact => ("redacted", "the rules remove what stands here"),
        },
        (Outcome::Added(_), _) => ("not-a-digest", "only what the augment writes may stand here, or null"),
        (Outcome::Null, _) => ("not-null", "only null may stand here"),
        (Outcome::Constant, _) => ("not-the-constant", "only the empty text may stand for a constant"),
        _ => ("wrong-kind", "the schema lets a value of another kind stand here"),
    }
}
