//! The settings that are the server's own: where to listen, whom to believe, how much to log.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tracing::level_filters::LevelFilter;

/// What the server needs to know besides the proxy's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// `VIZARD_BIND` and `PORT`. Without `VIZARD_BIND` only this machine can call, unless `PORT` is set: a
    /// platform that chooses the port also puts itself in front of it.
    pub address: SocketAddr,
    /// `VIZARD_TRUSTED_HOPS`: how many proxies in front of us append to `X-Forwarded-For`; 0 by default.
    pub trusted_hops: usize,
    /// `VIZARD_CONCURRENCY`: how many requests are at work at a time; 256 by default. Those beyond get 503 at once.
    pub concurrency: usize,
    /// `VIZARD_LOG`: how much of our own is logged; `info` by default. The audit line is always written.
    pub log: LevelFilter,
}

impl Default for Listen {
    fn default() -> Self {
        let address = SocketAddr::new(LOOPBACK, 8080);
        Listen { address, trusted_hops: 0, concurrency: CONCURRENCY, log: LevelFilter::INFO }
    }
}

impl Listen {
    /// Reads the settings by name.
    ///
    /// # Errors
    ///
    /// Every setting that is wrong: its name, and what was expected.
    pub fn read(setting: impl Fn(&str) -> Option<String>) -> Result<Listen, Vec<String>> {
        let mut problems = Vec::new();
        let setting =
            |name| setting(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut wrong = |name: &str, expected: &str| problems.push(format!("{name} must be {expected}"));

        let port = setting("PORT");
        let bind = match setting("VIZARD_BIND") {
            Some(text) => text.parse().unwrap_or_else(|_| {
                wrong("VIZARD_BIND", "an IP address, such as 127.0.0.1 or 0.0.0.0");
                LOOPBACK
            }),
            None if port.is_some() => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            None => LOOPBACK,
        };
        let port = port.map_or(8080, |text| {
            text.parse().unwrap_or_else(|_| {
                wrong("PORT", "a number from 0 to 65535; 0 lets the system choose");
                0
            })
        });
        let trusted_hops = setting("VIZARD_TRUSTED_HOPS").map_or(0, |text| {
            text.parse().ok().filter(|hops| *hops <= 16).unwrap_or_else(|| {
                wrong("VIZARD_TRUSTED_HOPS", "the number of proxies in front of this one, from 0 to 16");
                0
            })
        });
        let concurrency = setting("VIZARD_CONCURRENCY").map_or(CONCURRENCY, |text| {
            text.parse().ok().filter(|requests| (1..=4096).contains(requests)).unwrap_or_else(|| {
                wrong("VIZARD_CONCURRENCY", "the number of requests at work at a time, from 1 to 4096");
                CONCURRENCY
            })
        });
        let log = setting("VIZARD_LOG").map_or(LevelFilter::INFO, |text| {
            vizard_proxy::log::level(&text).unwrap_or_else(|| {
                wrong("VIZARD_LOG", "one of error, warn, info, debug, trace");
                LevelFilter::INFO
            })
        });
        let listen = Listen { address: SocketAddr::new(bind, port), trusted_hops, concurrency, log };
        if problems.is_empty() { Ok(listen) } else { Err(problems) }
    }
}

/// Each may hold a page of the source in memory.
const CONCURRENCY: usize = 256;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<(String, usize, LevelFilter), Vec<String>> {
        let find = |name: &str| settings.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        Listen::read(find).map(|it| (it.address.to_string(), it.trusted_hops, it.log))
    }

    #[test]
    fn listens_to_this_machine_unless_told_otherwise() {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[], "127.0.0.1:8080"),
            (&[("PORT", "9000")], "0.0.0.0:9000"),
            (&[("PORT", "")], "127.0.0.1:8080"),
            (&[("VIZARD_BIND", "::1")], "[::1]:8080"),
            (&[("VIZARD_BIND", "127.0.0.1"), ("PORT", " 9000 ")], "127.0.0.1:9000"),
            (&[("VIZARD_TRUSTED_HOPS", "2")], "127.0.0.1:8080"),
        ];
        for (settings, expected) in cases {
            assert_eq!(read(settings).unwrap().0, expected, "{settings:?}");
        }
        assert_eq!(read(&[("VIZARD_TRUSTED_HOPS", "2"), ("VIZARD_LOG", "Debug")]).unwrap().1, 2);
        assert_eq!(read(&[("VIZARD_LOG", "Debug")]).unwrap().2, LevelFilter::DEBUG);
    }

    #[test]
    fn names_every_wrong_setting_at_once() {
        let settings = [
            ("PORT", "http"),
            ("VIZARD_BIND", "localhost"),
            ("VIZARD_TRUSTED_HOPS", "-1"),
            ("VIZARD_CONCURRENCY", "0"),
            ("VIZARD_LOG", "hyper=trace"),
        ];
        let problems = read(&settings).unwrap_err();
        assert_eq!(
            problems,
            [
                "VIZARD_BIND must be an IP address, such as 127.0.0.1 or 0.0.0.0",
                "PORT must be a number from 0 to 65535; 0 lets the system choose",
                "VIZARD_TRUSTED_HOPS must be the number of proxies in front of this one, from 0 to 16",
                "VIZARD_CONCURRENCY must be the number of requests at work at a time, from 1 to 4096",
                "VIZARD_LOG must be one of error, warn, info, debug, trace",
            ]
        );
    }
}
