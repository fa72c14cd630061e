//! A process on some of the cores, with the time and memory that it took.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) wall: Duration,
    /// On all cores, in the kernel too.
    pub(crate) cpu: Duration,
    /// The most memory that was resident, in bytes.
    pub(crate) peak: u64,
}

/// How often a process is looked at, and with it how exact its end is known.
const GLANCE: Duration = Duration::from_millis(4);

/// Linux counts time of processes in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

/// Runs a program to its end, on the last so many cores where the system lets us choose: the first one serves most of
/// the interrupts.
pub(crate) fn run<A: AsRef<OsStr>>(program: &Path, arguments: &[A], cores: usize) -> Taken {
    let mut command = if can_pin() {
        let mut command = Command::new("taskset");
        let all = std::thread::available_parallelism().map_or(cores, usize::from);
        command.arg("-c").arg(format!("{}-{}", all.saturating_sub(cores), all - 1)).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments).env("PSOXY_SALT", vizard_tests::keys::SALT);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let watched = watch(&child);
    let wall = begun.elapsed();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", program.display());
    Taken { wall, cpu: watched.0, peak: watched.1 }
}

/// Brings a file into memory, and makes as much room for what comes of it.
pub(crate) fn warm(input: &Path, room: &Path) {
    let bytes =
        fs::copy(input, room).and_then(|_| File::options().append(true).open(room)).and_then(|file| {
            let mut bytes = File::open(input)?;
            io::copy(&mut bytes, &mut &file)
        });
    assert!(bytes.is_ok(), "{}: {bytes:?}", room.display());
    fs::remove_file(room).expect("it was just written");
}

/// Looks on until the process has ended, and leaves it to be waited for, so that the system still tells of it.
fn watch(child: &Child) -> (Duration, u64) {
    let folder = format!("/proc/{}", child.id());
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(most.unwrap_or_default() << 10);
        let stat = fs::read_to_string(format!("{folder}/stat")).expect("it has not been waited for");
        let (_, fields) = stat.rsplit_once(") ").expect("the name of the program ends");
        let fields: Vec<&str> = fields.split(' ').collect();
        if fields[0] == "Z" {
            let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks are a number");
            return (Duration::from_secs_f64((ticks(11) + ticks(12)) / TICKS_A_SECOND), peak);
        }
        std::thread::sleep(GLANCE);
    }
}

/// Whether `taskset` is there.
pub(crate) fn can_pin() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok()
}
