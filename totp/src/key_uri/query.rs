//! The parameters of a key URI, each at most once.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::percent::{self, Plus};
use crate::{Error, Warning};

/// A value, decoded; one of them is the secret.
type Value = Option<Zeroizing<String>>;

/// The values of the parameters that are known.
#[derive(Default)]
pub(super) struct Query {
    pub(super) secret: Value,
    pub(super) issuer: Value,
    pub(super) algorithm: Value,
    pub(super) digits: Value,
    pub(super) period: Value,
    pub(super) counter: Value,
}

impl Query {
    pub(super) fn read(text: &str, warnings: &mut Vec<Warning>) -> Result<Self, Error> {
        let mut query = Self::default();
        for parameter in text.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            query.take(name, value, warnings)?;
        }
        query.drop_empty_issuer(warnings);
        Ok(query)
    }

    fn take(&mut self, name: &str, value: &str, warnings: &mut Vec<Warning>) -> Result<(), Error> {
        let name = percent::decode(name, Plus::Space)?;
        let value = percent::decode(value, Plus::Space)?;
        if name.contains(char::is_control) || value.contains(char::is_control) {
            return Err(Error::UriCharacter);
        }
        if name.as_str() == "encoder" {
            return Err(Error::UriEncoder);
        }
        if let Some(place) = self.place(&name) {
            return match place.replace(value) {
                Some(_) => Err(Error::UriDuplicate),
                None => Ok(()),
            };
        }
        let warning = Warning::UnknownParameter { name: name.as_str().into() };
        if warnings.contains(&warning) {
            return Err(Error::UriDuplicate);
        }
        warnings.push(warning);
        Ok(())
    }

    fn place(&mut self, name: &str) -> Option<&mut Value> {
        Some(match name {
            "secret" => &mut self.secret,
            "issuer" => &mut self.issuer,
            "algorithm" => &mut self.algorithm,
            "digits" => &mut self.digits,
            "period" => &mut self.period,
            "counter" => &mut self.counter,
            _ => return None,
        })
    }

    fn drop_empty_issuer(&mut self, warnings: &mut Vec<Warning>) {
        if self.issuer.as_ref().is_some_and(|issuer| issuer.trim().is_empty()) {
            self.issuer = None;
            warnings.push(Warning::EmptyIssuer);
        }
    }
}
