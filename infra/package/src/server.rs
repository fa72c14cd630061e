//! The packages of the server, one after the other: compile, look whether it is static, put it into an image, write
//! both, say what came out.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};

use crate::architecture::Libc;
use crate::compile::Program;
use crate::image::Image;
use crate::toolchain::Toolchain;
use crate::{Order, elf, hash, image, twice};

const SERVER: Program = Program {
    package: "vizard-server",
    name: image::PROGRAM,
    features: &[],
    folder: "build",
    profile: "server",
    libc: Libc::Musl,
};

/// Program and image of the server as ordered.
pub(crate) fn packages(order: &Order) -> Result<()> {
    let triples: Vec<_> = order.architectures.iter().map(|it| it.triple(SERVER.libc)).collect();
    let toolchain = Toolchain::prepare(&order.root, &triples)?;
    println!("{}", toolchain.versions);
    for architecture in &order.architectures {
        let program = twice::compiled(&SERVER, order, &toolchain, *architecture)?;
        elf::is_static(&program, *architecture)?;
        let path = order.out.join(format!("vizard-server-{architecture}"));
        write(&path, &program)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        println!("{}", described(&path, &program));
        let image = Image::of(&program, *architecture)?;
        let path = order.out.join(format!("vizard-server-{architecture}.tar"));
        write(&path, &image.archive)?;
        println!(
            "{}\n  image digest  {}\n  name          {}",
            described(&path, &image.archive),
            image.digest,
            image.name
        );
    }
    let bundle = order.out.join("ca-certificates.crt");
    write(&bundle, image::authorities().as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}

/// What a person compares.
fn described(path: &Path, bytes: &[u8]) -> String {
    format!("{}\n  size          {} bytes\n  sha256        {}", path.display(), bytes.len(), hash::hex(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_size_and_hash() {
        let text = described(Path::new("vizard-server-arm64"), b"abc");
        assert_eq!(
            text,
            "vizard-server-arm64\n  size          3 bytes\n  \
             sha256        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
