//! Whatever happens in whatever order: a token is good from when it is issued to when it is replaced,
//! revoked or too old, and for its own device.
#![cfg(feature = "std")]

use creance_totp::{
    Algorithm, DeviceId, DevicePolicy, DeviceToken, DeviceTrust, Key, TrustedDevices, UnixTime,
    rand,
};
use proptest::prelude::*;

const LIFETIME: u64 = 200;

#[derive(Clone, Copy, Debug)]
enum Event {
    Issue,
    Verify { which: usize },
    Rotate { which: usize },
    Revoke { id: u64 },
    RevokeAll,
    Wait { seconds: u64 },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Issue),
        6 => (0..30_usize).prop_map(|which| Event::Verify { which }),
        2 => (0..30_usize).prop_map(|which| Event::Rotate { which }),
        1 => (0..30_u64).prop_map(|id| Event::Revoke { id }),
        1 => Just(Event::RevokeAll),
        4 => (0..50_u64).prop_map(|seconds| Event::Wait { seconds }),
    ]
}

fn trust() -> DeviceTrust {
    let key = Key::new(Algorithm::Sha256, &[7; 32]).expect("long enough");
    let policy = DevicePolicy::default().with_lifetime(LIFETIME).expect("in its range");
    DeviceTrust::new(key, policy).expect("a key of SHA-256")
}

/// A token and what is known of it by somebody who sees everything.
struct Known {
    token: DeviceToken,
    id: DeviceId,
    expires: u64,
    is_void: bool,
}

struct World {
    trust: DeviceTrust,
    devices: TrustedDevices,
    known: Vec<Known>,
    now: u64,
}

impl World {
    fn at(&self) -> UnixTime {
        UnixTime::from_secs(self.now)
    }

    fn issue(&mut self) {
        if self.devices.without_expired(self.at()).len() == self.trust.policy().most() {
            return;
        }
        let token = DeviceToken::generate(&mut rand::rng());
        let issued = self.trust.issue(&self.devices, "alice", &token, "", self.at());
        let (devices, id) = issued.expect("an empty label");
        self.devices = devices;
        assert!(self.known.iter().all(|other| other.id < id), "a number was given out twice");
        self.known.push(Known { token, id, expires: self.now + LIFETIME, is_void: false });
    }

    fn verify(&mut self, which: usize) {
        let Some(which) = which.checked_rem(self.known.len()) else { return };
        let it = &self.known[which];
        let outcome = self.trust.verify(&self.devices, "alice", &it.token, self.at());
        assert_eq!(outcome.is_ok(), !it.is_void && self.now < it.expires);
        if let Ok(trusted) = outcome {
            assert_eq!(trusted.device(), it.id);
            self.devices = trusted.devices().clone();
        }
    }

    fn rotate(&mut self, which: usize) {
        let Some(which) = which.checked_rem(self.known.len()) else { return };
        let it = &mut self.known[which];
        let (token, now) = (DeviceToken::generate(&mut rand::rng()), UnixTime::from_secs(self.now));
        let outcome = self.trust.rotate(&self.devices, "alice", &it.token, &token, now);
        assert_eq!(outcome.is_ok(), !it.is_void && self.now < it.expires);
        if let Ok(trusted) = outcome {
            assert_eq!(trusted.device(), it.id);
            self.devices = trusted.devices().clone();
            it.is_void = true;
            let (id, expires) = (it.id, it.expires);
            self.known.push(Known { token, id, expires, is_void: false });
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Issue => self.issue(),
            Event::Verify { which } => self.verify(which),
            Event::Rotate { which } => self.rotate(which),
            Event::Revoke { id } => {
                let id = DeviceId::new(id);
                self.devices = self.devices.without(id).unwrap_or_else(|_| self.devices.clone());
                self.known.iter_mut().for_each(|it| it.is_void |= it.id == id);
            }
            Event::RevokeAll => {
                self.devices = self.devices.without_any();
                for it in &mut self.known {
                    it.is_void = true;
                }
            }
            Event::Wait { seconds } => self.now += seconds,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_token_is_good_in_its_time_and_no_other(
        events in prop::collection::vec(event(), 1..80),
    ) {
        let (devices, known) = (TrustedDevices::new(), Vec::new());
        let mut world = World { trust: trust(), devices, known, now: 1_700_000_000 };
        for event in events {
            world.happens(event);
        }
    }
}
