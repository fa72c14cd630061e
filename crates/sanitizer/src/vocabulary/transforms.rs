//! The keys of transforms and augments: those of all, and those of each name.

use super::{Key, Named, Value, optional, required};
use crate::transform::{ENCODINGS, NAMES};

const JSON_PATHS: Key =
    required("jsonPaths", Value::SomeTexts, "The places, such as `$.users[*].email` or `$..['phone','fax']`");

pub(super) const TRANSFORM: &[Key] = &[
    optional("method", Value::OneOf(&NAMES), "The name of the transform, where it has no tag"),
    JSON_PATHS,
    optional(
        "applyOnlyWhen",
        Value::Text,
        "A path with a filter; the transform applies where it reaches anything, and where that cannot be told",
    ),
    optional("fields", Value::Ignored, "Accepted without effect: columns belong to bulk rules"),
];

pub(super) const AUGMENT: &[Key] = &[
    optional("method", Value::OneOf(&["textDigest"]), "The name of the augment, where it has no tag"),
    JSON_PATHS,
];

const KEYWORDS: Key =
    optional("keywords", Value::Texts, "Words whose occurrences are counted by name, in any case");
const REVERSIBLE: Key = optional(
    "includeReversible",
    Value::Flag,
    "Whether the pseudonym is a token (`p~…`) that the proxy turns back in later calls",
);

/// The transforms, in the order of the documentation.
pub const TRANSFORMS: &[Named] = &[
    Named {
        name: "redact",
        about: "Removes the value with its name; list elements go and the list closes up",
        keys: &[],
    },
    Named {
        name: "redactRegexMatches",
        about: "Cuts every match of each regex out of a text; what lies around the matches leaves as it is",
        keys: &[required("redactions", Value::Texts, "Regexes whose matches are cut, in this order")],
    },
    Named {
        name: "redactExceptPhrases",
        about: "Keeps of a text only the listed phrases, each at most once",
        keys: &[required(
            "allowedPhrases",
            Value::Texts,
            "Phrases that stay, found as whole words and in any case",
        )],
    },
    Named {
        name: "redactExceptSubstringsMatchingRegexes",
        about: "Keeps of a text only the longest substring that one of the regexes matches",
        keys: &[required("exceptions", Value::Texts, "Regexes of what may stay")],
    },
    Named {
        name: "filterTokenByRegex",
        about: "Splits a text and keeps the pieces that a filter matches as a whole",
        keys: &[
            required("filters", Value::Texts, "Regexes of the pieces that stay"),
            optional(
                "delimiter",
                Value::TextOrNull,
                "A regex of what stands between pieces; white space by default, null for none",
            ),
        ],
    },
    Named {
        name: "pseudonymize",
        about: "An identifier becomes its pseudonym; e-mail addresses are recognized and blank text becomes null",
        keys: &[
            optional(
                "encoding",
                Value::OneOf(&ENCODINGS),
                "How the pseudonym is written; `URL_SAFE_TOKEN` by default",
            ),
            REVERSIBLE,
            optional(
                "includeOriginal",
                Value::Flag,
                "Whether the original leaves in clear beside its pseudonym; warned about",
            ),
            optional(
                "onlyIfRegex",
                Value::Ignored,
                "Accepted without effect: every matched value is pseudonymized",
            ),
        ],
    },
    Named {
        name: "pseudonymizeEmailHeader",
        about: "An address list as in `To:` becomes the pseudonyms of its addresses, without the names",
        keys: &[optional(
            "encoding",
            Value::OneOf(&ENCODINGS),
            "How the pseudonyms are written; `URL_SAFE_TOKEN` by default",
        )],
    },
    Named {
        name: "pseudonymizeRegexMatches",
        about: "Every match of the regex, or its first group, becomes a token; the text around the matches leaves as it is",
        keys: &[
            required("regex", Value::Text, "A regex that should cover all that could identify a person"),
            REVERSIBLE,
        ],
    },
    Named {
        name: "tokenize",
        about: "The value becomes a reversible token exactly as it is; for links and cursors that the caller sends back",
        keys: &[optional(
            "regex",
            Value::Text,
            "A regex for the whole value, whose first group is what becomes the token",
        )],
    },
    Named {
        name: "textDigest",
        about: "Of a text only the length, the number of words and the count of keywords are told",
        keys: &[
            KEYWORDS,
            optional(
                "isJsonEscaped",
                Value::Flag,
                "Whether the text is JSON, in which `jsonPathToProcessWhenEscaped` chooses",
            ),
            optional(
                "jsonPathToProcessWhenEscaped",
                Value::Text,
                "The places inside the JSON that are digested; what it does not reach leaves as it is",
            ),
        ],
    },
    Named { name: "hashIp", about: "An IP address becomes a one-way token of its canonical form", keys: &[] },
    Named {
        name: "encryptIp",
        about: "An IP address becomes a reversible token of its canonical form",
        keys: &[],
    },
];

/// The augments.
pub const AUGMENTS: &[Named] = &[Named {
    name: "textDigest",
    about: "Adds `+NAME:textDigest`, an object with the length, the number of words and the count of keywords",
    keys: &[
        KEYWORDS,
        optional(
            "innerJsonPath",
            Value::Text,
            "The text is read as JSON, and what this path reaches inside is digested; the rest is added as it is",
        ),
        optional(
            "outputSchema",
            Value::Ignored,
            "Accepted without effect: the digest always has the same three members",
        ),
    ],
}];
