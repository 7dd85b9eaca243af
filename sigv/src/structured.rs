//! Structured fields (RFC 9651) as a tree that borrows from the text, and back to text.
//!
//! The parser keeps the last of two equal keys, as its RFC says. Others may keep the first, so here two
//! are an error; hence a tree of our own, which sees both.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, InnerListVisitor, ItemVisitor, ListVisitor, ParameterVisitor,
};
use sfv::{BareItemFromInput, ItemSerializer, KeyRef, ListSerializer, Parser, StringRef};

/// Why a text gives no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is no structured field, or has more of something than is looked at.
    Malformed,
    /// It has a key twice.
    Twice,
}

pub(crate) type Bare<'a> = BareItemFromInput<'a>;

/// A value with its parameters.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) bare: Bare<'a>,
    pub(crate) params: Params<'a>,
}

/// Parameters in their order.
#[derive(Debug, Default)]
pub(crate) struct Params<'a>(Vec<(&'a KeyRef, Bare<'a>)>);

/// A member of a dictionary or list.
#[derive(Debug)]
pub(crate) enum Member<'a> {
    Item(Item<'a>),
    List(Vec<Item<'a>>, Params<'a>),
}

/// A dictionary's members in their order, each key once.
pub(crate) fn dictionary(text: &[u8]) -> Result<Vec<(&str, Member<'_>)>, Trouble> {
    let members = Parser::new(text).parse_dictionary_with_visitor(Members(Vec::new()));
    let members = members.map_err(|_| Trouble::Malformed)?;
    check_keys(members.iter().map(|(key, _)| *key))?;
    members.iter().try_for_each(|(_, member)| member.check())?;
    Ok(members.into_iter().map(|(key, member)| (key.as_str(), member)).collect())
}

/// A list's members.
pub(crate) fn list(text: &[u8]) -> Result<Vec<Member<'_>>, Trouble> {
    let members = Parser::new(text).parse_list_with_visitor(Elements(Vec::new()));
    let members = members.map_err(|_| Trouble::Malformed)?;
    members.iter().try_for_each(Member::check)?;
    Ok(members)
}

/// A value alone.
pub(crate) fn item(text: &[u8]) -> Result<Item<'_>, Trouble> {
    let mut item = Item::empty();
    let parsed = Parser::new(text).parse_item_with_visitor(&mut item);
    parsed.map_err(|_| Trouble::Malformed)?;
    item.check()?;
    Ok(item)
}

/// The one spelling of a dictionary.
pub(crate) fn write_dictionary(members: &[(&str, Member<'_>)]) -> String {
    let mut text = String::new();
    for (index, (key, member)) in members.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(key);
        match member {
            // A member that is only there has no value written.
            Member::Item(Item { bare: Bare::Boolean(true), params }) => params.write(&mut text),
            member => {
                text.push('=');
                member.write(&mut text);
            }
        }
    }
    text
}

/// The one spelling of a list.
pub(crate) fn write_list(members: &[Member<'_>]) -> String {
    let mut text = String::new();
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        member.write(&mut text);
    }
    text
}

/// Adds a string in its quotes. Only visible ASCII characters and spaces can be written.
///
/// # Errors
/// [`fmt::Error`] for others.
pub(crate) fn write_string(value: &str, text: &mut String) -> fmt::Result {
    let value = StringRef::from_str(value).map_err(|_| fmt::Error)?;
    let _: &mut String = ItemSerializer::with_buffer(text).bare_item(value).finish();
    Ok(())
}

impl Item<'_> {
    const fn empty() -> Self {
        Self { bare: Bare::Boolean(true), params: Params(Vec::new()) }
    }

    /// Adds its one spelling.
    pub(crate) fn write(&self, text: &mut String) {
        let _: &mut String = ItemSerializer::with_buffer(text)
            .bare_item(&self.bare)
            .parameters(self.params.0.iter().map(|(key, value)| (*key, value)))
            .finish();
    }

    fn check(&self) -> Result<(), Trouble> {
        self.params.check()
    }

    /// The value, if it is a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.bare {
            Bare::String(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

impl<'a> Params<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &Bare<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a parameter, if it is a string.
    pub(crate) fn string(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).and_then(|(_, value)| match value {
            Bare::String(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn write(&self, text: &mut String) {
        for (key, value) in self.iter() {
            text.push(';');
            text.push_str(key);
            if !matches!(value, Bare::Boolean(true)) {
                text.push('=');
                let _: &mut String = ItemSerializer::with_buffer(text).bare_item(value).finish();
            }
        }
    }

    fn check(&self) -> Result<(), Trouble> {
        check_keys(self.0.iter().map(|(key, _)| *key))
    }
}

impl Member<'_> {
    /// Adds its one spelling.
    pub(crate) fn write(&self, text: &mut String) {
        match self {
            Self::Item(item) => item.write(text),
            Self::List(items, params) => {
                let mut list = ListSerializer::with_buffer(text);
                let mut inner = list.inner_list();
                for item in items {
                    let params = item.params.0.iter().map(|(key, value)| (*key, value));
                    let _: &mut String = inner.bare_item(&item.bare).parameters(params).finish();
                }
                let params = params.0.iter().map(|(key, value)| (*key, value));
                let _: &mut String = inner.finish().parameters(params).finish();
                let _: Option<&mut String> = list.finish();
            }
        }
    }

    fn check(&self) -> Result<(), Trouble> {
        match self {
            Self::Item(item) => item.check(),
            Self::List(items, params) => {
                params.check()?;
                items.iter().try_for_each(Item::check)
            }
        }
    }
}

/// The value of a string that lies in the text as it is, or a copy where it has escapes.
pub(crate) fn string<'a>(bare: &Bare<'a>) -> Option<Cow<'a, str>> {
    match bare {
        Bare::String(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_str())),
        Bare::String(Cow::Owned(text)) => Some(Cow::Owned(text.as_str().into())),
        _ => None,
    }
}

/// The most parameters of one value, and members of one dictionary: each is compared with each.
const MAX_KEYS: usize = 64;

fn check_keys<'a>(keys: impl Iterator<Item = &'a KeyRef> + Clone) -> Result<(), Trouble> {
    let mut rest = keys;
    while let Some(key) = rest.next() {
        if rest.clone().any(|other| other == key) {
            return Err(Trouble::Twice);
        }
    }
    Ok(())
}

/// More than [`MAX_KEYS`].
#[derive(Debug)]
pub(crate) struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("too many keys")
    }
}

impl core::error::Error for TooMany {}

struct Members<'a>(Vec<(&'a KeyRef, Member<'a>)>);

impl<'a> DictionaryVisitor<'a> for Members<'a> {
    type Out = Vec<(&'a KeyRef, Member<'a>)>;
    type Error = TooMany;

    fn entry(&mut self, key: &'a KeyRef) -> Result<impl EntryVisitor<'a>, TooMany> {
        if self.0.len() == MAX_KEYS {
            return Err(TooMany);
        }
        self.0.push((key, Member::Item(Item::empty())));
        self.0.last_mut().map(|(_, member)| member).ok_or(TooMany)
    }

    fn finish(self) -> Result<Self::Out, TooMany> {
        Ok(self.0)
    }
}

struct Elements<'a>(Vec<Member<'a>>);

impl<'a> ListVisitor<'a> for Elements<'a> {
    type Out = Vec<Member<'a>>;
    type Error = TooMany;

    fn entry(&mut self) -> Result<impl EntryVisitor<'a>, TooMany> {
        self.0.push(Member::Item(Item::empty()));
        self.0.last_mut().ok_or(TooMany)
    }

    fn finish(self) -> Result<Self::Out, TooMany> {
        Ok(self.0)
    }
}

impl<'a> EntryVisitor<'a> for &mut Member<'a> {
    type Error = TooMany;

    fn item(self) -> Result<impl ItemVisitor<'a>, TooMany> {
        match self {
            Member::Item(item) => Ok(item),
            Member::List(..) => Err(TooMany),
        }
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'a>, TooMany> {
        *self = Member::List(Vec::new(), Params::default());
        match self {
            Member::List(items, params) => Ok(Inner { items, params }),
            Member::Item(_) => Err(TooMany),
        }
    }
}

struct Inner<'m, 'a> {
    items: &'m mut Vec<Item<'a>>,
    params: &'m mut Params<'a>,
}

impl<'a> InnerListVisitor<'a> for Inner<'_, 'a> {
    type Error = TooMany;

    fn item(&mut self) -> Result<impl ItemVisitor<'a>, TooMany> {
        self.items.push(Item::empty());
        self.items.last_mut().ok_or(TooMany)
    }

    fn finish(self) -> Result<impl ParameterVisitor<'a>, TooMany> {
        Ok(self.params)
    }
}

impl<'a> ItemVisitor<'a> for &mut Item<'a> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(
        self,
        bare: Bare<'a>,
    ) -> Result<impl ParameterVisitor<'a, Out = Self::Out>, Infallible> {
        self.bare = bare;
        Ok(&mut self.params)
    }
}

impl<'a> ParameterVisitor<'a> for &mut Params<'a> {
    type Out = ();
    type Error = TooMany;

    fn parameter(&mut self, key: &'a KeyRef, value: Bare<'a>) -> Result<(), TooMany> {
        if self.0.len() == MAX_KEYS {
            return Err(TooMany);
        }
        self.0.push((key, value));
        Ok(())
    }

    fn finish(self) -> Result<(), TooMany> {
        Ok(())
    }
}
