//! The cookie of a trusted browser.

use axum::http::HeaderValue;
use creance_totp::DeviceToken;
use time::Duration;
use tower_cookies::cookie::SameSite;
use tower_cookies::{Cookie, Cookies};

use crate::origin::Origin;

const NAME: &str = "device";

/// The token that the browser has, if it has one.
pub(crate) fn token(cookies: &Cookies, origin: &Origin) -> Option<DeviceToken> {
    let cookie = cookies.get(&origin.cookie_name(NAME))?;
    DeviceToken::parse(cookie.value()).ok()
}

/// Gives the browser a token for so many seconds.
pub(crate) fn keep(cookies: &Cookies, origin: &Origin, token: &DeviceToken, seconds: u64) {
    let mut text = String::new();
    // Text has room for all.
    let _ = token.write(&mut text);
    let life = Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    let cookie = Cookie::build((origin.cookie_name(NAME), text))
        .http_only(true)
        .secure(origin.is_secure())
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(life);
    cookies.add(cookie.build());
}

/// What its owner knows a browser by, roughly. What the header says is not repeated, so nobody
/// writes a text of theirs into somebody's list.
pub(crate) fn label(user_agent: Option<&HeaderValue>) -> String {
    let text = user_agent.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&BROWSERS).unwrap_or("A browser");
    match first(&SYSTEMS) {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

/// Marks in `User-Agent`, the more special ones first: most browsers claim to be others too.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_of_our_own_words() {
        let label = |text: &'static str| label(Some(&HeaderValue::from_static(text)));
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
        assert_eq!(label(chrome), "Chrome on Linux");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1";
        assert_eq!(label(safari), "Safari on iPhone");
        assert_eq!(label("<b>mine</b>"), "A browser");
    }
}
