//! The time that a server tells: any time and any change on the way.
//!
//! * What a server signs is parsed and verified, and tells its time.
//! * Under another key, or changed in a way that touches the time or its MAC, it is not verified.

use arbitrary::{Result, Unstructured};
use creance_hawk::{Challenge, Error, ServerTime};
use creance_sigv::{Algorithm, UnixTime};

use crate::edit::{EDITS, edit};
use crate::grammar::Header;
use crate::keys::{key, other_key};

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let _ = chosen(&mut Unstructured::new(data));
}

fn chosen(choices: &mut Unstructured<'_>) -> Result<()> {
    let algorithm = *choices.choose(&Algorithm::ALL)?;
    let now = UnixTime::from_secs(choices.arbitrary()?);
    let signed = match Challenge::sign(key(algorithm), now) {
        Ok(signed) => signed.to_string(),
        Err(error) => {
            assert_eq!(error, Error::Timestamp);
            assert!(now.to_string().len() > 19);
            return Ok(());
        }
    };
    let challenge = Challenge::parse(&signed).expect("what was signed");
    let time = challenge.verify(key(algorithm)).expect("what was signed").expect("the time");
    assert_eq!(time.ts(), now);
    let ours = UnixTime::from_secs(choices.arbitrary()?);
    assert_eq!(time.offset(ours).apply(ours), now);

    assert_eq!(challenge.verify(other_key(algorithm)), Err(Error::BadMac));
    for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
        assert_eq!(challenge.verify(key(other)), Err(Error::BadMac));
    }

    let mut changed = signed.clone();
    for _ in 0..EDITS {
        if choices.is_empty() {
            break;
        }
        let Some(next) = edit(&changed, choices)? else { continue };
        changed = next;
        let proven = verified(&changed, algorithm);
        let same = |name| values(&changed).get(name) == values(&signed).get(name);
        match proven {
            Ok(Some(time)) => assert!(time.ts() == now && same("ts") && same("tsm"), "{changed:?}"),
            Ok(None) => assert_eq!(values(&changed).get("ts"), None, "{changed:?}"),
            Err(_) => assert!(!(same("ts") && same("tsm") && is_well_formed(&changed))),
        }
    }
    Ok(())
}

fn verified(header: &str, algorithm: Algorithm) -> core::result::Result<Option<ServerTime>, Error> {
    Challenge::parse(header)?.verify(key(algorithm))
}

fn values(header: &str) -> Header {
    Header::read(header, &["ts", "tsm", "error"])
}

fn is_well_formed(header: &str) -> bool {
    matches!(values(header), Header::Hawk(_))
}
