//! The pages, as HTML. Maud escapes everything that is put into them; the one exception is the SVG of
//! a QR code, which is made here.
//!
//! They work without scripts. Each page has one heading, each field a label, and what went wrong stands
//! at the field that it concerns, which has the focus.

pub(crate) mod account;
pub(crate) mod change;
pub(crate) mod enrolment;
pub(crate) mod layout;
pub(crate) mod parts;
pub(crate) mod problem;
pub(crate) mod recovery_codes;
pub(crate) mod sign_in;
