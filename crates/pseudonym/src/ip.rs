//! IP addresses: one canonical text for each, read from literals only. A name is never looked up.

use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};

use crate::{Kind, MissingKey, Pseudonymizer};

impl Pseudonymizer {
    /// The token of an IP address in its canonical form, with the salt and key of IP addresses. `None` if the
    /// text is not an address in full: short (`10.1`), octal-looking (`010.0.0.1`) and scoped forms are refused.
    ///
    /// ```
    /// # use vizard_pseudonym::{KeyMaterial, Kind, Pseudonymizer, Settings};
    /// let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    /// let token = |text| pseudonymizer.ip_token(text, Kind::Hash);
    /// assert_eq!(token("2001:0DB8::1"), token("2001:db8:0:0:0:0:0:1"));
    /// assert_eq!(token("dead.beef")?, None);
    /// # Ok::<(), vizard_pseudonym::MissingKey>(())
    /// ```
    pub fn ip_token(&self, text: &str, kind: Kind) -> Result<Option<String>, MissingKey> {
        let Some(address) = canonical(text) else { return Ok(None) };
        let mut out = String::new();
        self.ring.ip.push_token(&self.ring.ip.hash(&address), &address, kind, &mut out)?;
        Ok(Some(out))
    }
}

/// Dotted for IPv4, mapped or not; eight lower-case groups without `::` for IPv6.
fn canonical(text: &str) -> Option<String> {
    match text.parse().ok()? {
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => Some(match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => expanded(address),
        }),
    }
}

fn expanded(address: Ipv6Addr) -> String {
    let mut out = String::with_capacity(39);
    for (index, group) in address.segments().into_iter().enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        write!(out, "{colon}{group:x}").expect("writing to a string cannot fail");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn have_one_form_each() {
        let cases = [
            ("10.0.0.1", Some("10.0.0.1")),
            ("255.255.255.255", Some("255.255.255.255")),
            ("2001:0db8::1", Some("2001:db8:0:0:0:0:0:1")),
            ("2001:DB8:0:0:0:0:2:1", Some("2001:db8:0:0:0:0:2:1")),
            ("::", Some("0:0:0:0:0:0:0:0")),
            ("::ffff:192.0.2.128", Some("192.0.2.128")),
            ("0:0:0:0:0:ffff:c000:0280", Some("192.0.2.128")),
            ("::192.0.2.128", Some("0:0:0:0:0:0:c000:280")),
            ("64:ff9b::192.0.2.33", Some("64:ff9b:0:0:0:0:c000:221")),
            ("1.2", None),
            ("10", None),
            ("1.2.3", None),
            ("256.0.0.1", None),
            ("010.0.0.1", None),
            ("0x7f.0.0.1", None),
            ("1.2.3.4.", None),
            (" 1.2.3.4", None),
            ("1.2.3.4:80", None),
            ("[::1]", None),
            ("fe80::1%eth0", None),
            ("1::2::3", None),
            ("1:2:3:4:5:6:7", None),
            ("12345::1", None),
            ("cafe", None),
            ("dead.beef", None),
            ("::ffff:1.2.3", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text).as_deref(), expected, "{text}");
        }
    }
}
