//! The rates that `MemoryStore`'s documentation states, at a fraction of their size.
#![cfg(feature = "std")]

use std::convert::Infallible;

use creance_sigv::replay::{
    Claim, Entry, MemoryStore, MemoryStoreBuilder, Refusal, ReplayStore, Restart,
};
use creance_sigv::{UnixTime, Window};
use rand::{TryCryptoRng, TryRng};

const T: u64 = 1_700_000_000;

/// The same keys in every run: what falls on a shard is up to chance, a test is not.
struct Counting(u64);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Messages a second, in all and of one credential among the others.
#[derive(Clone, Copy)]
struct Rate {
    all: u64,
    one: u64,
}

/// The first refusal in 200 s of messages in time: of the one credential at its rate, and of
/// hundred others for the rest.
fn first_refusal(settings: MemoryStoreBuilder, rate: Rate) -> Option<Refusal> {
    let Ok(store) = settings.build_with(&mut Counting(0));
    (T..T + 200).find_map(|second| {
        (0..rate.all).find_map(|n| {
            let credential = if n < rate.one { [0xff] } else { [(n % 100) as u8] };
            let now = UnixTime::from_secs(second);
            match store.claim(&Entry::new(&credential, &n.to_le_bytes(), now), now) {
                Claim::Unknown(refusal) => Some(refusal),
                answer => {
                    assert_eq!(answer, Claim::New);
                    None
                }
            }
        })
    })
}

fn builder(window: Window) -> MemoryStoreBuilder {
    MemoryStore::builder(window, Restart::DangerousNoBarrier)
}

#[test]
fn the_default_store_takes_16000_messages_a_second_and_3200_of_one_credential() {
    let store = builder(Window::new(60, 60)).capacity(MemoryStore::DEFAULT_CAPACITY / 32);
    let refusal = |all: u64, one: u64| first_refusal(store, Rate { all: all / 32, one: one / 32 });
    assert_eq!(refusal(16_000, 3_200), None);
    assert_eq!(refusal(17_500, 0), Some(Refusal::Full));
    assert_eq!(refusal(16_000, 3_600), Some(Refusal::Quota));
}

#[test]
fn the_builders_example_takes_5000_messages_a_second_and_500_of_one_credential() {
    let store = builder(Window::new(60, 5)).capacity(330_000 / 10).quota(40_000 / 10);
    let refusal = |all: u64, one: u64| first_refusal(store, Rate { all: all / 10, one: one / 10 });
    assert_eq!(refusal(5_000, 500), None);
    assert_eq!(refusal(5_600, 0), Some(Refusal::Full));
    assert_eq!(refusal(5_000, 600), Some(Refusal::Quota));
}

#[test]
fn the_formulas_hold_for_any_window() {
    for (past, future, rate) in [(60, 60, 300), (60, 5, 300), (10, 2, 1_000), (100, 100, 150)] {
        let rate = Rate { all: rate, one: rate / 10 };
        let capacity = rate.all * (past + 1) * 106 / 100;
        let quota = rate.one * (past + 1 + (past + future).div_ceil(7)) * 11 / 10;
        let [capacity, quota] = [capacity, quota].map(|entries| usize::try_from(entries).unwrap());
        let store = builder(Window::new(past, future)).capacity(capacity).quota(quota);
        assert_eq!(first_refusal(store, rate), None, "{past} s and {future} s");
    }
}
