//! A form that came from one of our own pages.

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use creance_sigv::ct;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::answer::Refusal;
use crate::app::Shared;
use crate::visit::Visitor;

/// The fields of a form and who sent it. No handler of a POST takes its form in another way, so none
/// can forget that another site may have sent it.
#[derive(Debug)]
pub(crate) struct Posted<T> {
    pub(crate) visitor: Visitor,
    pub(crate) fields: T,
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

#[derive(Deserialize)]
struct Body<T> {
    #[serde(default)]
    token: String,
    #[serde(flatten)]
    fields: T,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Posted<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        if !is_same_origin(&parts.headers, app.origin.as_str()) {
            return Err(Refusal::Forged);
        }
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let form = Form::<Body<T>>::from_request(Request::from_parts(parts, body), app).await;
        let Form(Body { token, fields }) = form.map_err(|_| Refusal::Unreadable)?;
        ct::verify(visitor.token().as_bytes(), token.as_bytes()).map_err(|_| Refusal::Forged)?;
        Ok(Self { visitor, fields })
    }
}

/// Whether the browser says that the form was on a page of ours. Every browser of today says so with
/// each POST; what says nothing is refused.
fn is_same_origin(headers: &HeaderMap, ours: &str) -> bool {
    let origin = headers.get(header::ORIGIN).map(|origin| origin == ours);
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    origin.unwrap_or(true) && site.unwrap_or(true) && (origin.is_some() || site.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_headers_have_to_agree_and_one_has_to_be_there() {
        let ours = "http://127.0.0.1:8080";
        let table = [
            (None, None, false),
            (Some(ours), None, true),
            (None, Some("same-origin"), true),
            (Some(ours), Some("same-origin"), true),
            (Some(ours), Some("cross-site"), false),
            (Some("null"), Some("same-origin"), false),
            (Some("http://127.0.0.1:8081"), None, false),
            (Some("https://127.0.0.1:8080"), None, false),
            (None, Some("same-site"), false),
            (None, Some("none"), false),
        ];
        for (origin, site, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().expect("a value"));
                }
            }
            assert_eq!(is_same_origin(&headers, ours), expected, "{origin:?} {site:?}");
        }
    }
}
