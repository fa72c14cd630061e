//! Times, taken in rounds: in each round every contender has its turn, so that noise of the machine hits all alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Somebody's work, and its name. What it returns is not looked at, but has to be made.
pub(crate) struct Contender<'w> {
    pub(crate) name: &'static str,
    pub(crate) work: Box<dyn FnMut() -> usize + 'w>,
}

impl<'w> Contender<'w> {
    pub(crate) fn new(name: &'static str, work: impl FnMut() -> usize + 'w) -> Self {
        Contender { name, work: Box::new(work) }
    }

    /// The time of one run, when so many are made in a row. Time in which others had the processor is left out: it
    /// would hit long runs more than short ones.
    fn time(&mut self, runs: u32) -> Duration {
        let began = Instant::now();
        let waited_before = waited();
        for _ in 0..runs {
            black_box((self.work)());
        }
        let waited = waited() - waited_before;
        began.elapsed().saturating_sub(waited) / runs
    }
}

/// How long this thread was ready to run and did not, where the system tells it, as Linux does.
fn waited() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split_whitespace().nth(1).and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// What the samples of a contender say.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) median: Duration,
    pub(crate) quartiles: (Duration, Duration),
}

/// As many rounds as samples are wanted. A turn is as many runs as fit into `turn`, and at least one: the clock
/// cannot tell microseconds well. A run before it is not timed, else each would pay for the caches and the heap that
/// the one before it leaves behind.
pub(crate) fn times(mut contenders: Vec<Contender<'_>>, samples: usize, turn: Duration) -> Vec<Times> {
    let runs: Vec<u32> = contenders
        .iter_mut()
        .map(|it| {
            let mut runs = 1;
            loop {
                let took = it.time(runs) * runs;
                if took * 2 > turn {
                    break ((f64::from(runs) * turn.as_secs_f64() / took.as_secs_f64()) as u32).max(1);
                }
                runs *= 2;
            }
        })
        .collect();
    let mut taken = vec![Vec::with_capacity(samples); contenders.len()];
    for _ in 0..samples {
        for ((contender, &runs), taken) in contenders.iter_mut().zip(&runs).zip(&mut taken) {
            contender.time(1);
            taken.push(contender.time(runs));
        }
    }
    let named = contenders.iter().zip(taken);
    named
        .map(|(contender, mut taken)| {
            taken.sort_unstable();
            let at = |quarter: usize| taken[(taken.len() - 1) * quarter / 4];
            Times { name: contender.name, median: at(2), quartiles: (at(1), at(3)) }
        })
        .collect()
}
