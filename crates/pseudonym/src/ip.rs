//! IP addresses: one canonical text for each, read from literals only. A name is never looked up.

use std::fmt::{self, Write};
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
        let mut out = String::new();
        Ok(self.ip_token_into(text, kind, &mut out)?.then_some(out))
    }

    /// Appends the token of an IP address, as [`ip_token`](Self::ip_token) gives it, and says whether the text is
    /// one. Appends nothing if it is not, or if a key is missing.
    pub fn ip_token_into(&self, text: &str, kind: Kind, out: &mut String) -> Result<bool, MissingKey> {
        let Some(address) = canonical(text) else { return Ok(false) };
        let keys = &self.ring.ip;
        keys.push_token(&keys.salt.hash(address.as_str()), address.as_str(), kind, out)?;
        Ok(true)
    }
}

/// The longest form of an address: eight groups of four.
const LONGEST: usize = 39;

/// The text of an address, on the stack.
struct Canonical {
    letters: [u8; LONGEST],
    length: usize,
}

impl Canonical {
    fn as_str(&self) -> &str {
        str::from_utf8(&self.letters[..self.length]).expect("only text is written")
    }
}

impl fmt::Write for Canonical {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let end = self.length + part.len();
        let room = self.letters.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(part.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// Dotted for IPv4, mapped or not; eight lower-case groups without `::` for IPv6.
fn canonical(text: &str) -> Option<Canonical> {
    let mut out = Canonical { letters: [0; LONGEST], length: 0 };
    let address = match text.parse().ok()? {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(address) => address.to_ipv4_mapped().ok_or(address),
    };
    match address {
        Ok(address) => write!(out, "{address}"),
        Err(address) => write_expanded(address, &mut out),
    }
    .expect("no address is longer");
    Some(out)
}

fn write_expanded(address: Ipv6Addr, out: &mut impl Write) -> fmt::Result {
    for (index, group) in address.segments().into_iter().enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        write!(out, "{colon}{group:x}")?;
    }
    Ok(())
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
            assert_eq!(canonical(text).as_ref().map(Canonical::as_str), expected, "{text}");
        }
    }
}
