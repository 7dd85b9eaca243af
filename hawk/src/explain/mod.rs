//! Why a request is refused: for the operator of a server and the developer of a client, when one
//! of them does what the other does not expect.
//!
//! Nothing here takes part in verification. A server that was told to look into a refusal makes an
//! [`Inquiry`], which supposes one usual mistake after the other and sees whether the received MAC
//! would be right then. [`compare`] sets the two canonical messages side by side where both can be
//! had.
//!
//! What comes out is for people that may know it: it holds no key, no secret and no MAC, but it
//! tells a guesser how far the guess is off. **Never send it to the peer, never accept a request
//! because its mistake was found,** and do not make an inquiry of every refusal: it computes about
//! a thousand MACs and a hundred hashes of the payload, of which it makes up to six copies.

mod advice;
mod artifact;
mod authority;
mod cause;
mod clock;
mod comparison;
mod diagnosis;
mod draft;
mod inquiry;
mod key;
mod payload;
mod resource;
mod scratch;
mod spelling;
mod suspect;

pub use cause::Cause;
pub use comparison::{Comparison, Difference, compare};
pub use diagnosis::Diagnosis;
pub use inquiry::Inquiry;
