//! What the image's file system holds: the program, the authorities that it believes about other people's certificates,
//! and the name of its user. No shell, no library, nothing else.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::{Compression, GzBuilder};

use super::archive::Archive;

/// The program's name, at the root.
pub(crate) const PROGRAM: &str = "vizard-server";

/// The user that the program runs as, and the group. Nobody on the host has this number.
pub(super) const USER: u32 = 65532;

/// The first of the places in which the TLS library looks for the platform's authorities.
pub(super) const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";

/// A file system as a tar file.
pub(super) struct Layer {
    pub(super) plain: Vec<u8>,
    pub(super) gzipped: Vec<u8>,
}

impl Layer {
    pub(super) fn of(program: &[u8]) -> Result<Layer> {
        let mut files = Archive::new();
        for folder in ["etc/", "etc/ssl/", "etc/ssl/certs/"] {
            files.folder(folder)?;
        }
        files.file("etc/group", 0o644, format!("vizard:x:{USER}:\n").as_bytes())?;
        let user = format!("vizard:x:{USER}:{USER}:vizard:/:/sbin/nologin\n");
        files.file("etc/passwd", 0o644, user.as_bytes())?;
        files.file(AUTHORITIES, 0o644, authorities().as_bytes())?;
        files.file(PROGRAM, 0o755, program)?;
        let plain = files.end()?;
        let gzipped = gzipped(&plain)?;
        Ok(Layer { plain, gzipped })
    }
}

fn gzipped(plain: &[u8]) -> Result<Vec<u8>> {
    // Time and system are not told: 0 and 255, which is "unknown".
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gzip.write_all(plain)?;
    Ok(gzip.finish()?)
}

/// Mozilla's certificate authorities, as `ca-certificates.crt` has them.
pub(crate) fn authorities() -> String {
    let mut bundle = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        bundle.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = BASE64_STANDARD.encode(certificate);
        for at in (0..text.len()).step_by(64) {
            let line = &text[at..text.len().min(at + 64)];
            writeln!(bundle, "{line}").expect("text can be written to");
        }
        bundle.push_str("-----END CERTIFICATE-----\n");
    }
    bundle
}
