//! The headers of webhooks: any bytes in any of them, and small changes to right ones.
//!
//! * Nothing panics, whatever a header holds, in every scheme.
//! * What was not signed under our key never verifies: neither made up headers nor changed ones.
//! * What verifies although a header was changed is the same message: its tag, its time and its id are
//!   found in it as they were signed.
//! * A message that verifies does so with other headers around it, and not with a second of its own.

use arbitrary::{Result, Unstructured};
use creance_sigv::scheme::Received;
use creance_sigv::webhook::Parts;

use crate::edit::{EDITS, edit};
use crate::webhook_messages::{NOW, SCHEMES, Sent, key};

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    for template in &SCHEMES {
        let sent = Sent::new(template, "msg_1", b"{\"a\":1}");
        any_header(&sent, data);
        surrounded(&sent, data);
    }
    let _ = changed(&mut Unstructured::new(data));
}

/// These bytes as each of the headers, and as the signature.
fn any_header(sent: &Sent, data: &[u8]) {
    for at in 0..sent.headers.len() {
        let headers: Vec<(&str, &[u8])> = (sent.headers.iter().enumerate())
            .map(|(index, (name, value))| (name.as_str(), if index == at { data } else { value }))
            .collect();
        let verified = verifies(sent, &headers, &sent.body);
        assert!(!verified || means_the_same(sent, &headers), "{data:?}");
    }
    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(parts) = Parts::new(&sent.template, text)
    {
        let verdict = sent.template.verify_parts(parts, key(&sent.template), NOW);
        assert!(verdict.is_err(), "{text:?}");
    }
}

fn surrounded(sent: &Sent, data: &[u8]) {
    let mut headers = sent.borrowed();
    headers.insert(0, ("X-Other", data));
    assert!(verifies(sent, &headers, &sent.body));
    for (name, _) in &sent.headers {
        let mut twice = sent.borrowed();
        twice.push((name, data));
        assert!(!verifies(sent, &twice, &sent.body), "{name} twice");
    }
}

/// A header of a right message with some characters changed.
fn changed(choices: &mut Unstructured<'_>) -> Result<()> {
    let sent = Sent::new(choices.choose(&SCHEMES)?, "msg_1", b"{\"a\":1}");
    for _ in 0..EDITS {
        let at = choices.choose_index(sent.headers.len())?;
        let text = String::from_utf8_lossy(&sent.headers[at].1).into_owned();
        let Some(text) = edit(&text, choices)? else { continue };
        let mut headers = sent.borrowed();
        headers[at].1 = text.as_bytes();
        let verified = verifies(&sent, &headers, &sent.body);
        assert!(!verified || means_the_same(&sent, &headers), "{}: {text:?}", headers[at].0);
    }
    Ok(())
}

fn verifies(sent: &Sent, headers: &Vec<(&str, &[u8])>, body: &[u8]) -> bool {
    let received = Received::new("POST", Sent::URL, headers, body);
    sent.template.verify(&received, key(&sent.template), NOW).is_ok()
}

/// Whether everything that was signed is found in the headers as it stood there.
fn means_the_same(sent: &Sent, headers: &[(&str, &[u8])]) -> bool {
    (sent.headers.iter().zip(headers)).all(|((_, own), (_, found))| {
        let own = String::from_utf8_lossy(own);
        let found = String::from_utf8_lossy(found);
        own.split([',', ';', ' ']).all(|piece| found.contains(piece))
    })
}
