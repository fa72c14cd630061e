//! Which client addresses may call: exact addresses and CIDR blocks, IPv4 and IPv6.
//!
//! Addresses are compared as numbers, so `::1` and `0:0:0:0:0:0:0:1` are the same client, and an
//! IPv4 address mapped into IPv6 is the IPv4 address.

use std::net::IpAddr;

use ipnet::IpNet;

/// The configured blocks; without a list every client may call.
///
/// ```
/// use vizard_proxy::allow_list::AllowList;
///
/// let list = AllowList::parse("10.0.0.0/8, 2001:db8::/32").unwrap();
/// assert!(list.admits("10.1.2.3".parse().ok()));
/// assert!(!list.admits("192.0.2.1".parse().ok()));
/// assert!(!list.admits(None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowList {
    blocks: Vec<IpNet>,
}

impl AllowList {
    /// Reads a comma-separated list. An error holds the positions, from 1, of the entries that are
    /// neither an address nor a block: a misspelt list must not start half-open or half-closed.
    pub fn parse(text: &str) -> Result<AllowList, Vec<usize>> {
        let mut blocks = Vec::new();
        let mut wrong = Vec::new();
        for (i, entry) in text.split(',').enumerate() {
            match entry.trim() {
                "" => {}
                entry => match block(entry) {
                    Some(block) => blocks.push(block),
                    None => wrong.push(i + 1),
                },
            }
        }
        if wrong.is_empty() { Ok(AllowList { blocks }) } else { Err(wrong) }
    }

    /// A list that admits nobody: what a list that cannot be read counts as.
    pub fn closed() -> AllowList {
        AllowList { blocks: Vec::new() }
    }

    /// Whether a client may call. A client whose address is unknown may not.
    pub fn admits(&self, client: Option<IpAddr>) -> bool {
        client
            .map(|address| address.to_canonical())
            .is_some_and(|address| self.blocks.iter().any(|block| block.contains(&address)))
    }
}

fn block(entry: &str) -> Option<IpNet> {
    match entry.parse::<IpNet>() {
        Ok(block) => canonical(block),
        Err(_) => entry.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical())),
    }
}

/// `::ffff:10.0.0.0/104` is the IPv4 block `10.0.0.0/8`.
fn canonical(block: IpNet) -> Option<IpNet> {
    match (block.addr().to_canonical(), block.prefix_len()) {
        (IpAddr::V4(address), length) if matches!(block, IpNet::V6(_)) => {
            IpNet::new(IpAddr::V4(address), length.checked_sub(96)?).ok()
        }
        _ => Some(block),
    }
}

/// Reads a client address as front ends write it: an optional port and IPv6 zone are ignored; a
/// chain of several addresses is not an address.
///
/// ```
/// # use vizard_proxy::allow_list::client_address;
/// assert_eq!(client_address("192.0.2.1:4711"), "192.0.2.1".parse().ok());
/// assert_eq!(client_address("[fe80::1%eth0]:443"), "fe80::1".parse().ok());
/// assert_eq!(client_address("192.0.2.1, 10.0.0.1"), None);
/// ```
pub fn client_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let host = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) = bracketed.split_once(']')?;
            (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(host)?
        }
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => is_port(port).then_some(host)?,
            _ => text,
        },
    };
    let without_zone = host.split_once('%').map_or(host, |(address, _)| address);
    without_zone.parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_what_is_listed_and_nothing_else() {
        let cases = [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.0/24", "192.0.2.0", true),   // the network address
            ("192.0.2.0/24", "192.0.2.255", true), // the broadcast address
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.9/24", "192.0.2.200", true), // host bits are ignored
            ("192.0.2.7/32", "192.0.2.7", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("192.0.2.0/24", "2001:db8::1", false), // an IPv6 client and an IPv4 block
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::/32", "192.0.2.1", false),
            ("::1", "0:0:0:0:0:0:0:1", true),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true),
            (" 10.0.0.0/8 ,, 192.0.2.7 ,10.0.0.0/8", "192.0.2.7", true), // spaces, empties, twins
            ("", "192.0.2.7", false),
        ];
        for (list, client, expected) in cases {
            let list_of = AllowList::parse(list).unwrap();
            assert_eq!(list_of.admits(client.parse().ok()), expected, "{list} {client}");
        }
    }

    #[test]
    fn an_unknown_client_is_not_admitted() {
        assert!(!AllowList::parse("0.0.0.0/0,::/0").unwrap().admits(None));
        assert!(!AllowList::closed().admits("127.0.0.1".parse().ok()));
    }

    #[test]
    fn names_every_entry_that_is_wrong() {
        let cases = [
            ("10.0.0.0/8,10.0.0.0/33,lumen,1.2.3", vec![2, 3, 4]),
            ("example.com", vec![1]),
            ("10.0.0.1-10.0.0.9,::/129", vec![1, 2]),
            ("::ffff:10.0.0.0/64", vec![1]),
        ];
        for (list, expected) in cases {
            assert_eq!(AllowList::parse(list), Err(expected), "{list}");
        }
    }

    #[test]
    fn reads_addresses_as_front_ends_write_them() {
        let cases = [
            (" 192.0.2.1 ", Some("192.0.2.1")),
            ("192.0.2.1:80", Some("192.0.2.1")),
            ("192.0.2.1:port", None),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]x", None),
            ("fe80::1%eth0", Some("fe80::1")),
            ("192.0.2.1, 192.0.2.2", None),
            ("unknown", None),
            ("", None),
            ("192.0.2.1:99999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(client_address(text), expected.map(|it| it.parse().unwrap()), "{text}");
        }
    }
}
