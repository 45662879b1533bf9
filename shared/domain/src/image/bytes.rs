//! Reading numbers at places that may lie outside.

/// `N` bytes from a place, if they are there.
pub(super) fn at<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..place.checked_add(N)?)?.try_into().ok()
}

/// A place further on, if there can be one.
pub(super) fn after(place: usize, length: u32) -> Option<usize> {
    place.checked_add(usize::try_from(length).ok()?)
}
