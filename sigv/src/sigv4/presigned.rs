#[cfg(feature = "alloc")]
use alloc::string::String;
use core::fmt::{self, Write};

use super::draft::Draft;
use super::params;
use super::percent::{Sink, Value};
use crate::{Encoding, Error, Tag};

/// A presigned URL. Who has it can use it until it expires.
#[must_use = "the URL is what carries the signature"]
pub struct Presigned<'a> {
    draft: Draft<'a>,
    tag: Tag,
}

impl<'a> Presigned<'a> {
    pub(super) const fn new(draft: Draft<'a>, tag: Tag) -> Self {
        Self { draft, tag }
    }

    /// Writes the URL.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write<W: Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        out.write_str(self.draft.outgoing.url)?;
        let mut separator = if self.draft.outgoing.url.contains('?') { '&' } else { '?' };
        for (name, value) in self.draft.added.parameters(&self.draft.credential, &self.draft.names)
        {
            write!(out, "{separator}{name}=")?;
            let mut sink = TextSink { out, result: Ok(()) };
            Value::Plain(value).write(&mut sink);
            sink.result?;
            separator = '&';
        }
        write!(out, "&{}=", params::SIGNATURE)?;
        self.tag.write(Encoding::Hex, out)?;
        Ok(())
    }

    /// The URL as text.
    ///
    /// # Errors
    /// None but [`Error::Write`], which does not happen.
    #[cfg(feature = "alloc")]
    pub fn to_url(&self) -> Result<String, Error> {
        let mut url = String::new();
        self.write(&mut url)?;
        Ok(url)
    }

    /// The signature alone.
    #[must_use]
    pub const fn signature(&self) -> &Tag {
        &self.tag
    }
}

/// Without the URL, which is as good as a key until it expires.
impl fmt::Debug for Presigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned")
            .field("timestamp", &self.draft.added.timestamp)
            .finish_non_exhaustive()
    }
}

/// What is written percent-encoded is ASCII.
struct TextSink<'o, W: ?Sized> {
    out: &'o mut W,
    result: fmt::Result,
}

impl<W: Write + ?Sized> Sink for TextSink<'_, W> {
    fn put(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).map_err(|_| fmt::Error);
        self.result = self.result.and_then(|()| self.out.write_str(text?));
    }
}
