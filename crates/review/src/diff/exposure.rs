//! What a rule file lets out and in, counted.

use serde::Serialize;

use crate::fates::{EndpointFates, Fate};

/// The figures of one rule file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// Endpoints.
    pub endpoints: usize,
    /// Endpoints without a response schema, where every field leaves that no transform names.
    pub open: usize,
    /// Listed fields that can be read, wholly or in part.
    pub clear: usize,
    /// Listed fields that become reversible pseudonyms.
    pub reversible: usize,
    /// Listed fields that become pseudonyms that cannot be turned back.
    pub pseudonymized: usize,
    /// Listed fields of which only the length and number of words leave.
    pub digested: usize,
    /// Listed fields of which nothing but their presence leaves, or not even that.
    pub nothing: usize,
}

impl Exposure {
    pub(super) fn of(fates: &[EndpointFates<'_>]) -> Exposure {
        let mut all = Exposure { endpoints: fates.len(), ..Exposure::default() };
        for endpoint in fates {
            all.open += usize::from(endpoint.is_open);
            for field in &endpoint.fields {
                *match field.worst().fate {
                    fate if fate.is_clear() => &mut all.clear,
                    Fate::Reversible => &mut all.reversible,
                    Fate::Pseudonymized => &mut all.pseudonymized,
                    Fate::Digested => &mut all.digested,
                    Fate::Dropped | Fate::Null | Fate::Constant => &mut all.nothing,
                    Fate::Limited | Fate::Partial | Fate::Original | Fate::Kept => &mut all.clear,
                } += 1;
            }
        }
        all
    }

    /// The figures with their names, in the order in which they are shown.
    pub fn figures(&self) -> [(&'static str, usize); 7] {
        [
            ("endpoints", self.endpoints),
            ("endpoints without a schema", self.open),
            ("fields kept in whole or part", self.clear),
            ("fields reversible", self.reversible),
            ("fields pseudonymized", self.pseudonymized),
            ("fields digested", self.digested),
            ("fields without content", self.nothing),
        ]
    }
}
