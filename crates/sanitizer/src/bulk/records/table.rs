//! Record rules for tables, where names come from a header: it is enough that a name is meant.

use super::Records;
use crate::bulk::columnar::{folded, shown};
use crate::jsonpath::Selector;
use crate::schema::Shape;

impl Records {
    /// The name of a column as these rules spell it, or else as the header does without what surrounds it. Case, and what
    /// cannot be seen, do not keep a column from the rules that name it.
    pub fn column<'n>(&'n self, header: &'n str) -> &'n str {
        let folded_header = folded(header);
        let meant = |name: &&str| folded(name) == folded_header;
        let exact = |name: &&str| *name == shown(header);
        let name = self.names().find(exact).or_else(|| self.names().find(meant));
        name.unwrap_or_else(|| shown(header))
    }

    /// How many of the columns that transforms name alone, as in `$.email`, a header does not have.
    pub fn missing(&self, header: &[&str]) -> u64 {
        let there: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let alone = self.transforms.steps.iter().flat_map(|step| &step.paths).filter_map(|path| {
            match path.segments.as_slice() {
                [one] if !one.descend => match &one.selector {
                    Selector::Names(names) => Some(names),
                    _ => None,
                },
                _ => None,
            }
        });
        alone.flatten().filter(|name| !there.contains(&folded(name))).count() as u64
    }

    /// All names of members that transforms and schema speak of.
    fn names(&self) -> impl Iterator<Item = &str> {
        let of_paths =
            self.transforms.steps.iter().flat_map(|step| &step.paths).flat_map(|path| path.names());
        let schemas = [&self.transforms.schema, self.filter.as_ref().map_or(&None, |filter| &filter.schema)];
        let of_schemas = schemas.into_iter().flatten().flat_map(|schema| &schema.shapes).flat_map(listed);
        of_paths.chain(of_schemas.map(|(name, _)| name.as_str()))
    }
}

fn listed(shape: &Shape) -> &[(String, usize)] {
    match shape {
        Shape::Object(properties) => properties,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::records;

    #[test]
    fn columns_are_found_in_any_spelling() {
        let records = records(
            "transforms:\n- pseudonymize: [$.email, \"$['User Name']\", $..deep]\noutputSchemaFilter: {properties: {Listed: {type: string}}}\n",
        )
        .unwrap();
        for (header, column) in [
            ("email", "email"),
            (" EMail\u{a0}", "email"),
            ("\u{feff}user\u{a0}name", "User Name"),
            ("DEEP", "deep"),
            ("listed", "Listed"),
            (" Other ", "Other"),
        ] {
            assert_eq!(records.column(header), column, "{header:?}");
        }
        assert_eq!((records.missing(&["EMAIL", "user name"]), records.missing(&["x"])), (0, 2));
    }
}
