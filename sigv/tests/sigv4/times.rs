//! Times: fresh, in the calendar, and written in one way.

use crate::craft::{Craft, DATE, NOW, code, verifier};
use creance_sigv::sigv4::Timestamp;
use creance_sigv::{Error, UnixTime};

#[test]
fn times_are_fresh_and_written_in_one_way() {
    let at = |now: u64| code(Craft::new().verify(&verifier(), UnixTime::from_secs(now)));
    assert_eq!(at(NOW.as_secs() + 900), "ok");
    assert_eq!(at(NOW.as_secs() + 901), "too-old");
    assert_eq!(at(NOW.as_secs() - 900), "ok");
    assert_eq!(at(NOW.as_secs() - 901), "too-new");
    assert_eq!((at(0), at(u64::MAX)), ("too-new", "too-old"));

    let dated = |date: &str| {
        Craft::with(|it| {
            it.date = date.to_owned();
            it.headers[1].1 = date.to_owned();
            it.scope = format!("{date:.8}/r/tickets/aws4_request");
        })
        .code()
    };
    assert_eq!(dated("99991231T235959Z"), "too-new");
    assert_eq!(dated("19700101T000000Z"), "too-old");
    for date in [
        "",
        "20150830T123600",
        "20150830 123600Z",
        "20150830T123600z",
        "20150830T123600+",
        "2015083T0123600Z",
        "20150230T123600Z",
        "20150229T123600Z",
        "20151301T123600Z",
        "20150001T123600Z",
        "20150800T123600Z",
        "20150830T243600Z",
        "20150830T126000Z",
        "20150830T123660Z",
        "19691231T235959Z",
        "00000000T000000Z",
        "2015083\u{663}T12360Z",
        "+0150830T123600Z",
    ] {
        assert_eq!(
            Timestamp::parse(date),
            Err(Error::Malformed(creance_sigv::scheme::Part::Timestamp)),
            "{date}"
        );
    }
    assert!(
        Timestamp::parse("20160229T000000Z").is_ok()
            && Timestamp::parse("20000229T000000Z").is_ok()
    );
    assert!(Timestamp::parse("21000229T000000Z").is_err());
    for now in [Timestamp::MAX.saturating_add(1), UnixTime::MAX] {
        assert!(Timestamp::new(now).is_err());
    }
    assert_eq!(Timestamp::new(Timestamp::MAX).unwrap().as_str(), "99991231T235959Z");
}

#[test]
fn the_date_header_counts_where_there_is_no_other() {
    let dated = |value: &str| {
        Craft::with(|it| {
            it.headers[1] = ("Date".to_owned(), value.to_owned());
            it.names = "date;host".to_owned();
        })
        .code()
    };
    assert_eq!(dated("Sun, 30 Aug 2015 12:36:00 GMT"), "ok");
    assert_eq!(dated(DATE), "ok");
    for date in [
        "Mon, 30 Aug 2015 12:36:00 GMT",
        "sun, 30 Aug 2015 12:36:00 GMT",
        "Sun, 30 aug 2015 12:36:00 GMT",
        "Sun, 30 Aug 2015 12:36:00 UTC",
        "Sun, 30 Aug 2015 12.36.00 GMT",
        "Sun, 31 Feb 2015 12:36:00 GMT",
        "Sunday, 30-Aug-15 12:36:00 GMT",
        "Sun Aug 30 12:36:00 2015",
        "1440938160",
    ] {
        assert_eq!(dated(date), "malformed", "{date}");
    }
    assert_eq!(dated("Sun, 30 Aug 2015 12:37:00 GMT"), "mismatch", "the time itself is signed");
    // Beside the scheme's own, `date` says nothing.
    let both = Craft::with(|it| it.header("Date", "Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(both.code(), "ok");
    assert_eq!(Craft::with(|it| drop(it.headers.remove(1))).code(), "missing");
}
