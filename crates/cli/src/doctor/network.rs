//! The way to the token endpoint and to the source, and what time it is there.

use std::time::{Duration, SystemTime};

use http::Uri;
use vizard_proxy::checkup::{self, Reached};
use vizard_proxy::credentials::Strategy;
use vizard_proxy::ports::{Clock, UpstreamError};
use vizard_proxy::settings::Settings;
use vizard_proxy::upstream::HttpUpstream;

use super::code::Code;
use super::finding::{Check, Findings};

pub(super) async fn check(
    settings: &Settings,
    upstream: &HttpUpstream,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let mut doors = Vec::new();
    if let Strategy::Exchange(exchange) = &settings.strategy {
        doors.push(("token endpoint", Some(exchange.endpoint.clone())));
    }
    doors.push(("source", format!("{}/", settings.target.as_str()).parse::<Uri>().ok()));
    let mut offs = Vec::new();
    for (what, uri) in doors {
        let Some(uri) = uri else { continue };
        let about = uri.authority().map_or_else(String::new, ToString::to_string);
        let asked = clock.now();
        match checkup::reach(&uri, upstream, clock, PATIENCE).await {
            Ok(Reached { date, .. }) => {
                findings.add(Check::Egress, Code::EgressOk, &about, format!("the {what} answers"));
                offs.extend(date.map(|date| (about, off(asked, clock.now(), date))));
            }
            Err(error) => {
                findings.add(Check::Egress, code(error), about, format!("the {what}: {error}"));
            }
        }
    }
    // Both are asked the same; one that is right speaks for this machine.
    match offs.into_iter().min_by_key(|(_, off)| *off) {
        Some((host, off)) => findings.add(Check::Clock, judged(off), host, words(off)),
        None => findings.add(Check::Clock, Code::ClockUntold, "", "no host told the time"),
    }
}

/// What went wrong, each with its own remedy.
fn code(error: UpstreamError) -> Code {
    match error {
        UpstreamError::Name => Code::EgressName,
        UpstreamError::Refused => Code::EgressRefused,
        UpstreamError::ConnectTimeout | UpstreamError::ReadTimeout => Code::EgressTimeout,
        UpstreamError::Tls => Code::EgressTls,
        UpstreamError::Broken
        | UpstreamError::TooLarge
        | UpstreamError::Encoding
        | UpstreamError::Redirect
        | UpstreamError::Request => Code::EgressBroken,
    }
}

/// How far a date is from the time in which the answer came; dates have no fractions of a second.
fn off(asked: SystemTime, answered: SystemTime, date: SystemTime) -> Duration {
    let early = asked.duration_since(date + Duration::from_secs(1));
    let late = date.duration_since(answered);
    early.or(late).unwrap_or_default()
}

fn judged(off: Duration) -> Code {
    if off > FATAL {
        Code::ClockWrong
    } else if off > ODD {
        Code::ClockOff
    } else {
        Code::ClockOk
    }
}

fn words(off: Duration) -> String {
    match off.as_secs() {
        0 => "the clocks agree".to_owned(),
        seconds => format!("the clocks are {seconds} s apart"),
    }
}

/// For a host that is only to show that it is there.
const PATIENCE: Duration = Duration::from_secs(15);
const ODD: Duration = Duration::from_secs(30);
const FATAL: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_by_what_no_delay_explains() {
        let at = |millis: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + millis);
        let cases = [
            // asked, answered, date, off in milliseconds
            (1_500, 1_900, 1_000, 0),
            (1_500, 9_000, 4_000, 0),
            (1_500, 1_900, 2_000, 100),
            (400_500, 400_900, 1_000, 398_500),
            (1_500, 1_900, 60_000, 58_100),
        ];
        for (asked, answered, date, expected) in cases {
            let off = off(at(asked), at(answered), at(date));
            assert_eq!(off, Duration::from_millis(expected), "{asked} {answered} {date}");
        }
        let seconds = [0, 30, 31, 300, 301].map(|it| judged(Duration::from_secs(it)).name());
        assert_eq!(seconds, ["clock-ok", "clock-ok", "clock-off", "clock-off", "clock-wrong"]);
    }
}
