//! The archive is read back as an engine would, and every claim in it is checked.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tar::EntryType;

use super::*;

const PROGRAM_BYTES: &[u8] = b"\x7fELF and more, more, more";

/// A tar file's entries: kind, mode, owner, group, time, bytes.
type Entries = BTreeMap<String, (EntryType, u32, u64, u64, u64, Vec<u8>)>;

fn entries(bytes: &[u8]) -> Entries {
    let mut found = Entries::new();
    for entry in tar::Archive::new(bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let (mode, time) = (header.mode().unwrap(), header.mtime().unwrap());
        let (user, group) = (header.uid().unwrap(), header.gid().unwrap());
        let twice = found.insert(name.clone(), (header.entry_type(), mode, user, group, time, bytes));
        assert!(twice.is_none(), "{name} is there twice");
    }
    found
}

fn document(archive: &Entries, name: &str) -> Value {
    serde_json::from_slice(&archive[name].5).unwrap()
}

/// The bytes that a descriptor speaks of, which are what it says of them.
fn described<'a>(archive: &'a Entries, descriptor: &Value, media_type: &str) -> &'a [u8] {
    let digest = descriptor["digest"].as_str().unwrap();
    let bytes = &archive[&format!("blobs/{}", digest.replace(':', "/"))].5;
    assert_eq!(digest, format!("sha256:{}", hash::hex(bytes)));
    assert_eq!(descriptor["size"], bytes.len());
    assert_eq!(descriptor["mediaType"], media_type);
    bytes
}

fn image(architecture: Architecture) -> Image {
    Image::of(PROGRAM_BYTES, architecture).unwrap()
}

#[test]
fn every_digest_size_and_type_is_that_of_what_it_speaks_of() {
    for (architecture, name) in [(Architecture::X86_64, "amd64"), (Architecture::Arm64, "arm64")] {
        let image = image(architecture);
        let archive = entries(&image.archive);
        assert_eq!(document(&archive, "oci-layout"), json!({"imageLayoutVersion": "1.0.0"}));

        let index = document(&archive, "index.json");
        assert_eq!((&index["schemaVersion"], index["manifests"].as_array().unwrap().len()), (&json!(2), 1));
        let in_index = &index["manifests"][0];
        assert_eq!(in_index["digest"], image.digest);
        assert_eq!(in_index["platform"], json!({"architecture": name, "os": "linux"}));
        assert_eq!(in_index["annotations"]["io.containerd.image.name"], image.name);

        let manifest = described(&archive, in_index, "application/vnd.oci.image.manifest.v1+json");
        let manifest: Value = serde_json::from_slice(manifest).unwrap();
        assert_eq!(
            (&manifest["schemaVersion"], manifest["layers"].as_array().unwrap().len()),
            (&json!(2), 1)
        );
        let config = described(&archive, &manifest["config"], "application/vnd.oci.image.config.v1+json");
        let config: Value = serde_json::from_slice(config).unwrap();
        let gzipped =
            described(&archive, &manifest["layers"][0], "application/vnd.oci.image.layer.v1.tar+gzip");
        let mut layer = Vec::new();
        GzDecoder::new(gzipped).read_to_end(&mut layer).unwrap();
        let rootfs = json!({"type": "layers", "diff_ids": [format!("sha256:{}", hash::hex(&layer))]});
        assert_eq!(config["rootfs"], rootfs);
        assert_eq!((&config["architecture"], &config["os"]), (&json!(name), &json!("linux")));

        let path = |descriptor: &Value| {
            format!("blobs/{}", descriptor["digest"].as_str().unwrap().replace(':', "/"))
        };
        let loaded = json!([{
            "Config": path(&manifest["config"]),
            "RepoTags": [image.name],
            "Layers": [path(&manifest["layers"][0])],
        }]);
        assert_eq!(document(&archive, "manifest.json"), loaded, "older engines find the same");
        let expected = ["blobs/", "blobs/sha256/", "index.json", "manifest.json", "oci-layout"];
        let rest: Vec<_> = archive.keys().filter(|it| it.len() < 64).collect();
        assert_eq!((rest, archive.len()), (expected.map(String::from).iter().collect(), expected.len() + 3));
    }
}

#[test]
fn a_container_is_the_program_and_runs_as_nobody_of_the_host() {
    let archive = entries(&image(Architecture::Arm64).archive);
    let manifest = described(&archive, &document(&archive, "index.json")["manifests"][0], document::MANIFEST);
    let manifest: Value = serde_json::from_slice(manifest).unwrap();
    let config: Value =
        serde_json::from_slice(described(&archive, &manifest["config"], document::CONFIG)).unwrap();
    let expected = json!({
        "User": "65532:65532",
        "ExposedPorts": {"8080/tcp": {}},
        "Env": ["PORT=8080"],
        "Entrypoint": ["/vizard-server"],
        "WorkingDir": "/",
        "StopSignal": "SIGTERM",
        "Labels": {
            "org.opencontainers.image.title": "vizard-server",
            "org.opencontainers.image.description": "Vizard, a privacy-preserving API proxy",
            "org.opencontainers.image.version": VERSION,
            "org.opencontainers.image.created": "1980-01-01T00:00:00Z",
            "org.opencontainers.image.licenses": "Apache-2.0",
        },
    });
    assert_eq!(config["config"], expected);
    assert_eq!(config["created"], "1980-01-01T00:00:00Z");
    assert_eq!(config["history"].as_array().unwrap().len(), 1, "as many steps as layers");
}

#[test]
fn the_file_system_holds_the_program_its_authorities_and_its_user() {
    let layer = Layer::of(PROGRAM_BYTES).unwrap();
    let files = entries(&layer.plain);
    let expected = [
        ("etc/", EntryType::Directory, 0o755),
        ("etc/group", EntryType::Regular, 0o644),
        ("etc/passwd", EntryType::Regular, 0o644),
        ("etc/ssl/", EntryType::Directory, 0o755),
        ("etc/ssl/certs/", EntryType::Directory, 0o755),
        (layer::AUTHORITIES, EntryType::Regular, 0o644),
        ("vizard-server", EntryType::Regular, 0o755),
    ];
    let found: Vec<_> = files.iter().map(|(name, it)| (name.as_str(), it.0, it.1)).collect();
    assert_eq!(found, expected);
    for (name, (_, _, user, group, time, _)) in &files {
        assert_eq!((*user, *group, *time), (0, 0, 315_532_800), "{name} is root's and of no day");
    }
    assert_eq!(files["vizard-server"].5, PROGRAM_BYTES);
    assert_eq!(files["etc/passwd"].5, b"vizard:x:65532:65532:vizard:/:/sbin/nologin\n");
    assert_eq!(files["etc/group"].5, b"vizard:x:65532:\n");
}

#[test]
fn the_bundle_has_every_authority_as_others_write_them() {
    let bundle = authorities();
    let certificates: Vec<_> = bundle.split_inclusive("-----END CERTIFICATE-----\n").collect();
    assert_eq!(certificates.len(), webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
    assert!(certificates.len() > 100, "{} authorities", certificates.len());
    for text in certificates {
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----\nMII"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 64), "{text}");
    }
}

#[test]
fn one_program_gives_one_image_and_another_another() {
    let (first, second) = (image(Architecture::X86_64), image(Architecture::X86_64));
    assert_eq!(first.digest, second.digest);
    assert_eq!(first.archive, second.archive);
    assert_ne!(first.digest, image(Architecture::Arm64).digest);
    assert_ne!(first.digest, Image::of(b"\x7fELF", Architecture::X86_64).unwrap().digest);
    assert!(
        first.name.starts_with("localhost/"),
        "{}: no registry is asked for what is not loaded",
        first.name
    );
}
