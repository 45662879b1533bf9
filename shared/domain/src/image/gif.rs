//! GIF: a screen, then blocks of which each knows its length, to the trailer:
//! <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>.

use super::bytes::at;

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;
const TRAILER: u8 = 0x3b;

/// The picture's size - the screen, or a frame that is larger - if the file has a frame and runs to its end.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (mut width, mut height) = pair(bytes, 6)?;
    let mut place = 13 + table_length(*bytes.get(10)?);
    let mut has_frame = false;
    loop {
        match *bytes.get(place)? {
            TRAILER => return has_frame.then_some((width, height)),
            EXTENSION => place = end_of_blocks(bytes, place + 2)?,
            FRAME => {
                let (frame_width, frame_height) = pair(bytes, place + 5)?;
                width = width.max(frame_width);
                height = height.max(frame_height);
                has_frame = true;
                let table = table_length(*bytes.get(place + 9)?);
                // The frame's head, its table, and the byte that begins its data.
                place = end_of_blocks(bytes, place + 10 + table + 1)?;
            }
            _ => return None,
        }
    }
}

fn pair(bytes: &[u8], place: usize) -> Option<(u32, u32)> {
    let number = |place| at(bytes, place).map(|two| u32::from(u16::from_le_bytes(two)));
    Some((number(place)?, number(place + 2)?))
}

/// The length of the colour table that these flags announce.
const fn table_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Behind a row of sub-blocks, which an empty one ends.
fn end_of_blocks(bytes: &[u8], mut place: usize) -> Option<usize> {
    loop {
        match *bytes.get(place)? {
            0 => return Some(place + 1),
            length => place += usize::from(length) + 1,
        }
    }
}
