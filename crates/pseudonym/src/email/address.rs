//! Addresses: `local@domain`, `Name <local@domain>`, groups, lists. RFC 2822, 3.4.
//!
//! Nothing here recurses, and every production goes back at most once, so time is linear.

use std::borrow::Cow;

use super::Mailbox;
use super::cursor::Cursor;
use super::display_name::display_name;
use super::domain_name::domain_name;
use super::lexical::{Alphabet, Gap, dot_atom, gap, is_atext, is_dot_atom, quoted};

/// One mailbox and nothing after it.
pub(super) fn whole_mailbox<'a>(cursor: &mut Cursor<'a>) -> Option<Mailbox<'a>> {
    mailbox(cursor).filter(|_| cursor.at_end())
}

/// Mailboxes and groups with commas between them, and nothing after them.
pub(super) fn list<'a>(cursor: &mut Cursor<'a>) -> Option<Vec<Mailbox<'a>>> {
    let mut found = Vec::new();
    loop {
        match entry(cursor)? {
            Entry::Mailbox(mailbox) => found.push(mailbox),
            Entry::Group => members(cursor, &mut found)?,
        }
        if cursor.at_end() {
            return Some(found);
        }
        if !cursor.eat(b',') {
            return None;
        }
    }
}

/// What stands between two commas: a mailbox, or the name and colon of a group.
enum Entry<'a> {
    Mailbox(Mailbox<'a>),
    Group,
}

fn mailbox<'a>(cursor: &mut Cursor<'a>) -> Option<Mailbox<'a>> {
    match entry(cursor)? {
        Entry::Mailbox(mailbox) => Some(mailbox),
        Entry::Group => None,
    }
}

/// A bare address first, as most are; else a name and what it is the name of.
fn entry<'a>(cursor: &mut Cursor<'a>) -> Option<Entry<'a>> {
    let start = cursor.position();
    if let Some(address) = address(cursor) {
        return Some(Entry::Mailbox(address.named(None)));
    }
    cursor.rewind(start);
    let name = phrase(cursor)?;
    if cursor.eat(b'<') {
        let address = address(cursor)?;
        let closes = cursor.eat(b'>');
        let after = gap(cursor)?;
        return closes.then(|| Entry::Mailbox(Address { after, ..address }.named(name)));
    }
    (name.is_some() && cursor.eat(b':')).then_some(Entry::Group)
}

/// The members of a group, to its semicolon. There may be none.
fn members<'a>(cursor: &mut Cursor<'a>, found: &mut Vec<Mailbox<'a>>) -> Option<()> {
    let start = cursor.position();
    gap(cursor)?;
    if !cursor.eat(b';') {
        cursor.rewind(start);
        loop {
            found.push(mailbox(cursor)?);
            if cursor.eat(b';') {
                break;
            }
            if !cursor.eat(b',') {
                return None;
            }
        }
    }
    gap(cursor).map(|_| ())
}

/// `local@domain` with what follows it.
struct Address<'a> {
    local: &'a str,
    domain: &'a str,
    after: Gap<'a>,
}

impl<'a> Address<'a> {
    /// A comment after the address is its name, if it has no other.
    fn named(self, name: Option<&'a str>) -> Mailbox<'a> {
        let display_name = match name {
            Some(name) => Some(display_name(name)),
            None => self.after.comment.map(|comment| Cow::Borrowed(comment.trim())),
        };
        Mailbox { local: self.local, domain: self.domain, display_name }
    }
}

fn address<'a>(cursor: &mut Cursor<'a>) -> Option<Address<'a>> {
    gap(cursor)?;
    let local = local_part(cursor)?;
    gap(cursor)?;
    if !cursor.eat(b'@') {
        return None;
    }
    gap(cursor)?;
    let domain = domain_name(cursor)?;
    Some(Address { local, domain, after: gap(cursor)? })
}

/// Without its quotes, if it is a valid local part without them.
fn local_part<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    if cursor.peek() != Some(b'"') {
        return dot_atom(cursor);
    }
    let start = cursor.position();
    let inside = quoted(cursor, Alphabet::Ascii)?;
    Some(if is_dot_atom(inside) { inside } else { cursor.since(start) })
}

/// Words with gaps around and between them, as written. `Some(None)` if there is no word.
fn phrase<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    let start = cursor.position();
    let mut has_words = false;
    loop {
        gap(cursor)?;
        match cursor.peek() {
            Some(b'"') => {
                quoted(cursor, Alphabet::Unicode)?;
            }
            Some(byte) if is_atext(byte) => {
                cursor.take_while(is_atext);
            }
            _ => return Some(has_words.then(|| cursor.since(start))),
        }
        has_words = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&str, &str, Option<String>)> {
        whole_mailbox(&mut Cursor::new(text))
            .map(|mailbox| (mailbox.local, mailbox.domain, mailbox.display_name.map(Cow::into_owned)))
    }

    #[test]
    fn mailboxes_are_read() {
        let cases = [
            ("nora@x.co", "nora", "x.co", None),
            (" nora@x.co\t", "nora", "x.co", None),
            ("\r\n nora@x.co", "nora", "x.co", None),
            ("nora @ X.co", "nora", "X.co", None),
            ("nora(a)@(b)x.co", "nora", "x.co", None),
            ("n.o+r'a@x.co", "n.o+r'a", "x.co", None),
            ("nora@x.co (Nora (Quill)) (Q)", "nora", "x.co", Some("Nora (Quill)")),
            ("<nora@x.co>", "nora", "x.co", None),
            ("<nora@x.co> (Nora)", "nora", "x.co", Some("Nora")),
            ("<nora@x.co (in)>", "nora", "x.co", None),
            ("(a) <nora@x.co>", "nora", "x.co", None),
            ("Nora O'Quill <nora@x.co>", "nora", "x.co", Some("Nora O'Quill")),
            ("Nora\tQ<nora@x.co>", "nora", "x.co", Some("Nora\tQ")),
            ("Nora (desk) <nora@x.co> (b)", "nora", "x.co", Some("Nora (desk)")),
            ("\"N. Quíll\" <nora@x.co>", "nora", "x.co", Some("N. Quíll")),
            ("\"\" <nora@x.co>", "nora", "x.co", Some("")),
            ("\"no.ra+x\"@x.co", "no.ra+x", "x.co", None),
            ("\"no ra\"@x.co", "\"no ra\"", "x.co", None),
            ("\"no..ra\"@x.co", "\"no..ra\"", "x.co", None),
            ("\"no@ra\"@x.co", "\"no@ra\"", "x.co", None),
            ("\"\"@x.co", "\"\"", "x.co", None),
            ("\"a\" b \"c.\" <nora@x.co>", "nora", "x.co", Some("a\" b \"c.")),
        ];
        for (text, local, domain, name) in cases {
            assert_eq!(read(text), Some((local, domain, name.map(str::to_owned))), "{text:?}");
        }
    }

    #[test]
    fn near_misses_are_not() {
        let cases = [
            "",
            "@",
            "nora",
            "nora@",
            "@x.co",
            "nora@x",
            "nora@x.c",
            "nora@x.v2",
            "nora@[10.0.0.1]",
            "nora@x.co.",
            "nora@x .co",
            ".nora@x.co",
            "nora.@x.co",
            "no..ra@x.co",
            "no ra@x.co",
            "nora@x.co ben@x.co",
            "nora@x.co,ben@x.co",
            "nora@x.co,",
            "Team: nora@x.co;",
            "mailto:nora@x.co",
            "nora@x.co>",
            "<nora@x.co",
            "Nora nora@x.co",
            "N. Q <nora@x.co>",
            "Ünï <nora@x.co>",
            "Nora [x] <nora@x.co>",
            "nöra@x.co",
            "\"nöra\"@x.co",
            "'nora@x.co'",
            "nora@x.co (a",
            "nora@x.co a)",
            "nora@x.co\n",
            "nora@x.co\r\n",
            "nora@x.co\r\n\tben@x.co",
            "\"nora@x.co",
            "\"nora\"ben@x.co",
            "nora@@x.co",
            "<<nora@x.co>>",
            "nora@x.co\u{a0}",
            "\u{feff}nora@x.co",
            "nora@x_y.co",
        ];
        for text in cases {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn lists_are_mailboxes_and_groups() {
        let cases: [(&str, Option<&[&str]>); 16] = [
            ("nora@x.co", Some(&["nora"])),
            ("nora@x.co , Ben <ben@x.co>", Some(&["nora", "ben"])),
            ("\"Quill, Nora\" <nora@x.co>,\r\n ben@x.co", Some(&["nora", "ben"])),
            ("Team: nora@x.co, ben@x.co; , cleo@x.co", Some(&["nora", "ben", "cleo"])),
            ("cleo@x.co,\"The (team)\": nora@x.co; (a)", Some(&["cleo", "nora"])),
            ("Nobody:;", Some(&[])),
            ("Nobody: (at all) ;", Some(&[])),
            ("", None),
            (",nora@x.co", None),
            ("nora@x.co,", None),
            ("nora@x.co,,ben@x.co", None),
            ("Team: nora@x.co", None),
            ("Team: nora@x.co,;", None),
            ("A: B: nora@x.co;;", None),
            (": nora@x.co;", None),
            ("nora@x.co; ben@x.co", None),
        ];
        for (text, expected) in cases {
            let found = list(&mut Cursor::new(text));
            let locals =
                found.as_ref().map(|list| list.iter().map(|mailbox| mailbox.local).collect::<Vec<_>>());
            assert_eq!(locals.as_deref(), expected, "{text:?}");
        }
    }

    /// Counts looks instead of seconds: each byte of a near miss is looked at a few times, however long it is.
    #[test]
    fn takes_linear_time_on_long_near_misses() {
        const MEGABYTE: usize = 1 << 20;
        let fill = |piece: &str| piece.repeat(MEGABYTE / piece.len());
        let near_misses = [
            fill("a"),
            fill("a."),
            fill("a "),
            fill("(") + "a@x.co",
            fill("()") + "a@x.c",
            fill("\"a\" "),
            fill("\\") + "@x.co",
            "\"".to_owned() + &fill("\\\"") + "@x.co",
            format!("a@{}", fill("a.")),
            format!("a@{}", fill("a-")),
            format!("<a@x.co{}", fill(" \r\n (x)")),
            fill("a@x.co,") + "!",
            fill("A: a@x.co;,") + "!",
            fill("\r\n ") + "\r",
        ];
        for text in near_misses {
            let mut cursor = Cursor::new(&text);
            assert!(whole_mailbox(&mut cursor).is_none());
            let alone = cursor.looks();
            let mut cursor = Cursor::new(&text);
            assert!(list(&mut cursor).is_none());
            let in_list = cursor.looks();
            assert!(alone.max(in_list) < 8 * text.len(), "{alone} and {in_list} looks at {:?}…", &text[..20]);
        }
    }
}
