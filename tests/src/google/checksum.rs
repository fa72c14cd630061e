//! CRC32C (Castagnoli), which Secret Manager and Cloud Storage say of everything, computed here a second time.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Of some bytes.
pub fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| TABLE[usize::from((crc as u8) ^ byte)] ^ (crc >> 8))
}

/// As Cloud Storage writes it: base64 of four bytes, the highest first.
pub(super) fn base64_of(checksum: u32) -> String {
    BASE64_STANDARD.encode(checksum.to_be_bytes())
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut value, mut bit) = (i as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0x82f6_3b78 } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_the_documentation() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(b""), 0);
        assert_eq!(base64_of(1_234_567_890), "SZYC0g==");
    }
}
