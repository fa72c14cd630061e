//! The rules and connectors that are shipped with the program, by the value of `SOURCE`.

use crate::connector::Connector;
use crate::rules_text::RulesText;

/// The sources that need no `RULES`.
pub const SOURCES: &[&str] = &["zoom"];

/// The rules for a source.
pub fn rules(source: &str) -> Option<RulesText> {
    let text = match source {
        "zoom" => include_str!("../../../rules/zoom/rules.yaml"),
        _ => return None,
    };
    Some(RulesText { name: format!("rules/{source}/rules.yaml"), text: text.to_owned(), prebuilt: true })
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
            assert!(rules(source).unwrap().text.contains("endpoints"));
        }
        assert!(rules("tea").is_none() && connector("tea").is_none());
    }
}
