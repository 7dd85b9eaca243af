//! What holds for every request and every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::Shared;

/// Nothing but our own style sheet and icon is loaded, no script runs, nobody frames the pages, and
/// forms go nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer`, browsers send `Origin: null` even to ourselves.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Takes requests to our own host alone, and adds to every answer what browsers have to know.
pub(crate) async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let is_ours = host.is_some_and(|host| host == app.origin.authority());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match (is_ours, is_read) {
        (true, _) => next.run(request).await,
        // Somebody may have pointed a name of theirs at this address, to read with their own scripts.
        (false, true) => Redirect::to(app.origin.as_str()).into_response(),
        (false, false) => StatusCode::MISDIRECTED_REQUEST.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages show secrets, codes and who somebody is: no cache and no way back to them by the history.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    if app.origin.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
