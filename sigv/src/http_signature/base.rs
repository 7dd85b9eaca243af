use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::component::Component;
use super::derived::Parameters;
use super::message::{Message, Subject};
use super::{derived, fields};
use crate::scheme::Part;
use crate::{Algorithm, Error, Hasher, Key, Tag};

/// The signature base (RFC 9421, 2.5), taken from a message and not yet put together.
pub(super) struct Base<'c, 'a> {
    lines: Vec<(&'c Component, Cow<'a, str>)>,
    params: &'c str,
}

impl<'c, 'a> Base<'c, 'a> {
    /// Takes the value of each component from the message; all of it before anything is computed, so
    /// that writing cannot fail.
    ///
    /// # Errors
    /// What is not there, is there twice, or cannot be signed: see [`fields::value`] and
    /// [`derived::of_request`].
    pub(super) fn new(
        message: &Message<'a>,
        components: &'c [Component],
        params: &'c str,
    ) -> Result<Self, Error> {
        let mut parameters = None;
        let line = |component| Ok((component, value(message, component, &mut parameters)?));
        let lines = components.iter().map(line).collect::<Result<_, Error>>()?;
        Ok(Self { lines, params })
    }

    /// The base with other values, to see what a signer may have signed instead.
    pub(super) fn supposing(
        &self,
        mut other: impl FnMut(&Component, &str) -> Option<String>,
    ) -> Option<Self> {
        let mut is_other = false;
        let lines = self.lines.iter().map(|(component, value)| {
            let replaced = other(component, value).filter(|replaced| replaced != value);
            is_other |= replaced.is_some();
            (*component, replaced.map_or_else(|| value.clone(), Cow::Owned))
        });
        let lines = lines.collect();
        is_other.then_some(Self { lines, params: self.params })
    }

    /// Writes it: the one place that does, whether into a MAC, a digest or a text.
    pub(super) fn write<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        for (component, value) in &self.lines {
            out.write_str(component.as_str())?;
            out.write_str(": ")?;
            out.write_str(value)?;
            out.write_str("\n")?;
        }
        out.write_str("\"@signature-params\": ")?;
        out.write_str(self.params)
    }

    /// The tag under a key.
    pub(super) fn sign(&self, key: &Key) -> Tag {
        key.sign_with(|mac| {
            // A MAC takes all that is written into it.
            let _ = self.write(mac);
        })
    }

    /// By what a message without a nonce is told apart.
    pub(super) fn digest(&self) -> Tag {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        // A hasher takes all that is written into it.
        let _ = self.write(&mut hasher);
        hasher.finish()
    }
}

/// `parameters` are those of the one request that there is, once they have been asked for.
fn value<'a>(
    message: &Message<'a>,
    component: &Component,
    parameters: &mut Option<Parameters<'a>>,
) -> Result<Cow<'a, str>, Error> {
    match (message.subject, component.is_of_request()) {
        (Subject::Request(head), false) => match fields::field_name(component) {
            Some(name) => fields::value(message.headers, name, component),
            None => derived::of_request(&head, &component.name, parameters),
        },
        // A request answers none.
        (Subject::Request(_), true) => Err(Error::Malformed(Part::Component)),
        (Subject::Response { status, .. }, false) => match fields::field_name(component) {
            Some(name) => fields::value(message.headers, name, component),
            None => derived::of_response(status, &component.name),
        },
        (Subject::Response { request: None, .. }, true) => Err(Error::Value(component.part())),
        (Subject::Response { request: Some(head), .. }, true) => {
            match fields::field_name(component) {
                Some(name) => fields::value(head.headers, name, component),
                None => derived::of_request(&head, &component.name, parameters),
            }
        }
    }
}
