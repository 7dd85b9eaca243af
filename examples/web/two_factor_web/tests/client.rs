//! A browser without a screen: it keeps cookies, and the token of the last page.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use creance_totp::{KeyUri, Otp};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::world::{NAME, PASSWORD, World};

pub(super) struct Client<'a> {
    world: &'a World,
    pub(super) cookies: BTreeMap<String, String>,
    pub(super) token: String,
    /// Sent with every request, unless emptied.
    pub(super) origin: String,
}

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// Where it leads.
    pub(super) fn location(&self) -> &str {
        self.header("location")
    }

    /// What went wrong, as people read it.
    pub(super) fn alert(&self) -> &str {
        between(&self.body, "role=\"alert\">", "</p>").unwrap_or_default()
    }

    /// The recovery codes of the page.
    pub(super) fn recovery_codes(&self) -> Vec<String> {
        let codes = between(&self.body, "name=\"codes\" value=\"", "\"").expect("recovery codes");
        codes.split(' ').map(str::to_owned).collect()
    }
}

impl<'a> Client<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let (cookies, token) = (BTreeMap::new(), String::new());
        Self { world, cookies, token, origin: world.origin.clone() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Reply {
        let request = self.request("GET", path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    /// Sends a form with the token of the last page.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token.clone();
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(fields);
        self.post_alone(path, &all).await
    }

    /// Sends a form with nothing but these fields.
    pub(super) async fn post_alone(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .expect("a request");
        self.send(request).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let host = self.world.origin.split_once("://").expect("an origin").1;
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
        if !self.origin.is_empty() {
            request = request.header(header::ORIGIN, &self.origin);
        }
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(header::COOKIE, cookies.join("; "))
    }

    pub(super) async fn send(&mut self, request: Request<Body>) -> Reply {
        let response = self.world.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let (pair, _) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        if let Some(token) = between(&body, "name=\"token\" value=\"", "\"") {
            token.clone_into(&mut self.token);
        }
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// The name and the password.
    pub(super) async fn sign_in(&mut self) -> Reply {
        self.sign_in_as(NAME, PASSWORD).await
    }

    pub(super) async fn sign_in_as(&mut self, name: &str, password: &str) -> Reply {
        self.get("/sign-in").await;
        let reply = self.post("/sign-in", &[("name", name), ("password", password)]).await;
        if reply.status == StatusCode::SEE_OTHER {
            self.get("/account").await;
            self.get("/sign-in/code").await;
        }
        reply
    }

    pub(super) async fn code(&mut self, code: &str) -> Reply {
        let reply = self.post("/sign-in/code", &[("code", code)]).await;
        if reply.status == StatusCode::SEE_OTHER {
            self.get("/account").await;
        }
        reply
    }

    /// Signs in and enrols: the authenticator, and the recovery codes.
    pub(super) async fn enrol(&mut self) -> (App, Vec<String>) {
        self.sign_in().await;
        let reply = self.post("/enrol", &[("password", PASSWORD)]).await;
        self.confirm(&reply).await
    }

    /// Confirms the authenticator that the page shows.
    pub(super) async fn confirm(&mut self, page: &Reply) -> (App, Vec<String>) {
        let app = App::of(&page.body);
        let reply = self.post("/enrol/confirm", &[("code", &app.code(self.world))]).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.alert());
        (app, reply.recovery_codes())
    }
}

/// An authenticator app.
pub(super) struct App {
    pub(super) secret: String,
    otp: Otp,
}

impl App {
    fn of(page: &str) -> Self {
        let link = between(page, "href=\"otpauth://", "\"").expect("a link");
        let link = format!("otpauth://{}", link.replace("&amp;", "&"));
        let secret = between(&link, "secret=", "&").expect("a secret").to_owned();
        let (uri, _) = KeyUri::parse(&link).expect("a key");
        Self { secret, otp: uri.otp().expect("codes") }
    }

    /// The code of now.
    pub(super) fn code(&self, world: &World) -> String {
        let Otp::Totp(totp) = &self.otp else { panic!("codes by time") };
        totp.generate(world.now()).expect("a code").expose().to_owned()
    }

    /// One that is not right now.
    pub(super) fn wrong_code(&self, world: &World) -> String {
        let now: u32 = self.code(world).parse().expect("digits");
        // Half a million away from now's; the one before is elsewhere, but for one time in a million.
        format!("{:06}", (now + 500_000) % 1_000_000)
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// Percent-encoded, all of it.
fn quoted(text: &str) -> String {
    text.bytes().fold(String::new(), |quoted, byte| format!("{quoted}%{byte:02X}"))
}
