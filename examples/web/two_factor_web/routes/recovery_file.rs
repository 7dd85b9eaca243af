//! Recovery codes as a file.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use creance_totp::RecoveryCode;
use serde::Deserialize;

use crate::answer::{Answer, Refusal};
use crate::app::{ISSUER, Shared};
use crate::pages::recovery_codes::text;
use crate::posted::Posted;

/// The codes of the page, with spaces between them.
#[derive(Deserialize)]
pub(super) struct Codes {
    codes: String,
}

/// `POST /recovery-codes/file`: gives the codes of the page back as a file. Nothing is stored, and
/// nothing but codes goes in, so that no form makes a file of ours with somebody else's words.
pub(super) async fn file(
    State(app): State<Shared>,
    Posted { visitor, fields }: Posted<Codes>,
) -> Answer {
    let (who, _) = visitor.member(&app).await?;
    let mut content =
        format!("{ISSUER}: recovery codes of {}\r\nEach works once.\r\n\r\n", who.name);
    for code in fields.codes.split_ascii_whitespace() {
        let code = RecoveryCode::parse(code).map_err(|_| Refusal::Unreadable)?;
        writeln!(content, "{}\r", text(&code)).map_err(Refusal::broken)?;
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"recovery-codes.txt\""),
    ];
    Ok((headers, content).into_response())
}
