//! The rules and connectors that are shipped with the program, by the value of `SOURCE`.

use vizard_sanitizer::extends::Shipped;

use crate::connector::Connector;
use crate::rules_text::RulesText;

/// The sources that need no `RULES`.
pub const SOURCES: &[&str] = &["zoom"];

/// The rules of these sources, which other rule files can extend.
pub const RULES: &[Shipped<'static>] =
    &[Shipped { source: "zoom", text: include_str!("../../../rules/zoom/rules.yaml") }];

/// The rules for a source.
pub fn rules(source: &str) -> Option<RulesText> {
    let Shipped { source, text } = RULES.iter().find(|it| it.source == source)?;
    Some(RulesText { name: format!("rules/{source}/rules.yaml"), text: (*text).to_owned(), prebuilt: true })
}

/// The connector of a source.
pub fn connector(source: &str) -> Option<Connector> {
    let text = match source {
        "zoom" => include_str!("../../../rules/zoom/connector.yaml"),
        _ => return None,
    };
    Some(Connector::parse(text).expect("shipped connectors are read by a test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_source_has_rules_and_a_connector_of_its_name() {
        for source in SOURCES {
            assert_eq!(&connector(source).unwrap().source, source);
            let text = rules(source).unwrap().text;
            assert!(text.contains("endpoints"));
            assert!(!text.contains("extends"), "{source} would be parsed twice");
        }
        assert!(RULES.iter().map(|it| it.source).eq(SOURCES.iter().copied()));
        assert!(rules("tea").is_none() && connector("tea").is_none());
    }
}
