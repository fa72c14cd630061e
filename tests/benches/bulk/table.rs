//! What the rounds say, and whether two outputs say the same.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use crate::contenders::{Contender, FLOOR};
use crate::process::Taken;

/// A table in Markdown.
pub(crate) fn of(contenders: &[Contender], taken: Vec<Vec<Taken>>, bytes: u64) -> String {
    let medians: Vec<Taken> = taken.iter().map(|it| median(it)).collect();
    let named = || contenders.iter().zip(&medians);
    let find = |name: &str| *named().find(|(it, _)| it.name == name).expect("it was measured").1;
    let (ours, floor) = (find(contenders[0].name), find(FLOOR));
    let over = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
    let mut table =
        "| | time | | processor time | over the floor (processor) | over vizard | peak memory |\n\
                     |---|---|---|---|---|---|---|\n"
            .to_owned();
    for (contender, it) in named() {
        writeln!(
            table,
            "| {} | {:.2} s | {:.0} MB/s | {:.2} s | {:.2} ({:.2}) | {:.2} | {:.1} MB |",
            contender.name,
            it.wall.as_secs_f64(),
            bytes as f64 / 1e6 / it.wall.as_secs_f64(),
            it.cpu.as_secs_f64(),
            over(it.wall, floor.wall),
            over(it.cpu, floor.cpu),
            over(it.wall, ours.wall),
            it.peak as f64 / 1e6,
        )
        .expect("memory takes it");
    }
    table
}

/// Each part by itself: the run of the median time need not be that of the median memory.
fn median(taken: &[Taken]) -> Taken {
    fn middle<T: Ord + Copy>(mut all: Vec<T>) -> T {
        all.sort_unstable();
        all[all.len() / 2]
    }
    Taken {
        wall: middle(taken.iter().map(|it| it.wall).collect()),
        cpu: middle(taken.iter().map(|it| it.cpu).collect()),
        peak: middle(taken.iter().map(|it| it.peak).collect()),
    }
}

/// Whether two files differ: in their bytes, or, where order is not kept, in what their lines add up to.
pub(crate) fn difference(one: &Path, other: &Path, in_order: bool) -> bool {
    digest(one, in_order) != digest(other, in_order)
}

/// The number of lines, and a sum over them: that it is the same by chance is unlikely enough here.
fn digest(path: &Path, in_order: bool) -> (u64, u64) {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).expect("it was just written"));
    let (mut lines, mut sum) = (0_u64, 0_u64);
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line).expect("it can be read") > 0 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for piece in line.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        }
        sum = if in_order { sum.wrapping_mul(31).wrapping_add(hash) } else { sum.wrapping_add(hash) };
        lines += 1;
        line.clear();
    }
    (lines, sum)
}
