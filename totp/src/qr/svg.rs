//! A QR code as SVG.

use core::fmt;

use super::QrCode;

/// Attributes and no style: a policy that forbids inline styles does not stop attributes.
pub(super) fn write<W: fmt::Write + ?Sized>(code: &QrCode, out: &mut W) -> fmt::Result {
    let size = code.size();
    let pixels = size * usize::from(code.scale);
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" \
         viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\" role=\"img\"><title>"
    )?;
    write_escaped(&code.title, out)?;
    write!(
        out,
        "</title><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path fill=\"#000\" d=\""
    )?;
    for y in 0..size {
        write_row(code, y, out)?;
    }
    out.write_str("\"/></svg>")
}

/// Each run of dark modules as one rectangle.
fn write_row<W: fmt::Write + ?Sized>(code: &QrCode, y: usize, out: &mut W) -> fmt::Result {
    let mut begins = None;
    // The last module is of the quiet zone, so every run ends.
    for x in 0..code.size() {
        match (begins, code.is_dark(x, y)) {
            (None, true) => begins = Some(x),
            (Some(begin), false) => {
                write!(out, "M{begin} {y}h{}v1H{begin}z", x - begin)?;
                begins = None;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Text between tags, without the characters that XML 1.0 has not.
fn write_escaped<W: fmt::Write + ?Sized>(text: &str, out: &mut W) -> fmt::Result {
    for character in text.chars() {
        match character {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '\t' | '\n' => out.write_char(character),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.write_char('\u{fffd}'),
            _ => out.write_char(character),
        }?;
    }
    Ok(())
}
