//! JSON paths of rule files, read by the table of the dialect in docs/RULES.md.

pub(crate) mod reach;

/// A path: steps from the document down. None at all names the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// After two dots: at every depth, the current value included.
    pub(crate) descend: bool,
    pub(crate) select: Select,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Select {
    Names(Vec<String>),
    All,
    Positions(Vec<i64>),
    Slice(Option<i64>, Option<i64>),
    /// What it asks is not read: from the output alone it cannot be answered.
    Filter,
}

impl Path {
    /// Reads a path. A quoted name that ends in `[*]` makes further paths, which reach the elements of that name.
    pub(crate) fn read(text: &str) -> Result<Vec<Path>, String> {
        if text.len() > LONGEST {
            return Err(format!("a path of more than {LONGEST} bytes"));
        }
        let text = text.trim();
        let whole = if text.starts_with(['$', '@']) { text.to_owned() } else { format!("$.{text}") };
        let letters: Vec<char> = whole.chars().collect();
        let mut reader = Reader { letters: &letters, at: 1 };
        let path = reader.path()?;
        variants(path)
    }

    /// Whether it names one place at most, whatever the document.
    pub(crate) fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| {
            !step.descend
                && match &step.select {
                    Select::Names(names) => names.len() == 1,
                    Select::Positions(positions) => positions.len() == 1,
                    Select::All | Select::Slice(..) | Select::Filter => false,
                }
        })
    }

    /// Collects the names that it asks for.
    pub(crate) fn names(&self, all: &mut std::collections::BTreeSet<String>) {
        for step in &self.steps {
            if let Select::Names(names) = &step.select {
                all.extend(names.iter().cloned());
            }
        }
    }

    /// Whether its places can be elements of a list.
    pub(crate) fn ends_in_a_list(&self) -> bool {
        self.steps.last().is_some_and(|step| !matches!(step.select, Select::Names(_)))
    }
}

/// `['a[*]','b']` is read as the names, and as the elements of `a`, too.
fn variants(path: Path) -> Result<Vec<Path>, String> {
    let mut more = Vec::new();
    for (number, step) in path.steps.iter().enumerate() {
        let Select::Names(names) = &step.select else { continue };
        for name in names {
            let stem = name.strip_suffix("[*]").unwrap_or(name);
            if stem.contains(['[', ']', '*']) {
                return Err("a quoted name that holds `[`, `]` or `*`".to_owned());
            }
            if stem.len() < name.len() {
                let mut steps = path.steps.clone();
                steps[number].select = Select::Names(vec![stem.to_owned()]);
                steps.insert(number + 1, Step { descend: false, select: Select::All });
                more.push(Path { steps });
            }
        }
    }
    match more.len() {
        0 => Ok(vec![path]),
        1..=16 => {
            let mut all = vec![path];
            for path in more {
                // What stands behind may hold another such name.
                for variant in variants(path)? {
                    if !all.contains(&variant) {
                        all.push(variant);
                    }
                }
            }
            if all.len() > 256 { Err("too many quoted lists in one path".to_owned()) } else { Ok(all) }
        }
        _ => Err("too many quoted lists in one path".to_owned()),
    }
}

const LONGEST: usize = 10_000;
const MOST_STEPS: usize = 100;

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn take(&mut self, letter: char) -> bool {
        let there = self.peek() == Some(letter);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while self.take(' ') {}
    }

    fn path(&mut self) -> Result<Path, String> {
        let mut steps = Vec::new();
        while self.peek().is_some() {
            let dots = if self.take('.') { 1 + usize::from(self.take('.')) } else { 0 };
            let select = match self.peek() {
                Some('[') => {
                    self.at += 1;
                    self.bracket()?
                }
                Some('*') if dots > 0 => {
                    self.at += 1;
                    Select::All
                }
                Some(_) if dots > 0 => Select::Names(vec![self.name()?]),
                _ => return Err("a path that this check cannot read".to_owned()),
            };
            steps.push(Step { descend: dots == 2, select });
            if steps.len() > MOST_STEPS {
                return Err(format!("a path of more than {MOST_STEPS} steps"));
            }
        }
        Ok(Path { steps })
    }

    fn name(&mut self) -> Result<String, String> {
        let start = self.at;
        while self.peek().is_some_and(|it| it.is_alphanumeric() || "_-+$:".contains(it)) {
            self.at += 1;
        }
        let plain = self.at > start && matches!(self.peek(), None | Some('.' | '['));
        if !plain {
            return Err("a name in a path that is not plain; put it into brackets and quotes".to_owned());
        }
        Ok(self.letters[start..self.at].iter().collect())
    }

    fn bracket(&mut self) -> Result<Select, String> {
        self.blanks();
        let select = match self.peek() {
            Some('*') => {
                self.at += 1;
                Select::All
            }
            Some('?') => {
                self.at += 1;
                self.filter()?;
                Select::Filter
            }
            Some('\'' | '"') => self.names()?,
            _ => self.positions()?,
        };
        self.blanks();
        if self.take(']') { Ok(select) } else { Err("a bracket in a path that does not close".to_owned()) }
    }

    fn names(&mut self) -> Result<Select, String> {
        let mut names = Vec::new();
        loop {
            self.blanks();
            names.push(self.quoted()?);
            self.blanks();
            if !self.take(',') {
                return Ok(Select::Names(names));
            }
        }
    }

    fn quoted(&mut self) -> Result<String, String> {
        let quote = match self.peek() {
            Some(quote @ ('\'' | '"')) => quote,
            _ => return Err("a list of names in a path that is not all quoted".to_owned()),
        };
        self.at += 1;
        let mut name = String::new();
        loop {
            match self.peek() {
                None => return Err("a quote in a path that does not close".to_owned()),
                Some(letter) if letter == quote => {
                    self.at += 1;
                    return Ok(name);
                }
                Some('\\') => match self.letters.get(self.at + 1) {
                    Some(letter @ ('\\' | '\'' | '"')) => {
                        name.push(*letter);
                        self.at += 2;
                    }
                    _ => return Err("an escape in a path that this check does not know".to_owned()),
                },
                Some(letter) => {
                    name.push(letter);
                    self.at += 1;
                }
            }
        }
    }

    fn positions(&mut self) -> Result<Select, String> {
        let start = self.at;
        while self.peek().is_some_and(|it| it != ']') {
            self.at += 1;
        }
        let text: String = self.letters[start..self.at].iter().collect();
        let number =
            |text: &str| text.trim().parse::<i64>().map_err(|_| "positions that are no numbers".to_owned());
        if let Some((from, to)) = text.split_once(':') {
            let end = |text: &str| if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) };
            return Ok(Select::Slice(end(from)?, end(to)?));
        }
        text.split(',').map(number).collect::<Result<_, _>>().map(Select::Positions)
    }

    /// Up to the parenthesis that closes the filter; quotes and regexes may hold others.
    fn filter(&mut self) -> Result<(), String> {
        let unread = || "a filter that this check cannot read".to_owned();
        self.blanks();
        if !self.take('(') {
            return Err(unread());
        }
        let (mut open, mut last) = (1, '(');
        while let Some(letter) = self.peek() {
            self.at += 1;
            match letter {
                '(' => open += 1,
                ')' => open -= 1,
                '\'' | '"' => self.skip_to(letter).ok_or_else(unread)?,
                // A slash after `=~`, or after any operator, begins a regex; there is no division.
                '/' if "~=(,&|!".contains(last) => self.skip_to('/').ok_or_else(unread)?,
                _ => {}
            }
            if open == 0 {
                return Ok(());
            }
            if letter != ' ' {
                last = letter;
            }
        }
        Err(unread())
    }

    fn skip_to(&mut self, end: char) -> Option<()> {
        loop {
            let letter = self.peek()?;
            self.at += if letter == '\\' { 2 } else { 1 };
            if letter == end {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Ok(paths) = Path::read(text) else { return "error".to_owned() };
        let step = |step: &Step| {
            let dots = if step.descend { ".." } else { "" };
            let select = match &step.select {
                Select::Names(names) => names.join("|"),
                Select::All => "*".to_owned(),
                Select::Positions(it) => format!("{it:?}"),
                Select::Slice(from, to) => format!("{from:?}:{to:?}"),
                Select::Filter => "?".to_owned(),
            };
            format!("{dots}{select}")
        };
        let path = |path: &Path| path.steps.iter().map(step).collect::<Vec<_>>().join(" ");
        paths.iter().map(path).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn reads_the_dialect() {
        let cases = [
            ("$", ""),
            ("a.b", "a b"),
            ("@.a", "a"),
            ("$.users[*].id", "users * id"),
            ("$..email", "..email"),
            ("$..['a', \"b\"]", "..a|b"),
            ("$.['@odata.nextLink']", "@odata.nextLink"),
            ("$['it\\'s']", "it's"),
            ("$..*", "..*"),
            ("$..[*].x", "..* x"),
            ("$.a[0].b[-1,2][1:3][:2][-2:]", "a [0] b [-1, 2] Some(1):Some(3) None:Some(2) Some(-2):None"),
            ("$.a[?(@.b =~ /x)]\\/(/i && !(@.c in ['(', \"]\"]))].d", "a ? d"),
            ("$['users[*]','owner']", "users[*]|owner & users *"),
            ("$['a[0]']", "error"),
            ("$['*']", "error"),
            ("$.a.length()", "error"),
            ("$.a[(@.length-1)]", "error"),
            ("$.a^", "error"),
            ("$.a[", "error"),
            ("$.a[?(@.b]", "error"),
            ("$a", "error"),
            ("$.", "error"),
            ("$.a[0:1:2]", "error"),
            ("$['a',b]", "error"),
            ("", "error"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert_eq!(shown(&".a".repeat(101)), "error");
    }

    #[test]
    fn knows_what_names_one_place() {
        for (text, definite) in
            [("$", true), ("$.a[0]['b']", true), ("$..a", false), ("$.a[*]", false), ("$[?(@.a)]", false)]
        {
            assert_eq!(Path::read(text).unwrap()[0].is_definite(), definite, "{text}");
        }
    }
}
