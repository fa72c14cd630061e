//! Changes to the text of the shipped rules, of which it is known whether they let out more or less.

/// What a change does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    Grows,
    Shrinks,
    /// Cannot be judged, so that both directions count as growth.
    Unclear,
    Neutral,
}

/// Numbers that are the same at every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A way to change rules.
pub(super) struct Mutation {
    pub(super) name: &'static str,
    /// `None`: there is nothing to change in this way.
    pub(super) change: fn(&str, &mut Dice) -> Option<(String, Expected)>,
}

impl Mutation {
    const fn new(name: &'static str, change: fn(&str, &mut Dice) -> Option<(String, Expected)>) -> Mutation {
        Mutation { name, change }
    }
}

pub(super) const MUTATIONS: &[Mutation] = &[
    Mutation::new("a path is taken out of a transform", no_path),
    Mutation::new("a field is listed", more_fields),
    Mutation::new("a field is listed no more", fewer_fields),
    Mutation::new("a method is added", |text, dice| {
        replaced(
            text,
            dice,
            "allowedMethods: [\"GET\"]",
            "allowedMethods: [\"GET\", \"POST\"]",
            Expected::Grows,
        )
    }),
    Mutation::new("any method passes", |text, dice| {
        without_line(text, dice, "    allowedMethods:", Expected::Grows)
    }),
    Mutation::new("a query parameter is added", |text, dice| {
        replaced(text, dice, "allowedQueryParams: [", "allowedQueryParams: [\"zz\",", Expected::Grows)
    }),
    Mutation::new("any query parameter passes", |text, dice| {
        without_line(text, dice, "    allowedQueryParams: ", Expected::Grows)
    }),
    Mutation::new("a query parameter passes no more", |text, dice| {
        replaced(text, dice, ", \"next_page_token\"]", "]", Expected::Shrinks)
    }),
    Mutation::new("a schema is dropped", |text, dice| {
        without_line(text, dice, "    responseSchema: { $ref", Expected::Grows)
    }),
    Mutation::new("pseudonyms can be turned back no more", |text, dice| {
        without_line(text, dice, "        includeReversible: true", Expected::Shrinks)
    }),
    Mutation::new("pseudonyms leave their domain out", |text, dice| {
        replaced(
            text,
            dice,
            "<pseudonymize>\n        encoding: \"URL_SAFE_TOKEN\"",
            "<pseudonymize>\n        encoding: \"URL_SAFE_HASH_ONLY\"",
            Expected::Shrinks,
        )
    }),
    Mutation::new("any scalar leaves", |text, dice| {
        replaced_in_schemas(text, dice, "{ type: integer }", "{}", Expected::Grows)
    }),
    Mutation::new("a number leaves where there was a text", |text, dice| {
        replaced_in_schemas(text, dice, "{ type: integer }", "{ type: string }", Expected::Unclear)
    }),
    Mutation::new("a parameter may hold fewer words", |text, dice| {
        replaced(text, dice, "enum: [\"active\", ", "enum: [", Expected::Shrinks)
    }),
    Mutation::new("a parameter has another pattern", |text, dice| {
        replaced(text, dice, "{ pattern: '", "{ pattern: 'x?", Expected::Unclear)
    }),
    Mutation::new("a regex keeps something else", |text, dice| {
        replaced(text, dice, "exceptions: ['^20", "exceptions: ['^2?0", Expected::Unclear)
    }),
    Mutation::new("an endpoint is gone", |text, dice| {
        let mut blocks = endpoints(text);
        blocks.1.remove(dice.below(blocks.1.len()));
        Some((joined(&blocks), Expected::Shrinks))
    }),
    Mutation::new("endpoints that never meet change places", |text, dice| {
        let mut blocks = endpoints(text);
        let last = blocks.1.len() - 1;
        blocks.1.swap(dice.below(last), last);
        Some((joined(&blocks), Expected::Neutral))
    }),
    Mutation::new("a digest of a text is added", |text, dice| {
        let augment =
            "    augments:\n      - !<textDigest>\n        jsonPaths: [\"$.agenda\"]\n    transforms:\n";
        replaced(text, dice, "    transforms:\n", augment, Expected::Grows)
    }),
    Mutation::new("a header is sent on", |text, _| {
        Some((format!("{text}\nallowedRequestHeaders: [X-Zz]\n"), Expected::Grows))
    }),
    Mutation::new("a transform applies sometimes only", |text, dice| {
        let with = "!<pseudonymize>\n        applyOnlyWhen: \"$[?(@.zz == 1)]\"\n";
        replaced(text, dice, "!<pseudonymize>\n", with, Expected::Grows)
    }),
];

/// One to three of them.
pub(super) fn several(text: &str, dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.below(3) {
        let mutation = &MUTATIONS[dice.below(MUTATIONS.len())];
        let changed = (mutation.change)(&text, dice).map(|(changed, _)| changed);
        // Two changes may not fit together, such as the same key twice.
        text = changed.filter(|it| vizard_sanitizer::RuleSet::load("rules", it).is_ok()).unwrap_or(text);
    }
    text
}

fn pick(places: &[usize], dice: &mut Dice) -> Option<usize> {
    (!places.is_empty()).then(|| places[dice.below(places.len())])
}

fn replaced(
    text: &str,
    dice: &mut Dice,
    what: &str,
    with: &str,
    expected: Expected,
) -> Option<(String, Expected)> {
    let places: Vec<usize> = text.match_indices(what).map(|(at, _)| at).collect();
    let at = pick(&places, dice)?;
    Some((format!("{}{with}{}", &text[..at], &text[at + what.len()..]), expected))
}

/// The same where a response schema lists a field.
fn replaced_in_schemas(
    text: &str,
    dice: &mut Dice,
    what: &str,
    with: &str,
    expected: Expected,
) -> Option<(String, Expected)> {
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> =
        (0..lines.len()).filter(|&at| lines[at].ends_with(what) && is_listed(&lines, at)).collect();
    let at = pick(&places, dice)?;
    let line = lines[at].replace(what, with);
    Some((with_line(&lines, at, Some(&line)), expected))
}

fn without_line(text: &str, dice: &mut Dice, begins: &str, expected: Expected) -> Option<(String, Expected)> {
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with(begins)).collect();
    Some((with_line(&lines, pick(&places, dice)?, None), expected))
}

fn with_line(lines: &[&str], at: usize, line: Option<&str>) -> String {
    let all = lines[..at].iter().copied().chain(line).chain(lines[at + 1..].iter().copied());
    all.map(|line| format!("{line}\n")).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the key that a line is below is `properties`.
fn is_listed(lines: &[&str], at: usize) -> bool {
    let above = lines[..at].iter().rev();
    let mut above = above.filter(|it| !it.trim().is_empty() && !it.trim_start().starts_with('#'));
    above.find(|it| indent(it) < indent(lines[at])).is_some_and(|it| it.trim() == "properties:")
}

fn no_path(text: &str, dice: &mut Dice) -> Option<(String, Expected)> {
    let lines: Vec<&str> = text.lines().collect();
    let is_path = |at: usize| lines.get(at).is_some_and(|it| it.trim_start().starts_with("- \"$"));
    // One of several, so that the list is not empty.
    let places: Vec<usize> =
        (1..lines.len()).filter(|&at| is_path(at) && (is_path(at - 1) || is_path(at + 1))).collect();
    Some((with_line(&lines, pick(&places, dice)?, None), Expected::Grows))
}

fn more_fields(text: &str, dice: &mut Dice) -> Option<(String, Expected)> {
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].trim() == "properties:").collect();
    let at = pick(&places, dice)?;
    let names = ["agenda", "first_name", "join_url", "zz"];
    let name = names[dice.below(names.len())];
    let added = format!("{}\n{}{name}: {{ type: string }}", lines[at], " ".repeat(indent(lines[at]) + 2));
    let changed = with_line(&lines, at, Some(&added));
    vizard_sanitizer::RuleSet::load("rules", &changed).is_ok().then_some((changed, Expected::Grows))
}

fn fewer_fields(text: &str, dice: &mut Dice) -> Option<(String, Expected)> {
    let lines: Vec<&str> = text.lines().collect();
    let leaf = |at: usize| lines.get(at).is_some_and(|it| it.contains(": { type: ") && it.ends_with('}'));
    let places: Vec<usize> =
        (1..lines.len()).filter(|&at| leaf(at) && leaf(at - 1) && is_listed(&lines, at)).collect();
    Some((with_line(&lines, pick(&places, dice)?, None), Expected::Shrinks))
}

/// What stands before the endpoints, they themselves, and what stands behind them.
fn endpoints(text: &str) -> (String, Vec<String>, String) {
    let (body, definitions) = text.split_once("\ndefinitions:").unwrap();
    let mut blocks: Vec<String> = body.split("\n  - pathTemplate:").map(str::to_owned).collect();
    let head = blocks.remove(0);
    (head, blocks, definitions.to_owned())
}

fn joined((head, blocks, definitions): &(String, Vec<String>, String)) -> String {
    let blocks: String = blocks.iter().map(|it| format!("\n  - pathTemplate:{it}\n")).collect();
    format!("{head}{blocks}\ndefinitions:{definitions}")
}
