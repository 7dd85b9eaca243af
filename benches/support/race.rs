//! Contenders in one process, in turn, round by round: what disturbs one disturbs all, and what
//! is told is the ratio.

use std::time::{Duration, Instant};

/// A contender: a name, and one round of its work, which tells how long it took.
pub struct Contender<'a> {
    name: &'static str,
    round: Box<dyn FnMut() -> Duration + 'a>,
}

impl<'a> Contender<'a> {
    /// All of a round counts.
    pub fn timed(name: &'static str, mut work: impl FnMut() + 'a) -> Self {
        Self::clocked(name, move || {
            let start = Instant::now();
            work();
            start.elapsed()
        })
    }

    /// What counts of a round, it measures itself.
    pub fn clocked(name: &'static str, round: impl FnMut() -> Duration + 'a) -> Self {
        Self { name, round: Box::new(round) }
    }
}

/// Runs `rounds` rounds of each contender in turn.
pub fn run(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Laps {
    let mut laps = vec![Vec::with_capacity(rounds); contenders.len()];
    for _ in 0..rounds {
        for (contender, laps) in contenders.iter_mut().zip(&mut laps) {
            laps.push((contender.round)());
        }
    }
    for laps in &mut laps {
        laps.sort_unstable();
    }
    Laps(contenders.iter().map(|contender| contender.name).zip(laps).collect())
}

/// How long the rounds took, each contender's shortest first.
pub struct Laps(Vec<(&'static str, Vec<Duration>)>);

impl Laps {
    /// How long `name` took, in multiples of `other`.
    pub fn ratio(&self, name: &str, other: &str) -> Ratio {
        let at = |percent| self.lap(name, percent) / self.lap(other, percent);
        Ratio { typical: at(50), undisturbed: at(5) }
    }

    fn lap(&self, name: &str, percent: usize) -> f64 {
        let (_, laps) = self.0.iter().find(|(other, _)| *other == name).expect("a contender");
        laps[laps.len() * percent / 100].as_secs_f64()
    }
}

/// How two contenders compare.
#[derive(Clone, Copy)]
pub struct Ratio {
    /// By the median of the rounds.
    pub typical: f64,
    /// By the round that only one in twenty is faster than: with whatever else the machine does
    /// left out as far as possible.
    pub undisturbed: f64,
}
