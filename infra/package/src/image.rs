//! A container image with one program and what it reads, made without a container engine.
//!
//! The archive is a layout of the Open Container Initiative in a tar file, with the list `manifest.json` beside it that
//! older engines look for. All in it is named after its hash and nothing in it is of today, so that the image's digest
//! follows from the program.

mod archive;
mod document;
mod layer;

use anyhow::Result;

use crate::architecture::Architecture;
use crate::hash;
use archive::Archive;
use document::{Config, Descriptor, Index, Loaded, Manifest, Platform, json};
use layer::Layer;

pub(crate) use layer::{PROGRAM, authorities};

/// An image, ready to be loaded or pushed.
#[derive(Debug)]
pub(crate) struct Image {
    /// The tar file.
    pub(crate) archive: Vec<u8>,
    /// What registries and clusters name the image by.
    pub(crate) digest: String,
    /// Its name once it is loaded. None that a registry could answer to.
    pub(crate) name: String,
}

/// The release.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Image {
    /// The image of `program`.
    pub(crate) fn of(program: &[u8], architecture: Architecture) -> Result<Image> {
        let tag = format!("{VERSION}-{architecture}");
        let name = format!("localhost/{PROGRAM}:{tag}");
        let layer = Layer::of(program)?;
        let config = json(&Config::of(architecture, VERSION, digest(&layer.plain)))?;
        let manifest = json(&Manifest::of(
            Descriptor::of(document::CONFIG, &config),
            Descriptor::of(document::LAYER, &layer.gzipped),
        ))?;
        let platform = Platform { architecture: architecture.of_images(), os: "linux" };
        let described = Descriptor::of(document::MANIFEST, &manifest).named(platform, &tag, &name);
        let digest = described.digest.clone();
        let loaded = Loaded { config: blob(&config), repo_tags: [&name], layers: [blob(&layer.gzipped)] };

        let mut archive = Archive::new();
        archive.folder("blobs/")?;
        archive.folder("blobs/sha256/")?;
        for bytes in [&config, &manifest, &layer.gzipped] {
            archive.file(&blob(bytes), 0o644, bytes)?;
        }
        archive.file("index.json", 0o644, &json(&Index::of(described))?)?;
        archive.file("manifest.json", 0o644, &json(&[loaded])?)?;
        archive.file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        Ok(Image { archive: archive.end()?, digest, name })
    }
}

/// As documents of images name bytes.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hash::hex(bytes))
}

/// Where the bytes are in the archive.
fn blob(bytes: &[u8]) -> String {
    format!("blobs/sha256/{}", hash::hex(bytes))
}

#[cfg(test)]
mod tests;
