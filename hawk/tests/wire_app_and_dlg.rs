//! The application that credentials were issued to, and the one that delegated them.
#![cfg(feature = "std")]

mod support;

use creance_hawk::{Authorization, Credentials, Error, HeaderBuilder};
use support::{NONCE, NOW, authenticate, by_hand, header_with, key, request, text};

fn canonical(app: Option<&str>, dlg: Option<&str>) -> Result<String, Error> {
    let (key, request) = (key(), request());
    let header = Credentials::new("i", &key).unwrap().header(&request);
    let header = app.into_iter().fold(header, HeaderBuilder::app);
    let header = dlg.into_iter().fold(header, HeaderBuilder::dlg);
    let signed = header.sign(NOW, NONCE)?;
    Ok(text(|out| signed.write_canonical(out)))
}

#[test]
fn app_adds_two_lines() {
    let without = canonical(None, None).unwrap();
    assert!(without.ends_with("\n8000\n\n\n"));
    assert_eq!(canonical(Some("a"), None).unwrap(), format!("{without}a\n\n"));
    assert_eq!(canonical(Some("a"), Some("d")).unwrap(), format!("{without}a\nd\n"));
}

#[test]
fn a_client_does_not_write_dlg_without_app() {
    let error = canonical(None, Some("d")).unwrap_err();
    assert_eq!((error, error.status()), (Error::DlgWithoutApp, 400));
}

#[test]
fn a_server_does_not_read_dlg_without_app() {
    // The reference leaves such a dlg out of the MAC, and hands it on as authenticated.
    let lines = canonical(None, None).unwrap();
    let header = by_hand("ts=\"1353832234\", nonce=\"j4h3g2\", dlg=\"d\"", &lines);
    let error = Authorization::parse(&header).unwrap_err();
    assert_eq!((error, error.status()), (Error::DlgWithoutApp, 400));
    let header = by_hand("ts=\"1353832234\", nonce=\"j4h3g2\", app=\"\", dlg=\"d\"", &lines);
    assert_eq!(Authorization::parse(&header).unwrap_err().code(), "empty-attribute");
}

#[test]
fn app_and_dlg_are_covered_by_the_mac() {
    let (key, request) = (key(), request());
    let header = header_with(&key, &request, |header| header.app("my-app").dlg("other-app"));
    let authentic = authenticate(&header, &request, &key).unwrap();
    let authorization = authentic.authorization();
    assert_eq!((authorization.app(), authorization.dlg()), (Some("my-app"), Some("other-app")));
    for changed in [
        header.replace("my-app", "admin"),
        header.replace("other-app", "admin"),
        header.replace(", dlg=\"other-app\"", ""),
        header.replace(", app=\"my-app\", dlg=\"other-app\"", ""),
        header.replace("app=\"my-app\", dlg=\"other-app\"", "app=\"other-app\", dlg=\"my-app\""),
    ] {
        assert_ne!(changed, header);
        let rejection = authenticate(&changed, &request, &key).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac, "{changed}");
    }
    // Nor can they be added to a header that was signed without.
    let plain = support::header(&key, &request);
    for added in [", app=\"a\"", ", app=\"a\", dlg=\"d\""] {
        let changed = plain.clone() + added;
        let rejection = authenticate(&changed, &request, &key).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac, "{changed}");
    }
}

#[test]
fn the_response_covers_the_app_and_dlg_of_its_request() {
    let (key, request) = (key(), request());
    let credentials = Credentials::new(support::ID, &key).unwrap();
    let signed = credentials.header(&request).app("a").dlg("d").sign(NOW, NONCE).unwrap();
    let header = signed.to_header();
    let accepted = authenticate(&header, &request, &key).unwrap().dangerous_accept_replays();
    let response = accepted.respond().sign().unwrap();
    assert!(text(|out| response.write_canonical(out)).ends_with("\n\n\na\nd\n"));
    let response = response.to_string();
    assert!(signed.verify_response(Some(&response)).is_ok());
    let other = credentials.header(&request).app("a").dlg("e").sign(NOW, NONCE).unwrap();
    assert_eq!(other.verify_response(Some(&response)).unwrap_err(), Error::BadMac);
}
