//! OAuth 1.0a: preparing the key of two secrets, and verifying with it.

use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server, VerificationCode};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Encoding, Error, UnixTime};

use super::keys::secret_text;
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://photos.example.net/photos?size=original";
const SECRET: &str = "kd94hf93k423kf44";

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]
        .into_iter()
        .flat_map(|algorithm| {
            [
                Case::new(format!("oauth1/{algorithm}/right"), Expected::Verdict, move || {
                    assert_eq!(verdict(algorithm, SECRET), Ok(()));
                }),
                Case::new(format!("oauth1/{algorithm}/wrong"), Expected::Verdict, move || {
                    let other = "another-secret--";
                    assert_eq!(verdict(algorithm, other), Err(Error::Mismatch));
                }),
            ]
        })
        .collect();
    cases.push(Case::new("oauth1/verification-code", Expected::Verdict, || {
        let code = secret_text(Encoding::Base64Url, "hfdp7dh39dks9884".to_owned());
        let expected = VerificationCode::new(&code).unwrap();
        assert_eq!(expected.verify("hfdp7dh39dks9884"), Ok(()));
        assert_eq!(expected.verify("hfdp7dh39dks9885"), Err(Error::Mismatch));
        assert_eq!(expected.verify("hfdp"), Err(Error::Mismatch));
    }));
    cases
}

/// The verdict on a request that was signed with [`SECRET`], where ours is this one.
fn verdict(algorithm: Algorithm, ours: &str) -> Result<(), Error> {
    let credentials = |secret: &str| Credentials::new("name", secret).unwrap();
    let theirs = credentials(SECRET);
    let theirs = RequestKey::new(algorithm, &theirs, Some(&theirs)).unwrap();
    let headers = Outgoing::new("GET", URL).with_nonce("chapoH").sign(&theirs, NOW).unwrap();
    let headers = headers.to_headers();

    let ours = credentials(&secret_text(Encoding::Base64Url, ours.to_owned()));
    let key = RequestKey::new(algorithm, &ours, Some(&ours)).unwrap();
    let received = Received::new("GET", URL, &headers, b"");
    let verified = Server::new().verify(&received, &key, NOW);
    verified.map(drop).map_err(|rejection| *rejection.error())
}
