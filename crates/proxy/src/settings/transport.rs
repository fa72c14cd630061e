//! Who may call, and how the proxy speaks to the source.

use std::time::Duration;

use super::names;
use super::reader::Reader;
use crate::allow_list::AllowList;
use crate::respond::VERSION;
use crate::upstream::TlsFloor;

/// A list that cannot be read admits nobody, nor does one under a name that is almost the right one.
pub(super) fn allow_list(reader: &mut Reader<'_>) -> Option<AllowList> {
    let name = "ALLOWED_DATA_ACCESS_IP_BLOCKS";
    let Some(written) = reader.raw(name) else {
        return reader.misnamed(name, "addresses and CIDR blocks").then(AllowList::closed);
    };
    if written.split(',').all(|entry| entry.trim().is_empty()) {
        reader.wrong(name, "at least one address or block; leave it unset to let every address call");
        return Some(AllowList::closed());
    }
    match AllowList::parse(&written) {
        Ok(list) => Some(list),
        Err(positions) => {
            let places: Vec<_> = positions.iter().map(usize::to_string).collect();
            let which = if places.len() == 1 { "entry" } else { "entries" };
            let expected =
                format!("addresses and CIDR blocks, separated by commas; see {which} {}", places.join(", "));
            reader.wrong(name, expected);
            Some(AllowList::closed())
        }
    }
}

pub(super) async fn user_agent(reader: &mut Reader<'_>) -> String {
    let ours = || format!("Vizard/{VERSION} (API Data Sanitization)");
    match reader.config("USER_AGENT").await {
        None => ours(),
        Some(text) if text.bytes().all(|it| matches!(it, b' '..=b'~')) => text,
        Some(_) => {
            reader.wrong("USER_AGENT", "printable ASCII on one line");
            ours()
        }
    }
}

pub(super) fn tls(reader: &mut Reader<'_>) -> TlsFloor {
    let Some(written) = reader.env("TLS_VERSION") else {
        return TlsFloor::Tls13;
    };
    match written.to_ascii_lowercase().as_str() {
        "tlsv1.2" => TlsFloor::Tls12,
        "tlsv1.3" => TlsFloor::Tls13,
        _ => {
            let known = &["TLSv1.3", "TLSv1.2"];
            reader.unknown("TLS_VERSION", "TLSv1.3 or TLSv1.2", names::nearest(&written, known));
            TlsFloor::Tls13
        }
    }
}

pub(super) fn request_timeout(reader: &mut Reader<'_>) -> Duration {
    let default = Duration::from_secs(180);
    let Some(written) = reader.env("REQUEST_TIMEOUT_SECONDS") else {
        return default;
    };
    match written.parse() {
        Ok(seconds @ 1..=86_400) => Duration::from_secs(seconds),
        Ok(_) | Err(_) => {
            reader.wrong("REQUEST_TIMEOUT_SECONDS", "a whole number of seconds from 1 to 86400");
            default
        }
    }
}
