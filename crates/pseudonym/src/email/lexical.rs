//! The words of the grammar: white space and comments, atoms, quoted strings. RFC 2822, 3.2.

use super::cursor::Cursor;

/// White space and comments between words.
pub(super) struct Gap<'a> {
    /// The inside of the first comment.
    pub(super) comment: Option<&'a str>,
}

/// Steps over white space, folded lines and comments, if any. `None` if a comment is broken.
pub(super) fn gap<'a>(cursor: &mut Cursor<'a>) -> Option<Gap<'a>> {
    let mut comment = None;
    loop {
        match cursor.peek() {
            Some(b' ' | b'\t') => cursor.step(),
            Some(b'\r') => {
                if !fold(cursor) {
                    break;
                }
            }
            Some(b'(') => {
                let inside = self::comment(cursor)?;
                comment = comment.or(Some(inside));
            }
            _ => break,
        }
    }
    Some(Gap { comment })
}

/// Steps over a line break that is followed by white space.
fn fold(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.position();
    let folds = cursor.eat(b'\r') && cursor.eat(b'\n') && matches!(cursor.peek(), Some(b' ' | b'\t'));
    if !folds {
        cursor.rewind(start);
    }
    folds
}

/// Steps over a comment and gives its inside. Nesting is counted, not recursed into.
fn comment<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    cursor.step();
    let start = cursor.position();
    let mut depth = 1;
    loop {
        match cursor.peek()? {
            b'\r' => {
                if !fold(cursor) {
                    return None;
                }
                continue;
            }
            b'\\' => quoted_pair(cursor)?,
            b'(' => depth += 1,
            b')' if depth > 1 => depth -= 1,
            b')' => {
                let inside = cursor.since(start);
                cursor.step();
                return Some(inside);
            }
            b' ' | b'\t' | b'!'..=b'~' => {}
            byte if is_control(byte) => {}
            _ => return None,
        }
        cursor.step();
    }
}

/// Whether a quoted string may hold letters outside ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    Ascii,
    Unicode,
}

/// Steps over a quoted string and gives its inside, with its backslashes.
pub(super) fn quoted<'a>(cursor: &mut Cursor<'a>, alphabet: Alphabet) -> Option<&'a str> {
    if !cursor.eat(b'"') {
        return None;
    }
    let start = cursor.position();
    loop {
        match cursor.peek()? {
            b'\r' => {
                if !fold(cursor) {
                    return None;
                }
                continue;
            }
            b'\\' => quoted_pair(cursor)?,
            b'"' => {
                let inside = cursor.since(start);
                cursor.step();
                return Some(inside);
            }
            b' ' | b'\t' | b'!'..=b'~' => {}
            byte if is_control(byte) => {}
            0x80.. if alphabet == Alphabet::Unicode => {}
            _ => return None,
        }
        cursor.step();
    }
}

/// Steps onto what follows a backslash, if it may.
fn quoted_pair(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.step();
    matches!(cursor.peek()?, 0x01..=0x09 | 0x0b | 0x0c | 0x0e..=0x7f).then_some(())
}

/// Control characters other than white space, line breaks and NUL.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f)
}

/// The letters of atoms.
pub(super) fn is_atext(byte: u8) -> bool {
    ATEXT[usize::from(byte)]
}

static ATEXT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        table[byte as usize] =
            !matches!(byte, b'"' | b'(' | b')' | b',' | b'.' | b':'..=b'<' | b'>' | b'@' | b'['..=b']');
        byte += 1;
    }
    table
};

/// Whether a text is atoms with single dots between them.
pub(super) fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// Steps over atoms with single dots between them.
pub(super) fn dot_atom<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let text = cursor.take_while(|byte| is_atext(byte) || byte == b'.');
    let dots_divide =
        !text.is_empty() && !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    dots_divide.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atoms_have_the_letters_of_the_rfc() {
        let letters = (0..=255).filter(|&byte| is_atext(byte)).map(char::from).collect::<String>();
        assert_eq!(
            letters,
            "!#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"
        );
    }

    #[test]
    fn gaps_are_space_folds_and_nested_comments() {
        let cases = [
            ("", Some((0, None))),
            (" \t\r\n x", Some((5, None))),
            (" \r\nx", Some((1, None))),
            ("(a(b)c) (d) x", Some((12, Some("a(b)c")))),
            (r"(a\)b)", Some((6, Some(r"a\)b")))),
            ("(a\r\n b)", Some((7, Some("a\r\n b")))),
            ("((a)", None),
            ("(a\nb)", None),
            ("(a\r\nb)", None),
            ("(é)", None),
            ("(\0)", None),
            ("(\u{1}\u{7f})", Some((4, Some("\u{1}\u{7f}")))),
        ];
        for (text, expected) in cases {
            let mut cursor = Cursor::new(text);
            let found = gap(&mut cursor).map(|gap| (cursor.position(), gap.comment));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn quoted_strings_end_at_the_first_quote_that_is_not_escaped() {
        let cases = [
            (r#""a b" c"#, Alphabet::Ascii, Some("a b")),
            (r#""a\"b\\""#, Alphabet::Ascii, Some(r#"a\"b\\"#)),
            (r#""""#, Alphabet::Ascii, Some("")),
            (r#""a"#, Alphabet::Ascii, None),
            (r#""a\"#, Alphabet::Ascii, None),
            ("\"é\"", Alphabet::Ascii, None),
            ("\"é\"", Alphabet::Unicode, Some("é")),
            ("\"\\é\"", Alphabet::Unicode, None),
            ("\"a\nb\"", Alphabet::Unicode, None),
        ];
        for (text, alphabet, expected) in cases {
            assert_eq!(quoted(&mut Cursor::new(text), alphabet), expected, "{text:?}");
        }
    }
}
