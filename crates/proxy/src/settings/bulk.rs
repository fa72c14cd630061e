//! The settings of a deployment for files: which bucket they go to, by which rules, and what else is made of each.

mod transforms;

use vizard_bulk::format::Format;
use vizard_pseudonym::KeyMaterial;

pub use transforms::TransformSettings;

use super::environment::Environment;
use super::problem::{Flaw, SettingProblem};
use super::reader::Reader;
use super::{fingerprint, instance, keys, names, rules, transport};
use crate::health::{Facts, Health};
use crate::ports::SecretStore;
use crate::rules_text::RulesText;

/// Everything that is configured for files, checked.
#[derive(Debug, Clone)]
pub struct BulkSettings {
    /// `OUTPUT_BUCKET`, by its name alone.
    pub output: String,
    /// `INPUT_BUCKET`: the only bucket that files may come from, if it is known.
    pub input: Option<String>,
    /// `INPUT_BASE_PATH`, which the keys of outputs do not begin with.
    pub input_base: String,
    /// `OUTPUT_BASE_PATH`, which they begin with instead.
    pub output_base: String,
    /// `RULES`, or those that are deployed as a file.
    pub rules: RulesText,
    /// `RULES` as it is written, undecoded; `None` where they are deployed as a file.
    pub raw_rules: Option<String>,
    /// `VIZARD_RULES_SHA256`.
    pub rules_sha256: Option<String>,
    /// `ADDITIONAL_TRANSFORMS`.
    pub additional: Vec<TransformSettings>,
    /// `COMPRESS_OUTPUT_ALWAYS`.
    pub compress: bool,
    /// `BULK_OUTPUT_FORMAT`.
    pub format: Option<Format>,
    /// `VIZARD_BULK_KEEP_ORDER`.
    pub keep_order: bool,
    /// `VIZARD_BULK_BAD_ROWS` and `VIZARD_BULK_QUARANTINE_BUCKET`: where rows go that cannot be sanitized; `None` when the
    /// first of them fails its file.
    pub quarantine: Option<String>,
    /// The salts and keys of pseudonyms.
    pub keys: KeyMaterial,
    /// How email addresses become pseudonyms.
    pub pseudonyms: vizard_pseudonym::Settings,
    /// The name that the platform gave this instance.
    pub instance: Option<String>,
    /// What does not stop it, but looks like a mistake.
    pub warnings: Vec<String>,
}

/// What was read, be it enough or only to say what is missing.
#[derive(Debug)]
pub struct BulkReading {
    /// The settings, or all that is wrong with them.
    pub settings: Result<Box<BulkSettings>, Vec<SettingProblem>>,
    /// The rules, so that their mistakes can be told together with those of the settings.
    pub rules: Option<RulesText>,
    /// The SHA-256 that they must have.
    pub rules_sha256: Option<String>,
    /// What of `ADDITIONAL_TRANSFORMS` could be read, for the same.
    pub additional: Vec<TransformSettings>,
    /// What the health report has to tell.
    pub health: Health,
    /// `VIZARD_ALLOW_LOOPBACK_HTTP`.
    pub allow_loopback_http: bool,
}

impl BulkSettings {
    /// Whether a deployment is one for files: it has an `OUTPUT_BUCKET`.
    pub fn asked_for(environment: &dyn Environment) -> bool {
        environment.given("OUTPUT_BUCKET").is_some()
    }

    /// Reads all settings: from the environment and, what is not there, from the secret store.
    pub async fn survey(environment: &dyn Environment, store: &dyn SecretStore) -> BulkReading {
        let mut reader = Reader::new(environment, store);
        let reader = &mut reader;
        reader.announce(IN_THE_STORE, names::SECRETS_OF_PSEUDONYMS).await;

        let source = reader.config("SOURCE").await;
        let allow_loopback_http = reader.flag("VIZARD_ALLOW_LOOPBACK_HTTP").unwrap_or(false);
        let output = bucket(reader, "OUTPUT_BUCKET");
        if output.is_none() {
            reader.absent("OUTPUT_BUCKET", "the name of the bucket that sanitized files go to");
        }
        let input = bucket(reader, "INPUT_BUCKET");
        if input.is_none() {
            reader.misnamed("INPUT_BUCKET", "the name of the bucket that files come from");
        }
        let input_base = reader.env("INPUT_BASE_PATH").unwrap_or_default();
        let output_base = reader.env("OUTPUT_BASE_PATH").unwrap_or_default();
        let raw_rules = reader.text("RULES").await;
        let rules = rules(reader).await;
        let rules_sha256 = rules::sha256(reader);
        let written = reader.text("ADDITIONAL_TRANSFORMS").await;
        let additional = written.map(|it| transforms::read(reader, &it)).unwrap_or_default();
        let compress = reader.flag("COMPRESS_OUTPUT_ALWAYS").unwrap_or(true);
        let format = format(reader).await;
        let keep_order = reader.flag("VIZARD_BULK_KEEP_ORDER").unwrap_or(false);
        let mut warnings = Vec::new();
        let quarantine = quarantine(reader, &mut warnings);
        if buffer_size(reader) {
            warnings.push(BUFFER_SIZE.to_owned());
        }
        let others = additional.iter().map(|it| &it.bucket);
        let outputs: Vec<&String> = output.iter().chain(others).collect();
        apart(reader, input.as_ref(), &outputs, quarantine.as_ref());
        let keys = keys::read(reader).await;
        let pseudonyms = keys::pseudonyms(reader).await;
        let allow_list = transport::allow_list(reader);

        let mut facts = Facts {
            bundle_filename: reader.env("BUNDLE_FILENAME"),
            configured_source: Some(source.unwrap_or_else(|| FILES.to_owned())),
            rules: rules.as_ref().map(|it| it.text.clone()),
            salt_fingerprint: keys.as_ref().map(fingerprint),
            ..Facts::default()
        };
        let (problems, about_names, _) = reader.finish();
        warnings.extend(about_names.iter().map(SettingProblem::to_string));
        facts.warnings = problems.iter().map(SettingProblem::to_string).chain(warnings.clone()).collect();
        facts.missing =
            problems.iter().filter(|it| it.flaw != Flaw::Unreadable).map(|it| it.name.clone()).collect();
        let health = Health { allow_list, facts };
        let (told, told_additional) = (rules.clone(), additional.clone());

        let settings = match (output, rules, keys) {
            (Some(output), Some(rules), Some(keys)) if problems.is_empty() => Ok(Box::new(BulkSettings {
                output,
                input,
                input_base,
                output_base,
                rules,
                raw_rules,
                rules_sha256: rules_sha256.clone(),
                additional,
                compress,
                format,
                keep_order,
                quarantine,
                keys,
                pseudonyms,
                instance: instance(environment),
                warnings,
            })),
            _ => Err(problems),
        };
        BulkReading {
            settings,
            rules: told,
            rules_sha256,
            additional: told_additional,
            health,
            allow_loopback_http,
        }
    }
}

/// The name of a bucket, as both clouds take them.
pub(super) fn is_bucket(name: &str) -> bool {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_.".contains(&it);
    (3..=222).contains(&name.len()) && name.bytes().all(known)
}

pub(super) const A_BUCKET: &str = "the name of a bucket alone, such as `orchard-files`";

fn bucket(reader: &mut Reader<'_>, name: &str) -> Option<String> {
    let written = reader.env(name)?;
    if is_bucket(&written) {
        return Some(written);
    }
    reader.wrong(name, A_BUCKET);
    None
}

async fn rules(reader: &mut Reader<'_>) -> Option<RulesText> {
    let configured = rules::configured(reader).await;
    if let Ok(None) = configured {
        reader.absent("RULES", "rules for files as YAML, as base64 of it, or as base64 of it gzipped");
    }
    configured.ok().flatten()
}

async fn format(reader: &mut Reader<'_>) -> Option<Format> {
    let written = reader.config("BULK_OUTPUT_FORMAT").await?;
    match written.to_ascii_uppercase().as_str() {
        "CSV" => Some(Format::Csv),
        "NDJSON" => Some(Format::Ndjson),
        "JSON_ARRAY" => Some(Format::JsonArray),
        "PARQUET" => Some(Format::Parquet),
        _ => {
            let known = &["CSV", "NDJSON", "JSON_ARRAY", "PARQUET"];
            let expected = format!("one of {}", known.join(", "));
            reader.unknown("BULK_OUTPUT_FORMAT", expected, names::nearest(&written, known));
            None
        }
    }
}

fn quarantine(reader: &mut Reader<'_>, warnings: &mut Vec<String>) -> Option<String> {
    const BUCKET: &str = "VIZARD_BULK_QUARANTINE_BUCKET";
    let named = bucket(reader, BUCKET);
    let written = reader.env("VIZARD_BULK_BAD_ROWS").unwrap_or_else(|| "fail".to_owned());
    match written.to_ascii_lowercase().as_str() {
        "fail" => {
            warnings.extend(
                named.map(|_| format!("{BUCKET} has no effect: VIZARD_BULK_BAD_ROWS is not `quarantine`")),
            );
            None
        }
        "quarantine" => {
            if named.is_none() {
                let expected =
                    "a bucket of its own for rows that cannot be sanitized: they are put there in clear";
                reader.absent(BUCKET, expected);
            }
            named
        }
        _ => {
            let known = &["fail", "quarantine"];
            reader.unknown("VIZARD_BULK_BAD_ROWS", "fail or quarantine", names::nearest(&written, known));
            None
        }
    }
}

/// Whether it is set. It is what the reference reads and writes at a time; here that is not configured.
fn buffer_size(reader: &mut Reader<'_>) -> bool {
    let Some(written) = reader.env("BUFFER_SIZE") else { return false };
    let is_size = written.parse::<u32>().is_ok_and(|it| (1..=i32::MAX.unsigned_abs()).contains(&it));
    if !is_size {
        reader.wrong("BUFFER_SIZE", "a whole number of bytes");
    }
    is_size
}

/// What is put into the bucket that files come from would come back; and rows that could not be sanitized are clear, which
/// nothing else that is put anywhere is.
fn apart(reader: &mut Reader<'_>, input: Option<&String>, outputs: &[&String], quarantine: Option<&String>) {
    let expected = "another bucket than INPUT_BUCKET: sanitized files would come back as input";
    for (place, output) in outputs.iter().enumerate() {
        if input == Some(output) {
            let name = if place == 0 { "OUTPUT_BUCKET" } else { "ADDITIONAL_TRANSFORMS" };
            reader.wrong(name, expected);
        }
    }
    if quarantine.is_some_and(|it| outputs.contains(&it) || input == Some(it)) {
        let expected = "a bucket that nothing else comes from or goes to: these rows are clear";
        reader.wrong("VIZARD_BULK_QUARANTINE_BUCKET", expected);
    }
}

const BUFFER_SIZE: &str = "BUFFER_SIZE has no effect here";

/// Stands for `SOURCE` in the health report of a deployment that has none.
const FILES: &str = "files";

const IN_THE_STORE: &[&str] = &[
    "SOURCE",
    "RULES",
    "ADDITIONAL_TRANSFORMS",
    "BULK_OUTPUT_FORMAT",
    "EMAIL_CANONICALIZATION",
    "EMAIL_DOMAIN_HANDLING",
];

#[cfg(test)]
mod tests;
