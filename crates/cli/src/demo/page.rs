//! How the demonstration looks: the width, the colours, headings and paragraphs.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A page of text of a certain width, with or without colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) width: usize,
    colours: bool,
}

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Heading,
    Faint,
    /// Something that must stay inside.
    Secret,
    /// Something made of it.
    Token,
    Good,
}

impl Page {
    pub(crate) fn new(terminal: bool, no_colour: bool) -> Page {
        let measured = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = measured.filter(|_| terminal).unwrap_or(100).clamp(60, 140);
        Page { width, colours: terminal && !no_colour }
    }

    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Page {
        Page { width, colours: false }
    }

    /// The text in its colour.
    pub(crate) fn ink(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Plain => return text.to_owned(),
            _ if !self.colours || text.is_empty() => return text.to_owned(),
            Ink::Heading => "1",
            Ink::Faint => "2",
            Ink::Secret => "33",
            Ink::Token => "36",
            Ink::Good => "32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Words in lines that fit, each behind the same indentation.
    pub(crate) fn paragraph(self, indent: usize, words: &str) -> String {
        let room = self.width.saturating_sub(indent);
        let mut lines = vec![String::new()];
        for word in words.split_whitespace() {
            let line = lines.last_mut().expect("there is always a line");
            if !line.is_empty() && line.width() + 1 + word.width() > room {
                lines.push(word.to_owned());
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        lines.iter().map(|line| format!("{:indent$}{line}\n", "")).collect()
    }
}

/// The text in exactly `width` columns: cut with an ellipsis, or padded.
pub(crate) fn fitted(text: &str, width: usize) -> String {
    let cut = cut(text, width);
    let missing = width.saturating_sub(cut.width());
    format!("{cut}{:missing$}", "")
}

/// The text in at most `width` columns, an ellipsis at the end if it was longer.
pub(crate) fn cut(text: &str, width: usize) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.width() <= width {
        return text;
    }
    let mut taken = 0;
    let kept = text.chars().take_while(|letter| {
        taken += letter.width().unwrap_or(0);
        taken < width
    });
    kept.collect::<String>() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_text_of_any_script_into_its_column() {
        let cases = [
            ("Mirela", 8, "Mirela  "),
            ("Mirela Castellan", 8, "Mirela …"),
            ("下里 春樹", 6, "下里 …"),
            ("下里", 4, "下里"),
            ("a\nb", 4, "a b "),
            ("", 2, "  "),
        ];
        for (text, width, expected) in cases {
            assert_eq!(fitted(text, width), expected, "{text:?}");
        }
    }

    #[test]
    fn breaks_paragraphs_at_words() {
        assert_eq!(
            Page::plain(24).paragraph(2, "who is there, and how much do they meet?"),
            "  who is there, and how\n  much do they meet?\n"
        );
        assert_eq!(Page::plain(24).paragraph(0, &"x".repeat(30)), "x".repeat(30) + "\n");
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let colourful = Page { colours: true, ..Page::plain(24) };
        assert_eq!(colourful.ink(Ink::Token, "p~"), "\x1b[36mp~\x1b[0m");
        assert_eq!(
            (colourful.ink(Ink::Token, ""), Page::plain(24).ink(Ink::Token, "p~")),
            (String::new(), "p~".to_owned())
        );
    }
}
