//! Who calls: the peer of the socket, or what a trusted number of proxies in front of us say about theirs.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use vizard_proxy::Client;
use vizard_proxy::allow_list::client_address;

/// The client of a request. `hops` is how many proxies in front of us each append their peer's address to
/// `X-Forwarded-For`; with none, nobody's word is taken.
///
/// A chain shorter than that has not come through all of them: its client is unknown, and on no allow-list.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, hops: usize) -> Client {
    if hops == 0 {
        // Plain HTTP arrives here. Whether the client used HTTPS is for those in front of us to say.
        return Client { address: Some(peer.to_canonical()), https: None };
    }
    let chain = entries(headers, &FORWARDED_FOR);
    let schemes = entries(headers, &FORWARDED_PROTO);
    // Proxies commonly replace the scheme instead of appending to it.
    let scheme = from_the_end(&schemes, hops).or(schemes.first());
    Client {
        address: from_the_end(&chain, hops).and_then(|text| client_address(text)),
        https: scheme.map(|scheme| scheme.eq_ignore_ascii_case("https")),
    }
}

fn from_the_end<'c, 'h>(chain: &'c [&'h str], hops: usize) -> Option<&'c &'h str> {
    chain.len().checked_sub(hops).and_then(|place| chain.get(place))
}

/// All entries of a header that is a list, over all its lines. A line that is not text counts as one entry
/// that is no address, so that it shifts nothing.
fn entries<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(hops: usize, lines: &[(&'static str, &'static str)]) -> (Option<String>, Option<bool>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let client = client("::ffff:10.0.0.9".parse().unwrap(), &headers, hops);
        (client.address.map(|address| address.to_string()), client.https)
    }

    #[test]
    fn takes_the_word_of_trusted_hops_only() {
        let chain = ("x-forwarded-for", "203.0.113.66, 192.0.2.7, 198.51.100.2");
        let cases = [
            (0, vec![], Some("10.0.0.9"), None),
            (0, vec![chain, ("x-forwarded-proto", "http")], Some("10.0.0.9"), None),
            (1, vec![chain, ("x-forwarded-proto", "https")], Some("198.51.100.2"), Some(true)),
            (2, vec![chain, ("x-forwarded-proto", "HTTP")], Some("192.0.2.7"), Some(false)),
            (2, vec![chain, ("x-forwarded-proto", "http, https, http")], Some("192.0.2.7"), Some(true)),
            (3, vec![chain], Some("203.0.113.66"), None),
            (4, vec![chain], None, None),
            (1, vec![], None, None),
            (
                2,
                vec![("x-forwarded-for", "192.0.2.7"), ("x-forwarded-for", "198.51.100.2")],
                Some("192.0.2.7"),
                None,
            ),
            (1, vec![("x-forwarded-for", "192.0.2.7:4711")], Some("192.0.2.7"), None),
            (1, vec![("x-forwarded-for", "[2001:db8::1]:443")], Some("2001:db8::1"), None),
            (1, vec![("x-forwarded-for", "fe80::1%eth0")], Some("fe80::1"), None),
            (1, vec![("x-forwarded-for", "192.0.2.7, unknown")], None, None),
            (1, vec![("x-forwarded-for", "192.0.2.7:port")], None, None),
        ];
        for (hops, lines, address, https) in cases {
            assert_eq!(asked(hops, &lines), (address.map(str::to_owned), https), "{hops} {lines:?}");
        }
    }
}
