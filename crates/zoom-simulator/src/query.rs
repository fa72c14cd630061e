//! Query strings and form bodies.

use percent_encoding::percent_decode_str;

/// The decoded parameters of a request, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decoded(name), form_decoded(value))
        });
        Query { pairs: pairs.collect() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters of both, these first.
    pub(crate) fn and(mut self, other: Query) -> Query {
        self.pairs.extend(other.pairs);
        self
    }

    /// All but one parameter in a fixed order, to recognize an equal query.
    pub(crate) fn without(&self, name: &str) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = self
            .pairs
            .iter()
            .filter(|(key, _)| key != name)
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        pairs.sort_unstable();
        pairs
    }
}

fn form_decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn decodes_names_and_values() {
        let query = Query::parse("a=1&b=x%20y+z&a=2&c&&d=p%40q");
        let found = ["a", "b", "c", "d", "e"].map(|name| query.get(name));
        assert_eq!(found, [Some("1"), Some("x y z"), Some(""), Some("p@q"), None]);
        assert_eq!(query.without("b").len(), 4);
    }
}
