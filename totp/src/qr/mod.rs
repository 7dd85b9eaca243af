mod png;
mod svg;
mod terminal;

use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

use core::fmt;

use qrcode::{Color, EcLevel};
use zeroize::Zeroizing;

use creance_sigv::Encoding;

use crate::{Error, KeyUri, Sensitive, Warning};

/// A QR code (ISO/IEC 18004) of a key URI, to be shown on a screen and scanned by a phone.
///
/// Error correction of level M. The quiet zone of four modules is always painted, dark is always on
/// light, and both colours are always named: a code that leaves its ground to the page or to the
/// terminal is not read on a dark one.
///
/// Every picture of it holds the secret, so all of them are [`Sensitive`]. They are made here: no
/// picture is ever asked for from a service on the network, which would learn the secret. What the
/// encoders of QR codes and PNG hold in between is not wiped.
///
/// ```
/// use creance_totp::{KeyUri, QrCode, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let uri = KeyUri::new(secret, "alice@example.com")?.with_issuer("ACME Co")?;
/// let code = QrCode::new(&uri)?.with_title("Scan this with your authenticator app");
/// assert_eq!(code.version(), 6);
/// assert_eq!(code.warning(), None);
///
/// assert!(code.svg()?.expose().starts_with("<svg "));
/// assert!(code.png()?.expose().starts_with(b"\x89PNG"));
/// assert!(code.png_data_uri()?.expose().starts_with("data:image/png;base64,"));
/// println!("{}", code.terminal()?.expose());
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone)]
pub struct QrCode {
    /// Row by row, true where dark.
    modules: Zeroizing<Vec<bool>>,
    /// Modules of a side, without the quiet zone.
    width: usize,
    version: u8,
    scale: u8,
    title: String,
}

impl QrCode {
    /// Modules on each side that stay light (ISO/IEC 18004).
    pub const QUIET_ZONE: usize = 4;

    /// The largest scale, in pixels for a module.
    pub const MAX_SCALE: u8 = 32;

    /// Above this version some cameras fail on a screen.
    pub const RELIABLE_VERSION: u8 = 10;

    /// The code of a key URI.
    ///
    /// # Errors
    /// None that can occur: every [`KeyUri`] fits.
    pub fn new(uri: &KeyUri) -> Result<Self, Error> {
        Self::from_text(uri.to_text()?.expose())
    }

    /// The code of any text in visible ASCII, as URIs are. Readers guess what other bytes mean, and
    /// do not guess the same.
    ///
    /// # Errors
    /// [`Error::QrText`] for text that is empty, has other characters, or is too long: 2,331 bytes
    /// always fit, more of them where capital letters and digits follow each other.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        if text.is_empty() || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Error::QrText);
        }
        let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M);
        let code = code.map_err(|_| Error::QrText)?;
        let qrcode::Version::Normal(version) = code.version() else { return Err(Error::QrText) };
        let version = u8::try_from(version).map_err(|_| Error::QrText)?;
        let width = code.width();
        let mut colors = code.into_colors();
        let modules = colors.iter().map(|color| *color == Color::Dark).collect();
        wipe(&mut colors);
        let title = "QR code for an authenticator app".to_owned();
        Ok(Self { modules: Zeroizing::new(modules), width, version, scale: 8, title })
    }

    /// Sets how many pixels wide a module is in an image, 1 to [`MAX_SCALE`](Self::MAX_SCALE), 8 by
    /// default. A number beyond becomes the nearest of them.
    #[must_use]
    pub fn with_scale(self, scale: u8) -> Self {
        Self { scale: scale.clamp(1, Self::MAX_SCALE), ..self }
    }

    /// Sets the SVG's title, which a screen reader reads out. Say in the person's language what the
    /// picture is for; who cannot see it needs the [`ManualKey`](crate::ManualKey) beside it.
    #[must_use]
    pub fn with_title(self, title: &str) -> Self {
        Self { title: title.to_owned(), ..self }
    }

    /// The version: 1 to 40. Each has four modules more on a side.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// [`Warning::LargeQrCode`] above [`RELIABLE_VERSION`](Self::RELIABLE_VERSION): shorter names
    /// help.
    #[must_use]
    pub fn warning(&self) -> Option<Warning> {
        let warning = Warning::LargeQrCode { version: self.version };
        (self.version > Self::RELIABLE_VERSION).then_some(warning)
    }

    /// Modules of a side with the quiet zone: 29 to 185.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.width + 2 * Self::QUIET_ZONE
    }

    /// An SVG for a page: without references, with a title, in black on white whatever is around
    /// it. It has no style and no script, so it passes a strict content security policy.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn svg(&self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| svg::write(self, out))
    }

    /// A PNG in black and white, [`size`](Self::size) times the scale wide and high.
    ///
    /// # Errors
    /// None that can occur, [`Error::Write`] if the encoder fails.
    pub fn png(&self) -> Result<Sensitive<Vec<u8>>, Error> {
        png::encode(self)
    }

    /// The SVG as a `data:` URI, for an `<img>`. Give that an `alt`: a title inside of an image is
    /// not read out.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn svg_data_uri(&self) -> Result<Sensitive, Error> {
        data_uri("image/svg+xml", self.svg()?.expose().as_bytes())
    }

    /// The PNG as a `data:` URI, for an `<img>` with an `alt`.
    ///
    /// # Errors
    /// As [`png`](Self::png).
    pub fn png_data_uri(&self) -> Result<Sensitive, Error> {
        data_uri("image/png", self.png()?.expose())
    }

    /// Text for a terminal with Unicode: two modules to a character, in colours 16 and 231 of the
    /// 256, which are black and white whatever the terminal's own are. [`size`](Self::size)
    /// characters wide, half as many lines, each ended by a line feed.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn terminal(&self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| terminal::write_half_blocks(self, out))
    }

    /// The same for a terminal without Unicode, in spaces only: two of them to a module, so twice
    /// as wide and twice as high.
    ///
    /// # Errors
    /// None that can occur: memory takes all that is written.
    pub fn terminal_ascii(&self) -> Result<Sensitive, Error> {
        Sensitive::written(|out| terminal::write_spaces(self, out))
    }

    /// Whether a module is dark, counted from the corner of the quiet zone. What is beyond is light.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(Self::QUIET_ZONE).filter(|at| *at < self.width);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => self.modules.get(y * self.width + x).copied().unwrap_or(false),
            _ => false,
        }
    }
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCode")
            .field("version", &self.version)
            .field("scale", &self.scale)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

fn data_uri(media_type: &str, content: &[u8]) -> Result<Sensitive, Error> {
    Sensitive::written(|out| {
        write!(out, "data:{media_type};base64,")?;
        Encoding::Base64.encode(content, out)
    })
}

/// The library's type cannot be wiped by `zeroize`; the compiler must not see that nobody reads it.
fn wipe(colors: &mut [Color]) {
    colors.fill(Color::Light);
    core::hint::black_box(colors);
}
