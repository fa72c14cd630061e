//! Small damages to the inputs of a corpus, drawn from a generator with a fixed seed.

/// An endless sequence of changed inputs, the same in each run.
pub(super) struct Changes {
    inputs: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    longest: usize,
    dice: Dice,
}

impl Changes {
    pub(super) fn new(inputs: Vec<Vec<u8>>, words: Vec<Vec<u8>>, longest: usize) -> Changes {
        Changes { inputs, words, longest, dice: Dice(0x9E37_79B9_7F4A_7C15) }
    }

    /// One of the inputs with one to four changes.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut input = self.dice.choose(&self.inputs).clone();
        for _ in 0..=self.dice.below(4) {
            self.change(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.dice.below(input.len() + 1);
        let end = (at + 1 + self.dice.below(16)).min(input.len());
        match self.dice.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.dice.below(8),
            1 if at < input.len() => input[at] = *self.dice.choose(b"\0 \"\\{}[],:~\xC3\xFF09-$@"),
            2 => drop(input.drain(at..end)),
            3 => input.truncate(at),
            4 => {
                let again = input[at..end].repeat(1 + self.dice.below(8));
                self.put(input, at, at, &again);
            }
            5 => {
                let other = self.dice.choose(&self.inputs);
                let from = self.dice.below(other.len() + 1);
                let to = (from + self.dice.below(64)).min(other.len());
                self.put(input, at, at, &other[from..to]);
            }
            6 => {
                let word = self.dice.choose(&self.words);
                self.put(input, at, end, word);
            }
            _ => {
                let word = self.dice.choose(&self.words);
                self.put(input, at, at, word);
            }
        }
    }

    fn put(&self, input: &mut Vec<u8>, from: usize, to: usize, bytes: &[u8]) {
        if input.len() + bytes.len() <= self.longest {
            input.splice(from..to, bytes.iter().copied());
        }
    }
}

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        high as usize % end
    }

    fn choose<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}
