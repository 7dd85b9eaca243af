//! Any sequence of events on a set of recovery codes, beside a model that is too simple to be wrong.

use creance_totp::rand::rng;
use creance_totp::{
    Algorithm, Error, HashKeys, Key, RecoveryCode, RecoveryCodes, RecoveryPolicy, RecoverySet,
    Throttle, UnixTime,
};
use proptest::prelude::*;

const START: UnixTime = UnixTime::from_secs(1_700_000_000);
const CODES: u8 = 4;
const STOP: u32 = 8;

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A code of the present set, typed by its owner or by somebody else.
    Typed {
        code: usize,
        by_owner: bool,
    },
    /// A code of the set before.
    Replaced {
        code: usize,
    },
    Guessed,
    /// Seconds pass, or the clock is set back.
    Waited {
        seconds: i64,
    },
    Unlocked,
    Renewed,
}

fn event() -> impl Strategy<Value = Event> {
    let code = 0..usize::from(CODES);
    prop_oneof![
        6 => (code.clone(), prop::bool::weighted(0.8))
            .prop_map(|(code, by_owner)| Event::Typed { code, by_owner }),
        1 => code.prop_map(|code| Event::Replaced { code }),
        4 => Just(Event::Guessed),
        4 => (-100..400_i64).prop_map(|seconds| Event::Waited { seconds }),
        1 => Just(Event::Unlocked),
        1 => Just(Event::Renewed),
    ]
}

/// What a careful clerk with a list would remember.
#[derive(Default)]
struct Model {
    used: [bool; CODES as usize],
    failures: u32,
    locked_until: UnixTime,
}

impl Model {
    /// Two attempts are free, then 10 s doubling to 100 s.
    fn answer(&mut self, now: UnixTime, code: Option<usize>) -> Result<usize, Error> {
        if self.failures >= STOP {
            return Err(Error::Locked { failures: self.failures });
        }
        // A lock that is longer than any can be was made by a wrong clock.
        let waits = self.locked_until.seconds_since(now);
        if waits > 0 && waits <= 200 {
            return Err(Error::Throttled { until: self.locked_until });
        }
        match code {
            Some(code) if !self.used[code] => {
                self.used[code] = true;
                (self.failures, self.locked_until) = (0, UnixTime::from_secs(0));
                Ok(self.used.iter().filter(|used| !**used).count())
            }
            unusable => {
                self.failures += 1;
                if self.failures >= 2 {
                    let delay = (10 << (self.failures - 2)).min(100);
                    self.locked_until = now.saturating_add(delay);
                }
                Err(if unusable.is_some() { Error::Replayed } else { Error::Mismatch })
            }
        }
    }
}

fn recovery() -> RecoveryCodes {
    let key = Key::new(Algorithm::Sha256, &[1; 32]).expect("long enough");
    RecoveryCodes::new(HashKeys::new(1, key).expect("a key of SHA-256"))
        .with_policy(RecoveryPolicy::new(CODES, 23).expect("in range"))
        .with_throttle(Throttle::new(2, 10, 100, STOP).expect("in range"))
}

fn stored_and_loaded(set: &RecoverySet) -> RecoverySet {
    #[cfg(feature = "serde")]
    let set: &RecoverySet =
        &serde_json::from_str(&serde_json::to_string(set).expect("JSON")).expect("its own");
    RecoverySet::from_parts(set.parts().clone()).expect("its own parts")
}

proptest! {
    #[test]
    fn every_answer_is_that_of_the_model(events in prop::collection::vec(event(), 0..80)) {
        let (recovery, mut model, mut now) = (recovery(), Model::default(), START);
        let generate = || recovery.generate("alice", &mut rng()).expect("codes");
        let (mut set, mut codes) = generate();
        let mut replaced = generate().1;
        let guess = RecoveryCode::parse("0000-0000").expect("a recovery code");
        for event in events {
            let (user, code, known) = match event {
                Event::Waited { seconds } => {
                    now = UnixTime::from_secs(now.as_secs().saturating_add_signed(seconds));
                    continue;
                }
                Event::Unlocked => {
                    set = set.unlocked();
                    (model.failures, model.locked_until) = (0, UnixTime::from_secs(0));
                    continue;
                }
                Event::Renewed => {
                    replaced = codes;
                    (set, codes) = generate();
                    model = Model::default();
                    continue;
                }
                Event::Typed { code, by_owner: true } => ("alice", &codes[code], Some(code)),
                Event::Typed { code, by_owner: false } => ("bob", &codes[code], None),
                Event::Replaced { code } => ("alice", &replaced[code], None),
                Event::Guessed => ("alice", &guess, None),
            };
            let answer = recovery.redeem(&mut set, user, code, now).map(|done| done.remaining());
            prop_assert_eq!(answer, model.answer(now, known), "{:?}", event);
            set = stored_and_loaded(&set);
            prop_assert_eq!(set.attempts().failures(), model.failures);
        }
    }

    /// What is printed is read again, however it is typed.
    #[test]
    fn what_is_printed_is_read_again(characters in 4..=32_u8, changes in prop::collection::vec(0..6_u8, 80)) {
        let policy = RecoveryPolicy::allow_short(1, characters).expect("in range");
        let code = RecoveryCode::generate(policy, &mut rng());
        let mut printed = String::new();
        code.write(&mut printed).expect("writing into a string");
        let typed: String = printed
            .chars()
            .zip(changes)
            .map(|(character, change)| match (character, change) {
                ('0', 0) => "O".to_owned(),
                ('0', 1) => "o".to_owned(),
                ('1', 0) => "I".to_owned(),
                ('1', 1) => "l".to_owned(),
                ('-', 0) => " ".to_owned(),
                ('-', 1) => String::new(),
                (_, 2) => character.to_lowercase().to_string(),
                (_, 3) => format!("{character} "),
                (_, _) => character.to_string(),
            })
            .collect();
        let read = RecoveryCode::parse(&typed).expect("its own text");
        prop_assert_eq!(read.expose(), code.expose());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\u{a0}-\u{2fff}]{0,60}") {
        if let Ok(code) = RecoveryCode::parse(&text) {
            let again = RecoveryCode::parse(code.expose()).expect("its own text");
            prop_assert_eq!(again.expose(), code.expose());
        }
    }
}
