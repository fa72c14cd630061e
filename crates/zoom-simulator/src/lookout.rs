//! Looks for canaries in what a proxy puts out: bodies, headers, logs, metrics, errors.

use std::collections::HashMap;

use crate::ledger::Canary;

/// Finds many canaries in one pass over an output, each in all of its spellings.
///
/// ```
/// # use vizard_zoom_simulator::{Canary, Lookout};
/// let lookout = Lookout::new(vec![Canary { kind: "name", text: "Castellan".into() }]);
/// assert_eq!(lookout.found_in(b"GET /users?q=castellan").len(), 1);
/// assert!(lookout.found_in(b"GET /users?q=t~q83vEjRWeJCrze8").is_empty());
/// ```
pub struct Lookout {
    canaries: Vec<Canary>,
    /// Spellings by how they begin, each with the position of its canary.
    by_start: HashMap<[u8; START], Vec<(usize, Vec<u8>)>>,
}

/// No canary is shorter.
const START: usize = 5;

impl Lookout {
    /// Prepares the search, which takes longer than searching.
    pub fn new(canaries: Vec<Canary>) -> Self {
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        for (position, canary) in canaries.iter().enumerate() {
            for spelling in canary.spellings() {
                if let Some(start) = spelling.as_bytes().first_chunk::<START>() {
                    by_start.entry(*start).or_default().push((position, spelling.clone().into_bytes()));
                }
            }
        }
        Lookout { canaries, by_start }
    }

    /// How many canaries are looked for.
    pub fn watched(&self) -> usize {
        self.canaries.len()
    }

    /// The canaries that occur in an output.
    pub fn found_in(&self, output: &[u8]) -> Vec<&Canary> {
        let starts = output.windows(START).enumerate();
        let mut found: Vec<usize> = starts
            .filter_map(|(at, start)| Some((at, self.by_start.get(start)?)))
            .flat_map(|(at, spellings)| spellings.iter().map(move |spelling| (at, spelling)))
            .filter(|(at, (_, spelling))| output[*at..].starts_with(spelling))
            .map(|(_, (position, _))| *position)
            .collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|position| &self.canaries[position]).collect()
    }
}

impl std::fmt::Debug for Lookout {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Lookout").field("watched", &self.watched()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Lookout;
    use crate::ledger::Canary;

    #[test]
    fn finds_every_spelling_and_nothing_else() {
        let canary = |kind, text: &str| Canary { kind, text: text.into() };
        let email = canary("email", "mirela.castellan@lumen-orchard.example");
        let name = canary("name", "Євгенія");
        let lookout = Lookout::new(vec![email.clone(), name.clone()]);
        let cases = [
            ("{\"email\":\"mirela.castellan@lumen-orchard.example\"}", vec![&email]),
            ("MIRELA.CASTELLAN@LUMEN-ORCHARD.EXAMPLE", vec![&email]),
            ("/users/mirela%2Ecastellan%40lumen%2Dorchard%2Eexample", vec![&email]),
            ("bWlyZWxhLmNhc3RlbGxhbkBsdW1lbi1vcmNoYXJkLmV4YW1wbGU=", vec![&email]),
            ("\\u0404\\u0432\\u0433\\u0435\\u043d\\u0456\\u044f", vec![&name]),
            ("t~abc@lumen-orchard.example", vec![]),
            ("mire", vec![]),
        ];
        for (output, expected) in cases {
            assert_eq!(lookout.found_in(output.as_bytes()), expected, "{output}");
        }
    }
}
