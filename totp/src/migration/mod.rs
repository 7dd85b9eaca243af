//! Google Authenticator's export: accounts in the `data` of `otpauth-migration://offline` URIs, each of
//! which is one QR code.

mod batch;
mod convert;
mod entry;
mod export;
mod field;
mod import;
mod message;
mod text;
mod wire;

pub use batch::MigrationBatch;
pub use entry::{MigrationEntry, RefusedEntry};
pub use export::MigrationExport;
pub use field::MigrationField;
pub use import::{MigrationImport, Scanned};
