//! Whether a text is what a transform writes.

use std::collections::BTreeSet;

use crate::pattern::Pattern;
use crate::rules::transform::{Encoding, Kind, Split};
use crate::shape::{self, Parts, Token};
use crate::verdict::Counted;
use crate::walk;

/// What lets the text through, or nothing.
pub(crate) fn counted(kind: &Kind, text: &str) -> Option<Counted> {
    let blank = shape::is_blank(text);
    let is = |is: bool, counted: Counted| is.then_some(counted);
    match kind {
        Kind::Redact => None,
        Kind::Pseudonym { reversible, encoding, original } => {
            // With the original in it, it leaves in clear.
            let clear = *original && *encoding == Encoding::Json;
            let counted = if clear { Counted::Kept } else { Counted::Pseudonym };
            is(is_pseudonym(text, *reversible, *encoding, *original), counted)
        }
        Kind::PseudonymsInText { pattern, reversible } => in_text(text, pattern, *reversible),
        Kind::Digest { keywords, inside: None } => is(shape::is_digest(text, keywords), Counted::Reduced),
        Kind::Digest { keywords, inside: Some(paths) } => walk::inside(text, paths, keywords),
        // A list without addresses is one without anything.
        Kind::AddressList { .. } if text.is_empty() => Some(Counted::Reduced),
        Kind::AddressList { json: true } => is(shape::is_pseudonym_list(text), Counted::Pseudonym),
        Kind::AddressList { json: false } => is(shape::is_token_list(text), Counted::Pseudonym),
        // Blank text stays as it is.
        _ if blank => Some(Counted::Reduced),
        Kind::Tokenize(None) | Kind::EncryptIp => {
            is(shape::is_token(text, Token::Reversible, false), Counted::Pseudonym)
        }
        Kind::HashIp => is(shape::is_token(text, Token::Hash, false), Counted::Pseudonym),
        Kind::Tokenize(Some(pattern)) => {
            let group = pattern.first_group(text);
            if group.is_some_and(|it| shape::is_token(it, Token::Reversible, false)) {
                return Some(Counted::Pseudonym);
            }
            is(shape::around(text, Token::Reversible, false).tokens > 0, Counted::Undecided)
        }
        Kind::CutMatches(patterns) => cut(text, patterns),
        Kind::KeepPhrases(phrases) => is(text.is_empty() || are_phrases(text, phrases), Counted::Reduced),
        Kind::KeepSubstring(patterns) => substring(text, patterns),
        Kind::KeepPieces(split, patterns) => is(are_pieces(text, split, patterns), Counted::Reduced),
    }
}

fn is_pseudonym(text: &str, reversible: bool, encoding: Encoding, original: bool) -> bool {
    match encoding {
        Encoding::Hash => shape::is_hash(text),
        Encoding::Json => shape::is_pseudonym(text, Parts { reversible, original }),
        // A caller may ask for the older form of a reversible pseudonym, which is JSON.
        Encoding::Token if reversible => {
            shape::is_token(text, Token::Reversible, true)
                || shape::is_pseudonym(text, Parts { reversible, original: false })
        }
        Encoding::Token => shape::is_token(text, Token::Hash, true),
    }
}

/// Text with pseudonyms in it. What is around them leaves as it is, but no match may be among it.
fn in_text(text: &str, pattern: &Pattern, reversible: bool) -> Option<Counted> {
    let token = if reversible { Token::Reversible } else { Token::Hash };
    let around = shape::around(text, token, true);
    let match_left = || {
        let letters: BTreeSet<char> =
            around.rest.chars().filter(|it| !shape::is_blank(&it.to_string())).collect();
        pattern.groups == 0 && letters.into_iter().any(|it| pattern.takes_every(it))
    };
    if around.tokens == 0 || match_left() {
        None
    } else if !around.rest.chars().any(char::is_alphanumeric) {
        Some(Counted::Pseudonym)
    } else if pattern.is_somewhere(&around.rest) {
        Some(Counted::Undecided)
    } else {
        Some(Counted::Kept)
    }
}

/// Text of which matches were cut. What is left may be a match again, made of what stood on both sides of one.
fn cut(text: &str, patterns: &[Pattern]) -> Option<Counted> {
    let letters: BTreeSet<char> = text.chars().collect();
    if letters.into_iter().any(|letter| patterns.iter().any(|it| it.takes_every(letter))) {
        None
    } else if patterns.iter().any(|it| it.is_somewhere(text)) {
        Some(Counted::Undecided)
    } else {
        Some(Counted::Kept)
    }
}

/// Phrases in the order of the rule, each once at most, with commas between them.
fn are_phrases(text: &str, phrases: &[String]) -> bool {
    let mut starts = BTreeSet::from([0]);
    for phrase in phrases.iter().filter(|it| !it.is_empty()) {
        for start in starts.clone() {
            let end = start + phrase.len();
            if !text.get(start..end).is_some_and(|it| it.eq_ignore_ascii_case(phrase)) {
                continue;
            }
            if end == text.len() {
                return true;
            }
            if text[end..].starts_with(',') {
                starts.insert(end + 1);
            }
        }
    }
    false
}

/// What one exception matches. Where an exception asks for what stood around, that cannot be told any more.
fn substring(text: &str, patterns: &[Pattern]) -> Option<Counted> {
    if text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return None;
    }
    if patterns.iter().any(|it| it.is_whole(text)) {
        return Some(Counted::Reduced);
    }
    patterns.iter().any(|it| it.may_be_inside(text)).then_some(Counted::Undecided)
}

/// Pieces that each are what a filter matches as a whole, with spaces between them.
fn are_pieces(text: &str, split: &Split, patterns: &[Pattern]) -> bool {
    let is_piece = |piece: &str| patterns.iter().any(|it| it.is_whole(piece));
    // Space at both ends of the whole was taken off.
    let whole = |text: &str| {
        [format!(" {text}"), format!("{text} "), format!(" {text} ")].iter().any(|it| is_piece(it))
    };
    match split {
        Split::Blanks => {
            let cut = |it: char| matches!(it, '\t' | '\n' | '\x0b' | '\x0c' | '\r');
            !text.contains(cut) && text.split(' ').all(is_piece)
        }
        Split::Whole => is_piece(text) || whole(text),
        Split::Other(delimiter) => {
            let letters: BTreeSet<char> = text.chars().filter(|it| *it != ' ').collect();
            if letters.into_iter().any(|it| delimiter.takes_every(it)) {
                return false;
            }
            if text.split(' ').all(is_piece) || is_piece(text) || whole(text) {
                return true;
            }
            // A piece may hold spaces of its own: find any way to cut at some of them.
            let cuts: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]).collect();
            if cuts.len() > MOST_CUTS {
                return false;
            }
            let mut starts = vec![0];
            for end in cuts {
                if starts.iter().any(|start| is_piece(&text[*start..end])) {
                    starts.push(end + 1);
                }
            }
            starts.last() == Some(&(text.len() + 1))
        }
    }
}

const MOST_CUTS: usize = 300;
