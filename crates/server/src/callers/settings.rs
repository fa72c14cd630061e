//! The settings of caller authentication.

use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};
use vizard_proxy::ports::{Clock, Upstream};
use vizard_proxy::settings::Environment;
use vizard_proxy::upstream::{HttpUpstream, TlsFloor, Transport};

use super::{Admitted, Callers, Verifier};

pub(super) fn read(environment: &dyn Environment, clock: Arc<dyn Clock>) -> Result<Callers, Vec<String>> {
    // Not even on Cloud Run is anything taken for granted: whatever else runs such containers sets the same variables, and
    // has no IAM in front of them.
    let given = environment.given("VIZARD_CALLER_AUTH").map(|it| it.to_ascii_lowercase());
    let mode = given.as_deref().unwrap_or("oidc");
    let idle: Vec<_> = OIDC.into_iter().filter(|name| environment.given(name).is_some()).collect();
    match mode {
        "oidc" => verified(environment, clock, given.is_none()),
        // Somebody believes that these are in force.
        "platform" | "none" if !idle.is_empty() => Err(idle
            .iter()
            .map(|name| format!("{name} must not be set unless VIZARD_CALLER_AUTH is `oidc`"))
            .collect()),
        "platform" => Ok(Callers::ByPlatform),
        "none" => Ok(Callers::Anybody),
        _ => Err(vec!["VIZARD_CALLER_AUTH must be one of oidc, platform, none".to_owned()]),
    }
}

fn verified(
    environment: &dyn Environment,
    clock: Arc<dyn Clock>,
    by_default: bool,
) -> Result<Callers, Vec<String>> {
    let mut problems = Vec::new();
    if by_default && OIDC.iter().all(|name| environment.given(name).is_none()) {
        return Err(vec![NOBODY_SAID.to_owned()]);
    }
    let [issuer, audiences, callers] = OIDC.map(|name| environment.given(name));
    let issuer = issuer.and_then(|text| issuer_url(&text));
    if issuer.is_none() {
        problems.push(format!(
            "{} must be the URL of an issuer of tokens; HTTPS, or HTTP to this machine",
            OIDC[0]
        ));
    }
    let audiences = audiences.and_then(|text| whole_list(&text));
    if audiences.is_none() {
        problems
            .push(format!("{} must be the audiences of accepted tokens, with commas between them", OIDC[1]));
    }
    let callers = callers.and_then(|text| whole_list(&text));
    if callers.is_none() {
        problems.push(format!(
            "{} must be the `email` or `sub` of each caller, with commas between them, or `*`",
            OIDC[2]
        ));
    }
    let (Some(issuer), Some(audiences), Some(callers)) = (issuer, audiences, callers) else {
        return Err(problems);
    };
    let upstream = reach(&issuer).map_err(|problem| vec![problem])?;
    let admitted = Admitted::listed(callers);
    Ok(Callers::Verified(Arc::new(Verifier::new(issuer, audiences, admitted, upstream, clock))))
}

/// An issuer as it is written, if it is a URL that keys can be asked of: HTTPS, or plain HTTP to an address of this
/// machine.
pub(crate) fn issuer_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let secure = url.scheme() == "https" || is_on_this_machine(&url);
    let plain = url.username().is_empty() && url.password().is_none();
    (secure && plain && url.query().is_none() && url.fragment().is_none()).then(|| text.to_owned())
}

/// Plain HTTP to a loopback address; a name such as `localhost` may lead anywhere.
fn is_on_this_machine(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        }
}

/// The way to an issuer: HTTPS alone, unless it is on this machine, and never more than a key set can need.
pub(crate) fn reach(issuer: &str) -> Result<Arc<dyn Upstream>, String> {
    let transport = Transport {
        tls: TlsFloor::Tls12,
        connect: Duration::from_secs(3),
        body: 256 * 1024,
        loopback_http: Url::parse(issuer).is_ok_and(|url| is_on_this_machine(&url)),
    };
    HttpUpstream::new(transport)
        .map(|it| Arc::new(it) as Arc<dyn Upstream>)
        .map_err(|error| error.to_string())
}

/// The entries of a list, none of them empty.
fn whole_list(text: &str) -> Option<Vec<String>> {
    let entries: Vec<String> = text.split(',').map(|it| it.trim().to_owned()).collect();
    entries.iter().all(|it| !it.is_empty()).then_some(entries)
}

const OIDC: [&str; 3] = ["VIZARD_OIDC_ISSUER", "VIZARD_OIDC_AUDIENCES", "VIZARD_OIDC_CALLERS"];

const NOBODY_SAID: &str = "VIZARD_CALLER_AUTH must say how callers are told from strangers: `oidc` with \
                           VIZARD_OIDC_ISSUER, VIZARD_OIDC_AUDIENCES and VIZARD_OIDC_CALLERS, `platform` where \
                           somebody in front of this server does it, as the IAM of Cloud Run, or `none`";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vizard_proxy::ports::SystemClock;

    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<&'static str, Vec<String>> {
        let environment: BTreeMap<String, String> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        super::read(&environment, Arc::new(SystemClock)).map(|it| it.how())
    }

    #[test]
    fn nobody_is_let_in_unless_somebody_said_who() {
        let oidc = [
            ("VIZARD_OIDC_ISSUER", "https://accounts.lumen-orchard.example"),
            ("VIZARD_OIDC_AUDIENCES", "vizard, other"),
            ("VIZARD_OIDC_CALLERS", "nora@lumen-orchard.example"),
        ];
        let with = |more: &[(&'static str, &'static str)]| [&oidc[..], more].concat();
        assert_eq!(read(&[]), Err(vec![NOBODY_SAID.to_owned()]));
        assert_eq!(read(&oidc), Ok("oidc"));
        assert_eq!(read(&with(&[("VIZARD_CALLER_AUTH", "oidc"), ("K_SERVICE", "zoom")])), Ok("oidc"));
        assert_eq!(read(&[("K_SERVICE", "zoom")]), Err(vec![NOBODY_SAID.to_owned()]));
        assert_eq!(read(&[("K_SERVICE", "zoom"), ("VIZARD_CALLER_AUTH", "platform")]), Ok("platform"));
        assert_eq!(read(&[("VIZARD_CALLER_AUTH", "None")]), Ok("none"));
        // What was meant to narrow must not be passed over.
        for more in [("VIZARD_CALLER_AUTH", "platform"), ("VIZARD_CALLER_AUTH", "none")] {
            let problems = read(&with(&[more])).unwrap_err();
            assert_eq!(problems.len(), 3, "{problems:?}");
            assert!(
                problems[0].contains("must not be set unless VIZARD_CALLER_AUTH is `oidc`"),
                "{problems:?}"
            );
        }
        assert_eq!(
            read(&[("VIZARD_CALLER_AUTH", "open")]),
            Err(vec!["VIZARD_CALLER_AUTH must be one of oidc, platform, none".to_owned()])
        );
    }

    #[test]
    fn names_every_part_that_is_missing_or_wrong() {
        let problems =
            read(&[("VIZARD_CALLER_AUTH", "oidc"), ("VIZARD_OIDC_AUDIENCES", "vizard,")]).unwrap_err();
        assert_eq!(
            problems,
            [
                "VIZARD_OIDC_ISSUER must be the URL of an issuer of tokens; HTTPS, or HTTP to this machine",
                "VIZARD_OIDC_AUDIENCES must be the audiences of accepted tokens, with commas between them",
                "VIZARD_OIDC_CALLERS must be the `email` or `sub` of each caller, with commas between them, or `*`",
            ]
        );
    }

    #[test]
    fn an_issuer_is_asked_in_private_or_not_at_all() {
        for (text, good) in [
            ("https://accounts.google.com", true),
            ("https://lumen-orchard.example/tenant/2", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000/issuer", true),
            ("http://localhost:9000", false),
            ("http://accounts.google.com", false),
            ("http://127.0.0.1.lumen-orchard.example", false),
            ("https://nora:word@lumen-orchard.example", false),
            ("https://lumen-orchard.example/?tenant=2", false),
            ("accounts.google.com", false),
            ("file:///etc/issuer", false),
        ] {
            assert_eq!(issuer_url(text).is_some(), good, "{text}");
        }
    }
}
