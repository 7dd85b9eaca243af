use super::payload::hex_text;
use super::percent::Sink;
use super::{Fields, Params, Path, Scope, Timestamp};
use crate::{Algorithm, Hasher, Tag};

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
    /// The list of the fields' names.
    pub(super) names: &'c str,
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
        self.fields.write(sink);
        sink.put(b"\n");
        sink.put(self.names.as_bytes());
        sink.put(b"\n");
        sink.put(self.payload.as_bytes());
    }

    pub(super) fn digest(&self) -> Tag {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        self.write(&mut hasher);
        hasher.finish()
    }
}

/// The string to sign of a request: the one place that writes it.
pub(super) fn write_string_to_sign(
    sink: &mut impl Sink,
    timestamp: &Timestamp,
    scope: &Scope<'_>,
    canonical: &Tag,
) {
    sink.put(ALGORITHM.as_bytes());
    sink.put(b"\n");
    sink.put(timestamp.as_str().as_bytes());
    sink.put(b"\n");
    for piece in scope.pieces() {
        sink.put(piece.as_bytes());
    }
    sink.put(b"\n");
    sink.put(hex_text(canonical.expose()).as_bytes());
}
