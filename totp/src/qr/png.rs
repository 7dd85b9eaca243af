//! A QR code as PNG.

use std::vec::Vec;

use png::{BitDepth, ColorType, Encoder, EncodingError};
use zeroize::Zeroizing;

use super::QrCode;
use crate::{Error, Sensitive};

/// Room for the chunks around the pixels, and for what deflate adds where it cannot compress.
const OVERHEAD: usize = 1024;

pub(super) fn encode(code: &QrCode) -> Result<Sensitive<Vec<u8>>, Error> {
    let scale = usize::from(code.scale);
    let pixels = u32::try_from(code.size() * scale).map_err(|_| Error::Write)?;
    let rows = rows(code, scale);
    // With room from the beginning it does not move, see `Sensitive::written`.
    let mut image = Zeroizing::new(Vec::with_capacity(rows.len() + OVERHEAD));
    write(&mut image, pixels, &rows).map_err(|_| Error::Write)?;
    Ok(Sensitive::new(core::mem::take(&mut *image)))
}

fn write(out: &mut Vec<u8>, pixels: u32, rows: &[u8]) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(out, pixels, pixels);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rows)?;
    writer.finish()
}

/// A bit for each pixel, 1 for white, each row filled up to whole bytes.
fn rows(code: &QrCode, scale: usize) -> Zeroizing<Vec<u8>> {
    let width = (code.size() * scale).div_ceil(8);
    let mut rows = Zeroizing::new(Vec::with_capacity(width * code.size() * scale));
    for y in 0..code.size() {
        let begin = rows.len();
        rows.resize(begin + width, 0);
        let light = (0..code.size() * scale).filter(|x| !code.is_dark(x / scale, y));
        for x in light {
            if let Some(byte) = rows.get_mut(begin + x / 8) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        for _ in 1..scale {
            rows.extend_from_within(begin..begin + width);
        }
    }
    rows
}
