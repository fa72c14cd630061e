//! Which endpoint of the new file is which of the old one.

use std::collections::{HashMap, VecDeque};

use vizard_sanitizer::outline::Endpoint;

use super::Loaded;

/// The endpoints of two files, side by side.
pub(super) struct Pairs {
    /// By position in the new file: the position in the old one; `None`: it is new.
    pub(super) was: Vec<Option<usize>>,
    /// By position in the old file: the position in the new one; `None`: it is gone.
    pub(super) is: Vec<Option<usize>>,
}

impl Pairs {
    /// The positions in the old file of those that are gone.
    pub(super) fn removed(&self) -> impl Iterator<Item = usize> {
        self.is.iter().enumerate().filter(|(_, is)| is.is_none()).map(|(index, _)| index)
    }

    fn join(&mut self, old: usize, new: usize) {
        self.was[new] = Some(old);
        self.is[old] = Some(new);
    }

    /// Joins what has the same key, in the order of the files.
    fn join_by(&mut self, old: &[Endpoint], new: &[Endpoint], key: impl Fn(&Endpoint) -> Option<String>) {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, endpoint) in old.iter().enumerate().filter(|(index, _)| self.is[*index].is_none()) {
            if let Some(key) = key(endpoint) {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        for (index, endpoint) in new.iter().enumerate() {
            if self.was[index].is_none()
                && let Some(key) = key(endpoint)
                && let Some(was) = waiting.get_mut(&key).and_then(VecDeque::pop_front)
            {
                self.join(was, index);
            }
        }
    }
}

/// By the exact path, then by the path without the names of parameters, then by calls that both answer.
pub(super) fn pair(old: &Loaded, new: &Loaded) -> Pairs {
    let (was, is) = (&old.outline.endpoints, &new.outline.endpoints);
    let mut pairs = Pairs { was: vec![None; is.len()], is: vec![None; was.len()] };
    pairs.join_by(was, is, |it| Some(format!("{} {} {:?}", it.is_regex, it.path.text, methods(it))));
    pairs.join_by(was, is, |it| Some(format!("{} {}", it.is_regex, it.path.text)));
    pairs.join_by(was, is, |it| {
        (!it.is_regex).then(|| format!("{} {:?}", nameless(&it.path.text), methods(it)))
    });
    pairs.join_by(was, is, |it| (!it.is_regex).then(|| nameless(&it.path.text)));
    by_calls(&mut pairs, old, new);
    pairs
}

/// The methods in one spelling; `None`: any.
pub(super) fn methods(endpoint: &Endpoint) -> Option<Vec<String>> {
    let mut methods: Vec<String> =
        endpoint.methods.as_ref()?.iter().map(|it| it.text.trim().to_ascii_uppercase()).collect();
    methods.sort_unstable();
    methods.dedup();
    Some(methods)
}

/// A template in one spelling, without the names of its parameters.
pub(super) fn nameless(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once('{') {
        out.push_str(&before.to_ascii_lowercase());
        let (name, after) = inside.split_once('}').unwrap_or((inside, ""));
        out.push_str(if name.ends_with('?') { "{?}" } else { "{}" });
        rest = after;
    }
    out.push_str(&rest.to_ascii_lowercase());
    out
}

/// Most calls that are tried.
const MOST_CALLS: usize = 2_000;

fn by_calls(pairs: &mut Pairs, old: &Loaded, new: &Loaded) {
    let (Some(old), Some(new)) = (&old.rules, &new.rules) else { return };
    if pairs.removed().next().is_none() || pairs.was.iter().all(Option::is_some) {
        return;
    }
    for call in old.sample_calls().into_iter().take(MOST_CALLS) {
        if pairs.is[call.endpoint].is_none() {
            let admit = new.all_that_admit(&call.method, &call.path, call.query.as_deref());
            if let Some(new) = admit.into_iter().find(|it| pairs.was[*it].is_none()) {
                pairs.join(call.endpoint, new);
            }
        }
    }
    for call in new.sample_calls().into_iter().take(MOST_CALLS) {
        if pairs.was[call.endpoint].is_none() {
            let admit = old.all_that_admit(&call.method, &call.path, call.query.as_deref());
            if let Some(old) = admit.into_iter().find(|it| pairs.is[*it].is_none()) {
                pairs.join(old, call.endpoint);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nameless;

    #[test]
    fn paths_are_the_same_without_names() {
        for (template, expected) in [
            ("/v2/Users/{userId}", "/v2/users/{}"),
            ("/a/{x}-{y?}.json", "/a/{}-{?}.json"),
            ("/a", "/a"),
            ("/a/{open", "/a/{}"),
        ] {
            assert_eq!(nameless(template), expected);
        }
    }
}
