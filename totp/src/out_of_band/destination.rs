use core::fmt;

use crate::Error;

/// A way to somebody's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// A text message.
    Sms,
    /// A call that speaks.
    Voice,
    /// A push message to an app.
    Push,
}

/// Where a code is sent to. There is none for e-mail, see [`OutOfBand`](crate::OutOfBand).
///
/// It has to be known from before: one that comes with the request would be the sender's own. `Debug`
/// hides it, for a telephone number in a log is personal.
///
/// ```
/// use creance_totp::{Channel, Destination};
///
/// let destination = Destination::sms("+4915112345678")?;
/// assert_eq!(destination.channel(), Channel::Sms);
/// assert_eq!(destination.expose(), "+4915112345678");
/// for number in ["4915112345678", "+49 151", "+0123456789", "+1", "+1234567890123456"] {
///     assert!(Destination::voice(number).is_err());
/// }
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    channel: Channel,
    address: &'a str,
}

impl<'a> Destination<'a> {
    /// The longest address of a push message, in bytes.
    pub const MAX_PUSH: usize = 4_096;

    /// A text message to a telephone number as ITU-T E.164 writes it: a plus and 7 to 15 digits
    /// without a leading zero.
    ///
    /// # Errors
    /// [`Error::Destination`] for any other text.
    pub fn sms(number: &'a str) -> Result<Self, Error> {
        number_checked(number)?;
        Ok(Self { channel: Channel::Sms, address: number })
    }

    /// A call to such a number.
    ///
    /// # Errors
    /// [`Error::Destination`] for any other text.
    pub fn voice(number: &'a str) -> Result<Self, Error> {
        number_checked(number)?;
        Ok(Self { channel: Channel::Voice, address: number })
    }

    /// A push message to an app, by what its service knows it as: 1 to 4096 printable ASCII
    /// characters.
    ///
    /// The app shows the code, to be typed in where it is asked for. Let it not be a button that only
    /// says yes: who is asked often enough presses it.
    ///
    /// # Errors
    /// [`Error::Destination`] for any other text.
    pub fn push(device: &'a str) -> Result<Self, Error> {
        let is_printable = device.bytes().all(|byte| byte.is_ascii_graphic());
        if device.is_empty() || device.len() > Self::MAX_PUSH || !is_printable {
            return Err(Error::Destination);
        }
        Ok(Self { channel: Channel::Push, address: device })
    }

    /// The way.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The number or the app, for the transport.
    #[must_use]
    pub const fn expose(&self) -> &'a str {
        self.address
    }
}

impl fmt::Debug for Destination<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination").field("channel", &self.channel).finish_non_exhaustive()
    }
}

fn number_checked(number: &str) -> Result<(), Error> {
    let digits = number.strip_prefix('+').ok_or(Error::Destination)?;
    let is_number = (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if is_number { Ok(()) } else { Err(Error::Destination) }
}
