//! Parameter schemas: what a path or query parameter may hold.

use super::sample;
use crate::diagnostic::{Report, Spanned, nearest};
use crate::doc::ParameterSchema;
use crate::regex::{Pattern, Patterns};

/// The types that parameters are checked against.
pub(crate) const TYPES: [&str; 3] = ["string", "integer", "number"];
/// The formats of parameters; both ask for the same.
pub(crate) const FORMATS: [&str; 2] = ["reversible-pseudonym", "pseudonym"];
/// Shortest body of a reversible token that schemas accept.
const MIN_TOKEN: usize = 43;

/// A compiled schema; every check that is present must pass.
pub(super) struct Parameter {
    kind: Kind,
    token: bool,
    values: Option<Vec<String>>,
    pattern: Option<Pattern>,
    any_of: Vec<Parameter>,
    all_of: Vec<Parameter>,
    required: bool,
    /// A few values that pass, to try endpoints with at load.
    samples: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Integer,
    Number,
}

impl Parameter {
    /// Mistakes go to the report; what could not be compiled then accepts nothing.
    pub(super) fn compile(schema: &ParameterSchema, report: &mut Report) -> Parameter {
        let mut values: Option<Vec<String>> =
            schema.values.as_ref().map(|values| values.iter().map(|it| it.value.clone()).collect());
        if let Some([]) = values.as_deref() {
            report.warning("parameter-never-valid", schema.place, "an empty `enum` accepts no value");
        }
        let pattern =
            schema.pattern.as_ref().and_then(|written| compile_pattern(written, Patterns::whole, report));
        if schema.pattern.is_some() && pattern.is_none() {
            values = Some(Vec::new());
        }
        let kind = schema.kind.as_ref().map_or(Kind::Any, |written| compile_kind(written, report));
        let token = schema.format.as_ref().is_some_and(|written| check_format(written, report));
        let any_of: Vec<Parameter> = schema.any_of.iter().map(|one| Self::compile(one, report)).collect();
        let all_of: Vec<Parameter> = schema.all_of.iter().map(|one| Self::compile(one, report)).collect();
        let mut parameter = Parameter {
            kind,
            token,
            values,
            pattern,
            any_of,
            all_of,
            required: schema.required,
            samples: Vec::new(),
        };
        parameter.samples = parameter.likely_values(schema);
        parameter
    }

    fn likely_values(&self, schema: &ParameterSchema) -> Vec<String> {
        let listed = self.values.iter().flatten().cloned();
        let matching = schema.pattern.iter().flat_map(|written| sample::of_regex(&written.value));
        let inner = self.any_of.iter().chain(&self.all_of).flat_map(|one| one.samples.iter().cloned());
        let usual = ["x1".to_owned(), "a-b.c".to_owned(), "12".to_owned(), sample::token()];
        let all = listed.chain(matching).chain(inner).chain(usual);
        all.filter(|value| self.accepts(value)).take(8).collect()
    }

    pub(super) fn accepts(&self, value: &str) -> bool {
        (match self.kind {
            Kind::Any => true,
            Kind::Integer => is_integer(trim(value)),
            Kind::Number => is_number(trim(value)),
        }) && (!self.token || is_token(value))
            && self.values.as_ref().is_none_or(|values| values.iter().any(|it| it == value))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(value))
            && (self.any_of.is_empty() || self.any_of.iter().any(|one| one.accepts(value)))
            && self.all_of.iter().all(|one| one.accepts(value))
    }

    pub(super) fn required(&self) -> bool {
        self.required
    }

    /// A few values that pass.
    pub(super) fn samples(&self) -> &[String] {
        &self.samples
    }
}

/// Compiles a pattern of a schema; why it does not compile goes to the report.
pub(super) fn compile_pattern(
    written: &Spanned<String>,
    compile: fn(&mut Patterns, &str) -> Result<Pattern, String>,
    report: &mut Report,
) -> Option<Pattern> {
    compile(&mut report.patterns, &written.value)
        .map_err(|why| {
            report.error("pattern-invalid", written.place, format!("the pattern does not compile: {why}"));
        })
        .ok()
}

fn compile_kind(written: &Spanned<String>, report: &mut Report) -> Kind {
    match written.value.as_str() {
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "string" => Kind::Any,
        other => {
            let found = report.warning(
                "parameter-type-not-checked",
                written.place,
                format!("values are not checked against the type `{other}`"),
            );
            found.suggest(match nearest(other, &TYPES) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "use `integer`, `number`, `enum` or `pattern`".to_owned(),
            });
            Kind::Any
        }
    }
}

/// Whether the format asks for a token; the reference fails on any other when the parameter comes.
fn check_format(written: &Spanned<String>, report: &mut Report) -> bool {
    let known = FORMATS.contains(&written.value.as_str());
    if !known {
        let message = format!("there is no parameter format `{}`", written.value);
        report.error("unknown-format", written.place, message).suggest(
            match nearest(&written.value, &FORMATS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "use `reversible-pseudonym`, or describe the value with `pattern`".to_owned(),
            },
        );
    }
    true
}

/// A whole reversible token without a domain.
pub(super) fn is_token(text: &str) -> bool {
    text.strip_prefix("p~").is_some_and(|body| body.len() >= MIN_TOKEN && body.bytes().all(is_token_byte))
}

/// Whether a reversible token stands anywhere in the text.
pub(super) fn holds_token(text: &str) -> bool {
    text.match_indices("p~").any(|(at, prefix)| {
        text[at + prefix.len()..].bytes().take_while(|&c| is_token_byte(c)).take(MIN_TOKEN).count()
            == MIN_TOKEN
    })
}

fn is_token_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'-'
}

/// Java's `trim`.
fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

fn is_integer(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// What Java's `Double.parseDouble` accepts, and so what rule authors have been able to rely on.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    if text == "NaN" || text == "Infinity" {
        return true;
    }
    let text = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hexadecimal) => hexadecimal.split_once(['p', 'P']).is_some_and(|(mantissa, exponent)| {
            is_mantissa(mantissa, |c| c.is_ascii_hexdigit()) && is_exponent(exponent)
        }),
        None => {
            let (mantissa, exponent) = match text.split_once(['e', 'E']) {
                Some((mantissa, exponent)) => (mantissa, Some(exponent)),
                None => (text, None),
            };
            is_mantissa(mantissa, |c| c.is_ascii_digit()) && exponent.is_none_or(is_exponent)
        }
    }
}

fn is_mantissa(text: &str, digit: fn(&u8) -> bool) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    whole.len() + fraction.len() > 0 && whole.bytes().chain(fraction.bytes()).all(|c| digit(&c))
}

fn is_exponent(text: &str) -> bool {
    is_integer(text.strip_prefix(['+', '-']).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn schema() -> ParameterSchema {
        ParameterSchema {
            place: Place::default(),
            kind: None,
            format: None,
            pattern: None,
            values: None,
            any_of: Vec::new(),
            all_of: Vec::new(),
            required: false,
        }
    }

    fn text(value: &str) -> Option<Spanned<String>> {
        Some(Spanned { value: value.to_owned(), place: Place::default() })
    }

    fn check(schema: ParameterSchema, cases: &[(&str, bool)]) {
        let mut report = Report::default();
        let parameter = Parameter::compile(&schema, &mut report);
        assert!(!report.has_errors());
        for (value, accepted) in cases {
            assert_eq!(parameter.accepts(value), *accepted, "{value:?}");
        }
        assert!(parameter.samples().iter().all(|value| parameter.accepts(value)));
    }

    #[test]
    fn judges_types_formats_enums_and_patterns() {
        let token = format!("p~{}", "aZ09_-x".repeat(9));
        check(
            ParameterSchema { kind: text("integer"), ..schema() },
            &[
                ("12", true),
                (" 12 ", true),
                ("-1", false),
                ("+1", false),
                ("", false),
                ("1.0", false),
                ("١", false),
            ],
        );
        check(
            ParameterSchema { kind: text("number"), ..schema() },
            &[
                ("1", true),
                ("-1.5", true),
                ("1e5", true),
                (".5", true),
                ("5.", true),
                ("1.5f", true),
                ("2D", true),
                ("NaN", true),
                ("-Infinity", true),
                ("0x1p3", true),
                ("0x.8p-1", true),
                (" 7 ", true),
                ("", false),
                (".", false),
                ("1e", false),
                ("0x1", false),
                ("one", false),
                ("1,5", false),
                ("e5", false),
            ],
        );
        check(ParameterSchema { kind: text("string"), ..schema() }, &[("", true), ("x", true)]);
        for format in FORMATS {
            check(
                ParameterSchema { format: text(format), ..schema() },
                &[
                    (&token, true),
                    (&format!("{token}@lumen-orchard.example"), false),
                    (&format!("x{token}"), false),
                    (&token.replacen('p', "t", 1), false),
                    ("p~short", false),
                    ("", false),
                ],
            );
        }
        let values = ["a", "B"].map(|it| Spanned { value: it.to_owned(), place: Place::default() });
        check(
            ParameterSchema { values: Some(values.to_vec()), ..schema() },
            &[("a", true), ("B", true), ("A", false), ("", false)],
        );
        check(ParameterSchema { values: Some(Vec::new()), ..schema() }, &[("a", false), ("", false)]);
        check(
            ParameterSchema { pattern: text("a+"), ..schema() },
            &[("aa", true), ("aab", false), ("A", false)],
        );
        let any_of = vec![
            ParameterSchema { kind: text("integer"), ..schema() },
            ParameterSchema { format: text("pseudonym"), ..schema() },
        ];
        check(ParameterSchema { any_of, ..schema() }, &[("12", true), (&token, true), ("x", false)]);
        let all_of = vec![
            ParameterSchema { kind: text("integer"), ..schema() },
            ParameterSchema { pattern: text("1.*"), ..schema() },
        ];
        check(ParameterSchema { all_of, ..schema() }, &[("12", true), ("21", false), ("1x", false)]);
    }

    #[test]
    fn finds_tokens_anywhere() {
        let token = format!("p~{}", "a".repeat(43));
        for (value, found) in [
            (token.clone(), true),
            (format!("p~p~{token}"), true),
            (format!("ép~x {token}@b"), true),
            (format!("p~{}", "a".repeat(42)), false),
            (String::new(), false),
        ] {
            assert_eq!(holds_token(&value), found, "{value}");
        }
    }
}
