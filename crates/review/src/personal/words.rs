//! The words of a name: `hostEmail`, `host_email`, `HostEMail` and `host-emails` are all `host` and `email`.

use super::lists;

/// Beyond this many bytes a name is not read any further: nobody calls a field so.
const LONGEST: usize = 200;

/// The words of a name in lower case and singular. Glued words that are common in APIs are taken apart.
pub(crate) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in cut(name) {
        let word = singular(&word);
        match lists::GLUED.iter().find(|(glued, _)| *glued == word) {
            Some((_, parts)) => words.extend(parts.iter().map(|part| (*part).to_owned())),
            None => words.push(word),
        }
    }
    join(words)
}

/// Where the writing changes: at anything that is no letter, at digits, and where a capital begins a word.
fn cut(name: &str) -> Vec<String> {
    let name: Vec<char> = name.chars().take(LONGEST).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in name.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| name[i]);
        let after = name.get(i + 1).copied();
        let begins = c.is_uppercase()
            && (before.is_some_and(|it| it.is_lowercase() || it.is_ascii_digit())
                || before.is_some_and(char::is_uppercase) && after.is_some_and(char::is_lowercase));
        if (begins || !c.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Without the ending of a plural, as far as that can be told without a dictionary.
fn singular(word: &str) -> String {
    const NOT_PLURAL: &[&str] =
        &["address", "sms", "dns", "gps", "tls", "https", "is", "has", "was", "this", "alias", "its"];
    if word.len() <= 2 || NOT_PLURAL.contains(&word) || word.ends_with("ss") || word.ends_with("us") {
        return word.to_owned();
    }
    if word == "people" {
        return "person".to_owned();
    }
    if let Some(stem) =
        word.strip_suffix("ies").filter(|stem| !matches!(*stem, "cook" | "mov" | "ser" | "spec"))
    {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("es")
        && (stem.ends_with("ss")
            || stem.ends_with('x')
            || stem.ends_with("ch")
            || stem.ends_with("sh")
            || stem == "alias")
    {
        return stem.to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Puts together what is one word in two: `e` `mail`, `log` `in`, `zip` `code`.
fn join(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let pair = joined.last().and_then(|last| {
            lists::PAIRS.iter().find(|(a, b, _)| *a == last.as_str() && *b == word.as_str())
        });
        match (pair, joined.last_mut()) {
            (Some((_, _, one)), Some(last)) => (*one).clone_into(last),
            (Some(_), None) | (None, _) => joined.push(word),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_in_any_writing_are_the_same_words() {
        for (name, words) in [
            ("hostEmail", "host email"),
            ("host_email", "host email"),
            ("Host-E-Mails", "host email"),
            ("HTTPServerIPAddress", "http server ip address"),
            ("userID", "user id"),
            ("userIds", "user id"),
            ("USER_ID", "user id"),
            ("addressLine2", "address line"),
            ("addresses", "address"),
            ("companies", "company"),
            ("status", "status"),
            ("firstname", "first name"),
            ("username", "user name"),
            ("eMail", "email"),
            ("log_in_ip", "login ip"),
            ("zip_code", "zip"),
            ("nächste_straße", "nächste straße"),
            ("", ""),
            ("__1__", ""),
        ] {
            assert_eq!(super::split(name).join(" "), words, "{name}");
        }
    }
}
