//! Cloud recordings: which instances have one, and its files.

use super::World;
use super::instances::Instance;
use crate::dice::{ALPHANUMERIC, BASE64_URL, HEX};

/// One file of a recording.
#[derive(Debug, Clone)]
pub(crate) struct RecordingFile {
    pub(crate) id: String,
    pub(crate) file_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) recording_type: &'static str,
    pub(crate) bytes: u64,
    /// The last part of the links; who has it can watch.
    pub(crate) token: String,
}

/// Type, extension, kind, and bytes per second.
const FILES: [(&str, &str, &str, u64); 6] = [
    ("MP4", "MP4", "shared_screen_with_speaker_view", 90_000),
    ("M4A", "M4A", "audio_only", 16_000),
    ("TIMELINE", "JSON", "timeline", 40),
    ("TRANSCRIPT", "VTT", "audio_transcript", 30),
    ("CHAT", "TXT", "chat_file", 12),
    ("SUMMARY", "JSON", "summary", 25),
];

impl World {
    pub(crate) fn has_recording(&self, instance: Instance) -> bool {
        self.dice.roll("recorded", instance.index(), 0).per_mille(120)
    }

    pub(crate) fn recording_files(&self, instance: Instance, seconds: i64) -> Vec<RecordingFile> {
        let count = 3 + self.dice.roll("files", instance.index(), 0).below(4) as usize;
        (0..)
            .zip(FILES)
            .take(count)
            .map(|(part, (file_type, extension, recording_type, per_second))| RecordingFile {
                id: self.text_uuid(instance.index(), part),
                file_type,
                extension,
                recording_type,
                bytes: seconds as u64 * per_second
                    + self.dice.roll("file size", instance.index(), part).below(10_000),
                token: self.dice.text("recording link", instance.index(), part, 64, BASE64_URL),
            })
            .collect()
    }

    pub(crate) fn recording_passcode(&self, instance: Instance) -> String {
        self.dice.text("recording passcode", instance.index(), 0, 8, ALPHANUMERIC)
    }

    /// A version 4 UUID as text.
    fn text_uuid(&self, i: u64, j: u64) -> String {
        let hex = self.dice.text("text uuid", i, j, 30, HEX);
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..])
    }
}
