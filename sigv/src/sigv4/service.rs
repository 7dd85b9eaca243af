/// The rules of a service: how it reads a path, and whether it wants the body's digest in a header.
///
/// ```
/// use creance_sigv::sigv4::Service;
///
/// const QUEUE: Service<'static> = Service::new("sqs");
/// assert_eq!(QUEUE.name(), "sqs");
/// assert_eq!(Service::S3.name(), "s3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service<'s> {
    pub(super) name: &'s str,
    pub(super) encodes_twice: bool,
    pub(super) normalizes: bool,
    pub(super) body: BodyRule,
}

/// How a service knows a body's digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRule {
    /// From the body, where no header says it.
    Digested,
    /// From a header, which is required.
    Header,
    /// From a header, which is required; a presigned URL that says nothing does not cover the body.
    Object,
}

impl Service<'static> {
    /// S3: a path is an object's name, so it is taken as it stands and encoded once;
    /// `x-amz-content-sha256` is required, and a presigned URL does not cover the body.
    pub const S3: Self =
        Self { name: "s3", encodes_twice: false, normalizes: false, body: BodyRule::Object };
}

impl<'s> Service<'s> {
    /// Any other one: the path is normalised (RFC 3986, 5.2.4) and encoded twice, and the digest stands
    /// in no header.
    #[must_use]
    pub const fn new(name: &'s str) -> Self {
        Self { name, encodes_twice: true, normalizes: true, body: BodyRule::Digested }
    }

    /// The same rules under another name.
    #[must_use]
    pub const fn named(self, name: &str) -> Service<'_> {
        Service {
            name,
            encodes_twice: self.encodes_twice,
            normalizes: self.normalizes,
            body: self.body,
        }
    }

    /// Takes paths as they stand, with `.`, `..` and empty segments.
    #[must_use]
    pub const fn without_normalization(mut self) -> Self {
        self.normalizes = false;
        self
    }

    /// Has the body's digest in `x-amz-content-sha256`: written by who signs, required by who verifies.
    #[must_use]
    pub const fn with_digest_header(mut self) -> Self {
        if matches!(self.body, BodyRule::Digested) {
            self.body = BodyRule::Header;
        }
        self
    }

    /// The name, as it stands in a scope.
    #[must_use]
    pub const fn name(&self) -> &'s str {
        self.name
    }

    pub(super) const fn has_digest_header(&self) -> bool {
        !matches!(self.body, BodyRule::Digested)
    }

    pub(super) const fn presigns_without_body(&self) -> bool {
        matches!(self.body, BodyRule::Object)
    }
}
