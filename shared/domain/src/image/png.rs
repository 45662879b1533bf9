//! PNG: a signature, then chunks of length, name, content and checksum, from `IHDR` to `IEND`:
//! <https://www.w3.org/TR/png-3/#5DataRep>.

use super::bytes::{after, at};

pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Length, name and checksum around a chunk's content.
const FRAME: u32 = 12;

/// The picture's size, if the file has picture data and runs to its end.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = SIGNATURE.len();
    if at(bytes, place)? != [0, 0, 0, 13, b'I', b'H', b'D', b'R'] {
        return None;
    }
    let width = u32::from_be_bytes(at(bytes, place + 8)?);
    let height = u32::from_be_bytes(at(bytes, place + 12)?);
    let mut has_data = false;
    loop {
        let length = u32::from_be_bytes(at(bytes, place)?);
        let name: [u8; 4] = at(bytes, place + 4)?;
        place = after(place, length.checked_add(FRAME)?)?;
        if place > bytes.len() {
            return None;
        }
        match &name {
            b"IEND" => return has_data.then_some((width, height)),
            b"IDAT" => has_data = true,
            _ => {}
        }
    }
}
