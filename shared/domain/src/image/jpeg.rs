//! JPEG: segments that begin with `FF` and a marker; the size is in the frame header, the picture in scans whose data
//! never holds an unescaped marker: <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B.

use super::bytes::{after, at};

/// Start of image, and the `FF` of the first segment.
pub(super) const SIGNATURE: [u8; 3] = [0xff, 0xd8, 0xff];

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// The picture's size, if the file has a frame with a scan and runs to its end.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    let mut size = None;
    let mut has_scan = false;
    loop {
        let marker = next_marker(bytes, &mut place)?;
        match marker {
            END_OF_IMAGE => return size.filter(|_| has_scan),
            // Markers that stand alone.
            0x01 | 0xd0..=0xd8 => continue,
            // Frame headers: C4, C8 and CC are tables of other kinds.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let height = u16::from_be_bytes(at(bytes, place + 3)?);
                let width = u16::from_be_bytes(at(bytes, place + 5)?);
                size = Some((u32::from(width), u32::from(height)));
            }
            _ => {}
        }
        // The length counts its own two bytes.
        let length = u16::from_be_bytes(at(bytes, place)?);
        if length < 2 {
            return None;
        }
        place = after(place, u32::from(length))?;
        if marker == START_OF_SCAN {
            has_scan = true;
            place = end_of_scan(bytes, place)?;
        }
    }
}

/// The marker at the place, which moves behind it. `FF` may be repeated before a marker.
fn next_marker(bytes: &[u8], place: &mut usize) -> Option<u8> {
    if *bytes.get(*place)? != 0xff {
        return None;
    }
    while *bytes.get(*place)? == 0xff {
        *place += 1;
    }
    let marker = *bytes.get(*place)?;
    *place += 1;
    Some(marker)
}

/// Where the scan's data ends: at the first `FF` that is neither escaped (`FF 00`) nor a restart marker.
fn end_of_scan(bytes: &[u8], from: usize) -> Option<usize> {
    let data = bytes.get(from..)?;
    let length = data.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff))?;
    Some(from + length)
}
