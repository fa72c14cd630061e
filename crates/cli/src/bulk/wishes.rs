//! What the command line asks for apart from places: options of files, and what they and the keys amount to.

use std::path::PathBuf;

use clap::ValueEnum;
use sha2::{Digest, Sha256};
use vizard_bulk::compression::Compression;
use vizard_bulk::format::Format;
use vizard_bulk::task::{BadRows, Limits, Options, Order};
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_pseudonym::{Kind, Pseudonymizer};

/// How files are sanitized.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Wishes {
    /// What is done about rows that cannot be sanitized: the file fails, or they are set aside as they are
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    bad_rows: Policy,
    /// Where bad rows are put, in clear, for `--bad-rows quarantine`; apart from the output
    #[arg(long, value_name = "DIR")]
    pub(crate) quarantine: Option<PathBuf>,
    /// The format of the output, for record rules [default: as the input]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<WantedFormat>,
    /// How the output is compressed; names stay as they are
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    compress: Compress,
    /// Mark cells of CSV that a spreadsheet would take for formulas as text, by a `'` before them
    #[arg(long)]
    escape_formulas: bool,
    /// Keep the rows of columnar files in order instead of shuffling them in windows of 500
    #[arg(long)]
    keep_order: bool,
    /// Shuffle as another run with this number did
    #[arg(long, value_name = "N", conflicts_with = "keep_order")]
    seed: Option<u64>,
    /// The most bytes of a file after decompression, as in 500M or 2T [default: 1T]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_bytes: Option<u64>,
    /// How many times larger a file may be after decompression [default: 200]
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: Option<u64>,
    /// Where Parquet files are put by while they are read from a stream [default: TMPDIR]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

/// What is done about bad rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Policy {
    #[default]
    Fail,
    Quarantine,
}

/// A format of outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WantedFormat {
    Ndjson,
    Csv,
    JsonArray,
    Parquet,
}

/// The compression of outputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Compress {
    /// As the input is
    #[default]
    Same,
    None,
    Gzip,
    Zstd,
}

impl Wishes {
    /// What is wrong with them together.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        match (self.bad_rows, &self.quarantine) {
            (Policy::Quarantine, None) => {
                Some("--bad-rows quarantine needs --quarantine: rows are put there as they came, in clear")
            }
            (Policy::Fail, Some(_)) => Some("--quarantine is for --bad-rows quarantine"),
            (Policy::Fail, None) | (Policy::Quarantine, Some(_)) => None,
        }
    }

    /// Draws what shuffles the rows, if nobody gave it.
    pub(crate) fn draw(&self) -> Seed {
        Seed(self.seed.unwrap_or_else(|| {
            let random = Sha256::digest(SystemClock.request_id());
            u64::from_le_bytes(random[..8].try_into().expect("a digest is longer"))
        }))
    }

    /// The options for a file that begins so.
    pub(crate) fn options(&self, name: &str, head: &[u8], seed: Seed, threads: usize) -> Options {
        let format = self.format.map(|format| match format {
            WantedFormat::Ndjson => Format::Ndjson,
            WantedFormat::Csv => Format::Csv,
            WantedFormat::JsonArray => Format::JsonArray,
            WantedFormat::Parquet => Format::Parquet,
        });
        let compression = match self.compress {
            // Pages of Parquet are compressed already.
            Compress::Same if format == Some(Format::Parquet) => Compression::None,
            Compress::Same => Compression::of(head),
            Compress::None => Compression::None,
            Compress::Gzip => Compression::Gzip,
            Compress::Zstd => Compression::Zstd,
        };
        let default = Limits::default();
        Options {
            format,
            compression,
            order: if self.keep_order { Order::Kept } else { Order::Shuffled { seed: seed.of(name) } },
            bad_rows: match self.bad_rows {
                Policy::Fail => BadRows::Fail,
                Policy::Quarantine => BadRows::Quarantine,
            },
            escape_formulas: self.escape_formulas,
            threads,
            limits: Limits {
                bytes: self.max_bytes.unwrap_or(default.bytes),
                ratio: self.max_ratio.unwrap_or(default.ratio),
                ..default
            },
            scratch: self.scratch.clone(),
        }
    }

    /// All that outputs depend on beside inputs, rules and the salt's own name, in a form that tells nothing of it.
    pub(crate) fn fingerprint(&self, keys: &Pseudonymizer) -> String {
        let Wishes {
            bad_rows,
            quarantine,
            format,
            compress,
            escape_formulas,
            keep_order,
            seed,
            max_bytes,
            max_ratio,
            scratch: _,
        } = self;
        let version = env!("CARGO_PKG_VERSION");
        let mut all = Sha256::new();
        all.update(format!(
            "{version} {bad_rows:?} {quarantine:?} {format:?} {compress:?} {escape_formulas} {keep_order} {seed:?} \
             {max_bytes:?} {max_ratio:?}"
        ));
        for kind in [Kind::Hash, Kind::Reversible] {
            // What no key is there for is not made, and is in no output.
            let person = keys.token(NOBODY, kind).unwrap_or_default();
            let address = keys.ip_token("192.0.2.1", kind).ok().flatten().unwrap_or_default();
            all.update(format!("\n{person}\n{address}"));
        }
        all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What shuffles the rows of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed(u64);

impl Seed {
    /// That of one file: two files with the same people in the same order are shuffled in two ways.
    fn of(self, name: &str) -> u64 {
        let own = Sha256::new_with_prefix(self.0.to_le_bytes()).chain_update(name).finalize();
        u64::from_le_bytes(own[..8].try_into().expect("a digest is longer"))
    }
}

/// A number of bytes, with a letter for thousands of 1024.
fn bytes(written: &str) -> Result<u64, String> {
    let (number, unit) = match written.find(|letter: char| !letter.is_ascii_digit()) {
        Some(at) => written.split_at(at),
        None => (written, ""),
    };
    let power = ["", "K", "M", "G", "T"].iter().position(|it| unit.eq_ignore_ascii_case(it));
    let bytes = power.zip(number.parse::<u64>().ok()).and_then(|(power, number)| {
        number.checked_mul(1024_u64.pow(u32::try_from(power).expect("there are five units")))
    });
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "expected a number of bytes, as in 500M or 2T".to_owned())
}

/// Has what settings decide about: dots, a tag, letters and a domain.
const NOBODY: &str = "No.Body+Tag@Nobody.Example";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use vizard_pseudonym::{EmailCanonicalization, KeyMaterial, Secret, Settings};

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        wishes: Wishes,
    }

    fn wishes(arguments: &[&str]) -> Wishes {
        Line::try_parse_from([&["bulk"], arguments].concat()).unwrap().wishes
    }

    #[test]
    fn reads_numbers_of_bytes() {
        let cases = [
            ("1", Some(1)),
            ("500M", Some(500 << 20)),
            ("2t", Some(2 << 40)),
            ("0", None),
            ("", None),
            ("M", None),
            ("1.5G", None),
            ("1MB", None),
            ("99999999T", None),
        ];
        for (written, expected) in cases {
            assert_eq!(bytes(written).ok(), expected, "{written}");
        }
    }

    #[test]
    fn the_fingerprint_changes_with_all_that_outputs_depend_on() {
        let salted = KeyMaterial::salted("salt");
        let print = |arguments: &[&str], keys: &KeyMaterial, settings| {
            wishes(arguments).fingerprint(&Pseudonymizer::new(keys, settings))
        };
        let plain = print(&[], &salted, Settings::default());
        assert_eq!(plain, print(&[], &salted, Settings::default()));
        assert_eq!(plain, print(&["--scratch", "/tmp"], &salted, Settings::default()));
        for arguments in [
            vec!["--keep-order"],
            vec!["--seed", "1"],
            vec!["--escape-formulas"],
            vec!["--compress", "gzip"],
            vec!["--format", "ndjson"],
            vec!["--bad-rows", "quarantine", "--quarantine", "q"],
            vec!["--max-ratio", "2"],
        ] {
            assert_ne!(plain, print(&arguments, &salted, Settings::default()), "{arguments:?}");
        }
        let secret = || Some(Secret::new("pepper"));
        for (keys, what) in [
            (KeyMaterial::salted("pepper"), "salt"),
            (KeyMaterial { ip_salt: secret(), ..salted.clone() }, "salt of addresses"),
            (KeyMaterial { encryption_key: secret(), ..salted.clone() }, "key"),
            (KeyMaterial { ip_encryption_key: secret(), ..salted.clone() }, "key of addresses"),
        ] {
            assert_ne!(plain, print(&[], &keys, Settings::default()), "{what}");
        }
        let dots =
            Settings { email_canonicalization: EmailCanonicalization::IgnoreDots, ..Settings::default() };
        assert_ne!(plain, print(&[], &salted, dots));
    }

    #[test]
    fn two_files_are_shuffled_in_two_ways_and_each_always_alike() {
        let options = |name: &str, arguments: &[&str]| {
            let wishes = wishes(arguments);
            wishes.options(name, b"", wishes.draw(), 1).order
        };
        let seeded = ["--seed", "7"];
        assert_eq!(options("a.csv", &seeded), options("a.csv", &seeded));
        assert_ne!(options("a.csv", &seeded), options("b.csv", &seeded));
        assert_ne!(options("a.csv", &[]), options("a.csv", &[]));
        assert_eq!(options("a.csv", &["--keep-order"]), Order::Kept);
    }

    #[test]
    fn outputs_are_compressed_as_inputs_are() {
        let compression = |head: &[u8], arguments: &[&str]| {
            let wishes = wishes(arguments);
            wishes.options("a", head, Seed(0), 1).compression
        };
        let gzip = [0x1f, 0x8b, 8, 0];
        assert_eq!(compression(&gzip, &[]), Compression::Gzip);
        assert_eq!(compression(b"id,e", &[]), Compression::None);
        assert_eq!(compression(b"id,e", &["--compress", "zstd"]), Compression::Zstd);
        assert_eq!(compression(&gzip, &["--compress", "none"]), Compression::None);
        assert_eq!(compression(&gzip, &["--format", "parquet"]), Compression::None);
    }
}
