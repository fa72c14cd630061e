//! Compact JSON as example files have it.

/// Two spaces deep, every scalar exactly as the engine wrote it. `body` is JSON without space between its tokens.
pub fn pretty(body: &str) -> String {
    let mut shown = String::with_capacity(body.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_string {
            shown.push(letter);
            in_string = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '{' | '[' if matches!(letters.peek(), Some('}' | ']')) => shown.push(letter),
            '{' | '[' => {
                depth += 1;
                shown.push(letter);
                line(&mut shown, depth);
            }
            '}' | ']' if shown.ends_with(['{', '[']) => shown.push(letter),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(letter);
            }
            ',' => {
                shown.push(letter);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            letter => {
                in_string = letter == '"';
                shown.push(letter);
            }
        }
    }
    shown.push('\n');
    shown
}

fn line(shown: &mut String, depth: usize) {
    shown.push('\n');
    shown.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn indents_and_changes_nothing_else() {
        let compact = r#"{"a":[1e2,{},[],"x\"{,:}\\"],"b":{"c":null}}"#;
        let shown = "{\n  \"a\": [\n    1e2,\n    {},\n    [],\n    \"x\\\"{,:}\\\\\"\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}\n";
        assert_eq!(pretty(compact), shown);
    }
}
