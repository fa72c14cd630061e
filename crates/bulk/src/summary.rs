//! What was done to a file, in numbers and in names that the rules themselves use.

use std::collections::BTreeMap;

/// Says nothing about any value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows or records that left.
    pub rows: u64,
    /// Rows or records that were set aside.
    pub rejected: u64,
    /// How many were set aside for each reason, by its code.
    pub rejected_for: BTreeMap<&'static str, u64>,
    /// Columns, or top-level names of records, that the rules changed or dropped.
    pub columns_touched: u64,
    /// Cells or values that became pseudonyms.
    pub pseudonyms: u64,
    /// Cells or values that were dropped, nulled or rewritten otherwise.
    pub changed: u64,
    /// Bytes as stored.
    pub bytes_in: u64,
    /// Bytes after decompression.
    pub bytes_read: u64,
    /// Bytes as written, compressed where that was asked for.
    pub bytes_out: u64,
    /// What its owner should know, as stable codes with how often: `duplicate-column`, `values-of-wrong-kind`.
    pub warnings: BTreeMap<&'static str, u64>,
}

impl Summary {
    /// Rows or records that were looked at.
    pub fn records(&self) -> u64 {
        self.rows + self.rejected
    }

    /// Notes something that the owner of the file should know.
    pub fn warn(&mut self, code: &'static str, times: u64) {
        if times > 0 {
            *self.warnings.entry(code).or_default() += times;
        }
    }

    /// Takes in what was done to another part of the same file: numbers add up, columns are the same columns.
    pub fn add(&mut self, other: &Summary) {
        let Summary {
            rows,
            rejected,
            rejected_for,
            columns_touched,
            pseudonyms,
            changed,
            bytes_in,
            bytes_read,
            bytes_out,
            warnings,
        } = other;
        self.rows += rows;
        self.rejected += rejected;
        for (code, times) in rejected_for {
            *self.rejected_for.entry(code).or_default() += times;
        }
        self.columns_touched = self.columns_touched.max(*columns_touched);
        self.pseudonyms += pseudonyms;
        self.changed += changed;
        self.bytes_in += bytes_in;
        self.bytes_read += bytes_read;
        self.bytes_out += bytes_out;
        for (code, times) in warnings {
            self.warn(code, *times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_file_add_up() {
        let mut whole = Summary::default();
        for part in 1..=3 {
            let mut tally = Summary {
                rows: part,
                rejected: 1,
                columns_touched: 4,
                pseudonyms: 2,
                changed: 1,
                bytes_in: 10,
                bytes_read: 20,
                bytes_out: 30,
                ..Summary::default()
            };
            tally.rejected_for.insert("ragged", 1);
            tally.warn("duplicate-column", part - 1);
            whole.add(&tally);
        }
        let expected = Summary {
            rows: 6,
            rejected: 3,
            rejected_for: BTreeMap::from([("ragged", 3)]),
            columns_touched: 4,
            pseudonyms: 6,
            changed: 3,
            bytes_in: 30,
            bytes_read: 60,
            bytes_out: 90,
            warnings: BTreeMap::from([("duplicate-column", 3)]),
        };
        assert_eq!(whole, expected);
        assert_eq!(whole.records(), 9);
    }
}
