//! An authenticator app: it scans a key URI and shows codes.

use creance_totp::{Code, Enrolment, Error, KeyUri, Otp, Totp, UnixTime};

pub(crate) struct Phone {
    totp: Totp,
}

impl Phone {
    /// Reads what the QR code says, as any app would.
    pub(crate) fn scan(enrolment: &Enrolment) -> Result<Self, Error> {
        let text = enrolment.uri().to_text()?;
        let (uri, _) = KeyUri::parse(text.expose())?;
        match uri.otp()? {
            Otp::Totp(totp) => Ok(Self { totp }),
            _ => Err(Error::UriType),
        }
    }

    /// The code on the screen.
    pub(crate) fn shows(&self, now: UnixTime) -> Result<Code, Error> {
        self.totp.generate(now)
    }
}
