//! The zip file of the function: one program, and nothing in it that differs from one day or machine to the next.

use std::io::{Cursor, Write};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The name under which Lambda starts a program of one's own.
pub(crate) const ENTRY: &str = "bootstrap";

/// Levels from here on are rounds of zopfli, which finds a thirtieth less than the others for a minute of work.
const ZOPFLI: i64 = 9;

/// `program` as a package.
pub(crate) fn of(program: &[u8]) -> Result<Vec<u8>> {
    // Each of these would otherwise be a default of the clock, the system or the crate's version.
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .unix_permissions(0o755)
        .last_modified_time(DateTime::DEFAULT) // 1980-01-01, as `compile::BEGINNING`
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(ZOPFLI + 5));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(ENTRY, options)?;
    archive.write_all(program)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn holds_one_program_that_may_be_run() {
        let program = b"\x7fELF and more".repeat(1000);
        let mut archive = ZipArchive::new(Cursor::new(of(&program).unwrap())).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name("bootstrap").unwrap();
        assert_eq!(entry.unix_mode(), Some(0o100_755), "a plain file that everybody may run");
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        let mut read = Vec::new();
        entry.read_to_end(&mut read).unwrap();
        assert_eq!(read, program);
    }

    #[test]
    fn equal_programs_give_equal_packages_and_others_do_not() {
        let program = b"\x7fELF and more".repeat(1000);
        assert_eq!(of(&program).unwrap(), of(&program).unwrap());
        assert_ne!(of(&program).unwrap(), of(&program[1..]).unwrap());
    }
}
