use std::io;
use std::sync::atomic::AtomicUsize;

use super::*;

/// Frames a text into blocks of so many lines, and fails after so many blocks.
struct Lines<'l> {
    lines: &'l [&'l str],
    each: usize,
    at: usize,
    fails_at: Option<usize>,
    framed: usize,
}

impl<'l> Lines<'l> {
    fn new(lines: &'l [&'l str], each: usize) -> Lines<'l> {
        Lines { lines, each, at: 0, fails_at: None, framed: 0 }
    }
}

impl Blocks for Lines<'_> {
    fn next(&mut self, mut reuse: Vec<u8>) -> Result<Option<Block>, Failure> {
        assert!(reuse.is_empty());
        if self.fails_at.is_some_and(|at| self.at >= at) {
            return Err(Failure::new("framer", "no further"));
        }
        let some = &self.lines[self.at..self.lines.len().min(self.at + self.each)];
        if some.is_empty() {
            return Ok(None);
        }
        let first_line = self.at as u64 + 1;
        self.at += some.len();
        self.framed += 1;
        for line in some {
            reuse.extend_from_slice(line.as_bytes());
            reuse.push(b'\n');
        }
        Ok(Some(Block { bytes: reuse, first_line, too_long: some == ["long"] }))
    }
}

/// Writes each line in upper case; `bad` is set aside, `worse` fails, `fault` is a fault of the program.
#[derive(Default)]
struct Shout {
    calls: AtomicUsize,
}

impl Work for Shout {
    fn block(&self, block: &Block, done: &mut Done) -> Result<(), Failure> {
        assert!(done.out.is_empty() && done.rejected.is_empty() && done.tally == Summary::default());
        self.calls.fetch_add(1, Ordering::Relaxed);
        let text = std::str::from_utf8(&block.bytes).unwrap();
        if text.starts_with("slow") {
            thread::sleep(std::time::Duration::from_millis(3));
        }
        for (number, line) in (0..).zip(text.lines()) {
            let place =
                Place { line: Some(block.first_line + number), record: Some(number + 1), column: None };
            match line {
                "bad" => done.reject(place, "bad", line.as_bytes())?,
                "worse" => return Err(Failure::new("worse", "a row is worse").at(place)),
                "fault" => panic!("a secret of {line}"),
                _ => {
                    done.out.extend(line.bytes().map(|byte| byte.to_ascii_uppercase()));
                    done.out.push(b'\n');
                    done.tally.rows += 1;
                }
            }
        }
        Ok(())
    }
}

/// Takes so many bytes, then the disk is full.
struct Small {
    room: usize,
}

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.room.min(bytes.len()) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            some => {
                self.room -= some;
                Ok(some)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_comes_of_a_file_is_the_same_with_any_number_of_threads() {
    type Expected<'e> = Result<(&'e str, &'e str, u64), &'e str>;
    let many: Vec<&str> = (0..5_000).map(|i| if i % 97 == 0 { "slow" } else { "quick" }).collect();
    let loud: String = many.iter().map(|line| line.to_uppercase() + "\n").collect();
    let cases: [(&[&str], Expected<'_>); 8] = [
        (&[], Ok(("", "", 0))),
        (&["a"], Ok(("A\n", "", 1))),
        (&many, Ok((&loud, "", 5_000))),
        (
            &["a", "bad", "b", "slow", "bad"],
            Ok((
                "A\nB\nSLOW\n",
                "{\"line\":2,\"record\":2,\"column\":null,\"code\":\"bad\",\"row\":\"bad\"}\n\
                 {\"line\":5,\"record\":5,\"column\":null,\"code\":\"bad\",\"row\":\"bad\"}\n",
                5,
            )),
        ),
        (&["slow", "b", "worse", "worse"], Err("a row is worse [worse], line 3, record 3")),
        (&["slow", "slow", "worse", "fault", "fault"], Err("a row is worse [worse], line 3, record 3")),
        (
            &["a", "bad", "fault"],
            Err("a fault of the program itself: it gave up on some rows [internal], line 3"),
        ),
        (
            &["slow", "slow", "slow", "slow", "slow", "bad", "worse"],
            Err("a row is worse [worse], line 7, record 7"),
        ),
    ];
    for (lines, expected) in cases {
        for threads in 0..=4 {
            for each in [1, 3, 1000] {
                if lines.contains(&"fault") && each != 1 {
                    continue; // the place of a fault is that of its block
                }
                let (mut output, mut aside) = (Vec::new(), Vec::new());
                let progress = Progress::default();
                let mut blocks = Lines::new(lines, each);
                let work = Shout::default();
                let done = run(&mut blocks, &work, threads, &mut output, Some(&mut aside), &progress);
                match (done, expected) {
                    (Ok(summary), Ok((out, rejected, records))) => {
                        assert_eq!(String::from_utf8(output).unwrap(), out);
                        assert_eq!(String::from_utf8(aside).unwrap(), rejected);
                        assert_eq!(summary.records(), records);
                        assert_eq!(progress.rows(), records);
                    }
                    (Err(failure), Err(text)) => assert_eq!(failure.to_string(), text, "{threads} threads"),
                    (done, expected) => panic!("{done:?}, not {expected:?}"),
                }
            }
        }
    }
}

#[test]
fn a_failure_stops_everything_soon() {
    let lines: Vec<&str> = std::iter::repeat_n("quick", 10_000).collect();
    for threads in 1..=4 {
        let work = Shout::default();
        let mut blocks = Lines { fails_at: Some(100), ..Lines::new(&lines, 1) };
        let mut output = Vec::new();
        let failure = run(&mut blocks, &work, threads, &mut output, None, &Progress::default()).unwrap_err();
        assert_eq!(failure.code, "framer");
        assert_eq!(output.len(), 600, "what stands before it has been written");

        let mut blocks = Lines::new(&lines, 1);
        let mut small = Small { room: 60 };
        let failure = run(&mut blocks, &work, threads, &mut small, None, &Progress::default()).unwrap_err();
        assert_eq!((failure.code, failure.transient), ("disk-full", true));
        assert!(blocks.framed <= 20 + 4 * threads, "{} blocks were framed", blocks.framed);

        let mut bad = vec!["bad"; 100];
        bad.push("quick");
        let mut blocks = Lines::new(&bad, 1);
        let mut small = Small { room: 700 };
        let failure =
            run(&mut blocks, &work, threads, &mut Vec::new(), Some(&mut small), &Progress::default());
        assert_eq!(failure.unwrap_err().code, "disk-full");
        assert!(blocks.framed < 60, "{} blocks were framed", blocks.framed);
    }
}

#[test]
fn a_row_that_is_too_long_is_set_aside_without_work() {
    for threads in 1..=3 {
        let (mut output, mut aside) = (Vec::new(), Vec::new());
        let work = Shout::default();
        let mut blocks = Lines::new(&["a", "long", "b"], 1);
        let summary =
            run(&mut blocks, &work, threads, &mut output, Some(&mut aside), &Progress::default()).unwrap();
        assert_eq!(output, b"A\nB\n");
        let expected =
            "{\"line\":2,\"record\":2,\"column\":null,\"code\":\"record-too-long\",\"row\":\"long\\n\"}\n";
        assert_eq!(String::from_utf8(aside).unwrap(), expected);
        assert_eq!((summary.rows, summary.rejected_for["record-too-long"]), (2, 1));
        assert_eq!(work.calls.into_inner(), 2);
    }
}

#[test]
fn without_a_place_for_them_bad_rows_are_only_counted() {
    let mut output = Vec::new();
    let mut blocks = Lines::new(&["a", "bad"], 1);
    let summary = run(&mut blocks, &Shout::default(), 1, &mut output, None, &Progress::default()).unwrap();
    assert_eq!((output.as_slice(), summary.rows, summary.rejected), (b"A\n".as_slice(), 1, 1));
}

#[test]
fn a_block_of_which_nothing_is_sound_fails_instead_of_filling_memory() {
    let mut done = Done::default();
    let place = Place { line: Some(3), ..Place::default() };
    for _ in 0..MOST_REJECTED {
        done.reject(place, "bad", b"x").unwrap();
    }
    let failure = done.reject(place, "bad", b"x").unwrap_err();
    assert_eq!((failure.code, failure.place), ("too-many-bad-rows", place));
    assert!(failure.to_string().starts_with("more than 32768 rows close together are wrong"), "{failure}");
    done.clear();
    assert_eq!(done.rejected.capacity(), 0);
    done.reject(place, "bad", b"x").unwrap();
}
