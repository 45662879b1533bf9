//! WebP: a RIFF file with its length in its head; the size is in the first chunk:
//! <https://developers.google.com/speed/webp/docs/riff_container>.

use super::bytes::{after, at};

/// The picture's size, if the file has picture data and is as long as it says.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let end = after(8, u32::from_le_bytes(at(bytes, 4)?))?;
    if end > bytes.len() {
        return None;
    }
    let file = bytes.get(..end)?;
    let mut place = 12;
    let mut size = None;
    loop {
        let name: [u8; 4] = at(file, place)?;
        let length = u32::from_le_bytes(at(file, place + 4)?);
        let content = place + 8;
        // A chunk of odd length is followed by one byte more; the last one may lack it.
        let behind = after(content, length)?;
        if behind > file.len() {
            return None;
        }
        match &name {
            b"VP8 " => return size.or_else(|| lossy(file, content)),
            b"VP8L" => return size.or_else(|| lossless(file, content)),
            b"VP8X" => size = Some((three(file, content + 4)? + 1, three(file, content + 7)? + 1)),
            // An animation: its frames are no larger than its canvas.
            b"ANMF" => return size,
            _ => {}
        }
        place = after(behind, length & 1)?;
    }
}

/// <https://datatracker.ietf.org/doc/html/rfc6386#section-9.1>: three bytes of flags, a start code, then the size.
fn lossy(file: &[u8], content: usize) -> Option<(u32, u32)> {
    if at(file, content + 3)? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let side = |place| at(file, place).map(|two| u32::from(u16::from_le_bytes(two) & 0x3fff));
    Some((side(content + 6)?, side(content + 8)?))
}

/// <https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification>: 14 bits a side, less one.
fn lossless(file: &[u8], content: usize) -> Option<(u32, u32)> {
    if *file.get(content)? != 0x2f {
        return None;
    }
    let bits = u32::from_le_bytes(at(file, content + 1)?);
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

fn three(file: &[u8], place: usize) -> Option<u32> {
    let [low, middle, high] = at(file, place)?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}
