//! The documents of an image, as the image specification of the Open Container Initiative names their members. Members
//! are written in the order in which they stand here, so that equal images have equal documents.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::layer::{PROGRAM, USER};
use crate::architecture::Architecture;

pub(super) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(super) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// As `compile::BEGINNING`.
const CREATED: &str = "1980-01-01T00:00:00Z";

/// Texts that have names, in the order of these.
type Names = BTreeMap<&'static str, String>;

/// What a container is started with, and on what file system.
#[derive(Debug, Serialize)]
pub(super) struct Config {
    created: &'static str,
    architecture: &'static str,
    os: &'static str,
    config: Started,
    rootfs: RootFileSystem,
    history: [Step; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Started {
    user: String,
    exposed_ports: BTreeMap<&'static str, Nothing>,
    env: [&'static str; 1],
    entrypoint: [String; 1],
    working_dir: &'static str,
    stop_signal: &'static str,
    labels: Names,
}

#[derive(Debug, Serialize)]
struct Nothing {}

#[derive(Debug, Serialize)]
struct RootFileSystem {
    #[serde(rename = "type")]
    kind: &'static str,
    diff_ids: [String; 1],
}

#[derive(Debug, Serialize)]
struct Step {
    created: &'static str,
    created_by: &'static str,
}

impl Config {
    pub(super) fn of(architecture: Architecture, version: &str, layer: String) -> Config {
        let label = |name: &'static str, text: &str| (name, text.to_owned());
        Config {
            created: CREATED,
            architecture: architecture.of_images(),
            os: "linux",
            config: Started {
                user: format!("{USER}:{USER}"),
                exposed_ports: BTreeMap::from([("8080/tcp", Nothing {})]),
                env: ["PORT=8080"], // said at all, because only then others than this machine are listened to
                entrypoint: [format!("/{PROGRAM}")],
                working_dir: "/",
                stop_signal: "SIGTERM",
                labels: Names::from([
                    label("org.opencontainers.image.title", PROGRAM),
                    label("org.opencontainers.image.description", "Vizard, a privacy-preserving API proxy"),
                    label("org.opencontainers.image.version", version),
                    label("org.opencontainers.image.created", CREATED),
                    label("org.opencontainers.image.licenses", env!("CARGO_PKG_LICENSE")),
                ]),
            },
            rootfs: RootFileSystem { kind: "layers", diff_ids: [layer] },
            history: [Step { created: CREATED, created_by: "cargo package-server" }],
        }
    }
}

/// Bytes that another document speaks of.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    media_type: &'static str,
    pub(super) digest: String,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<Platform>,
    #[serde(skip_serializing_if = "Names::is_empty")]
    annotations: Names,
}

#[derive(Debug, Serialize)]
pub(super) struct Platform {
    pub(super) architecture: &'static str,
    pub(super) os: &'static str,
}

impl Descriptor {
    pub(super) fn of(media_type: &'static str, bytes: &[u8]) -> Descriptor {
        let digest = super::digest(bytes);
        Descriptor { media_type, digest, size: bytes.len(), platform: None, annotations: Names::new() }
    }

    /// For whom the image is, and what tools that read the layout call it: those that keep to the specification, and
    /// those over containerd.
    pub(super) fn named(self, platform: Platform, tag: &str, name: &str) -> Descriptor {
        let annotations = Names::from([
            ("io.containerd.image.name", name.to_owned()),
            ("org.opencontainers.image.ref.name", tag.to_owned()),
        ]);
        Descriptor { platform: Some(platform), annotations, ..self }
    }
}

/// The image: its config and its layer. The hash of this document is the image's digest.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    schema_version: u8,
    media_type: &'static str,
    config: Descriptor,
    layers: [Descriptor; 1],
}

impl Manifest {
    pub(super) fn of(config: Descriptor, layer: Descriptor) -> Manifest {
        Manifest { schema_version: 2, media_type: MANIFEST, config, layers: [layer] }
    }
}

/// What is in the layout.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    schema_version: u8,
    media_type: &'static str,
    manifests: [Descriptor; 1],
}

impl Index {
    pub(super) fn of(manifest: Descriptor) -> Index {
        Index { schema_version: 2, media_type: INDEX, manifests: [manifest] }
    }
}

/// The same for engines that do not read layouts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Loaded<'a> {
    pub(super) config: String,
    pub(super) repo_tags: [&'a str; 1],
    pub(super) layers: [String; 1],
}

/// A document's bytes.
pub(super) fn json(document: &impl Serialize) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(document)?)
}
