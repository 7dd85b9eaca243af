//! A QR code as text for a terminal, with all colours named.

use core::fmt;

use super::QrCode;

/// The colours of a character and of what is behind it. 16 and 231 are the black and the white of
/// the cube of colours, which themes do not change; the first sixteen are what a theme says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ink {
    DarkOnLight,
    LightOnDark,
}

impl Ink {
    const fn sequence(self) -> &'static str {
        match self {
            Self::DarkOnLight => "\x1b[38;5;16;48;5;231m",
            Self::LightOnDark => "\x1b[38;5;231;48;5;16m",
        }
    }
}

const RESET: &str = "\x1b[0m";

/// Two modules to a character. Where both are the same it is a space, since fonts leave gaps
/// between full blocks and terminals none between backgrounds.
pub(super) fn write_half_blocks<W: fmt::Write + ?Sized>(code: &QrCode, out: &mut W) -> fmt::Result {
    // The number of rows is odd: the last line has one row more of the quiet zone.
    for y in (0..code.size()).step_by(2) {
        write_line(
            out,
            (0..code.size()).map(|x| half_block(code.is_dark(x, y), code.is_dark(x, y + 1))),
        )?;
    }
    Ok(())
}

/// Two spaces to a module.
pub(super) fn write_spaces<W: fmt::Write + ?Sized>(code: &QrCode, out: &mut W) -> fmt::Result {
    for y in 0..code.size() {
        write_line(out, (0..code.size()).map(|x| (ground(code.is_dark(x, y)), "  ")))?;
    }
    Ok(())
}

/// A character for the upper and the lower module. Black on white or white on black, the upper half
/// is always what is printed.
const fn half_block(upper_is_dark: bool, lower_is_dark: bool) -> (Ink, &'static str) {
    let text = if upper_is_dark == lower_is_dark { " " } else { "\u{2580}" };
    (ground(lower_is_dark), text)
}

const fn ground(is_dark: bool) -> Ink {
    if is_dark { Ink::LightOnDark } else { Ink::DarkOnLight }
}

/// The colours are put back before the line ends: some terminals paint the rest of the line in
/// those of its last character.
fn write_line<W: fmt::Write + ?Sized>(
    out: &mut W,
    cells: impl Iterator<Item = (Ink, &'static str)>,
) -> fmt::Result {
    let mut last = None;
    for (ink, text) in cells {
        if last != Some(ink) {
            out.write_str(ink.sequence())?;
            last = Some(ink);
        }
        out.write_str(text)?;
    }
    out.write_str(RESET)?;
    out.write_char('\n')
}
