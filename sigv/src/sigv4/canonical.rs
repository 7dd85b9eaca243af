use core::fmt::{self, Write as _};

use super::percent::Sink;
use super::{Fields, Names, Params, Path, Scope, Timestamp};
use crate::{Algorithm, Encoding, Hasher, Mac, Tag};

/// The name of the scheme's one algorithm.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A request as it is signed.
#[derive(Clone, Copy)]
pub(super) struct Canonical<'c> {
    pub(super) method: &'c str,
    pub(super) path: Path<'c>,
    /// In canonical order.
    pub(super) params: &'c Params<'c>,
    pub(super) is_presigned: bool,
    pub(super) fields: &'c Fields<'c>,
    pub(super) names: &'c Names<'c>,
    /// The body's digest, or what stands for it.
    pub(super) payload: &'c str,
}

impl Canonical<'_> {
    /// The one place that writes a canonical request, whoever signs it and wherever the signature is.
    pub(super) fn write(&self, sink: &mut impl Sink) {
        sink.put(self.method.as_bytes());
        sink.put(b"\n");
        self.path.write(sink);
        sink.put(b"\n");
        self.params.write(self.is_presigned, sink);
        sink.put(b"\n");
        self.names.iter().for_each(|name| self.fields.write(name, sink));
        sink.put(b"\n");
        // What is put into a sink gets there.
        let _ = write!(Written(sink), "{}", self.names);
        sink.put(b"\n");
        sink.put(self.payload.as_bytes());
    }

    pub(super) fn digest(&self) -> Tag {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        self.write(&mut hasher);
        hasher.finish()
    }
}

struct Written<'s, S: Sink>(&'s mut S);

impl<S: Sink> fmt::Write for Written<'_, S> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.put(text.as_bytes());
        Ok(())
    }
}

/// The string to sign of a request: the one place that writes it.
pub(super) fn write_string_to_sign<W: fmt::Write>(
    out: &mut W,
    timestamp: &Timestamp,
    scope: &Scope<'_>,
    canonical: &Tag,
) -> fmt::Result {
    write!(out, "{ALGORITHM}\n{timestamp}\n{scope}\n")?;
    canonical.write(Encoding::Hex, out)
}

/// The same into a MAC, which takes all that is written into it.
pub(super) fn sign_string(
    mac: &mut Mac,
    timestamp: &Timestamp,
    scope: &Scope<'_>,
    canonical: &Tag,
) {
    let _ = write_string_to_sign(mac, timestamp, scope, canonical);
}
