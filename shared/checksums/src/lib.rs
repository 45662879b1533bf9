//! The three checksums that S3 has, under the names of the crate `crc-fast`, which the SDK's checksums ask for: its tables
//! for a hundred algorithms are an eighth of each function's program. `[patch]` in the root `Cargo.toml` puts this in its
//! place; what it does not offer nobody asks for, or it would not compile.

use crc::{CRC_32_ISCSI, CRC_64_NVME, Crc};
use std::fmt;

static ISCSI: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
static NVME: Crc<u64> = Crc::<u64>::new(&CRC_64_NVME);

/// An algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// `crc32`.
    Crc32IsoHdlc,
    /// `crc32c`.
    Crc32Iscsi,
    /// `crc64nvme`.
    Crc64Nvme,
}

#[derive(Clone)]
enum State {
    IsoHdlc(crc32fast::Hasher),
    Iscsi(crc::Digest<'static, u32>),
    Nvme(crc::Digest<'static, u64>),
}

/// A checksum in the making.
#[derive(Clone)]
pub struct Digest(State);

impl Digest {
    /// Of nothing yet.
    #[must_use]
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::IsoHdlc(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => State::Iscsi(ISCSI.digest()),
            CrcAlgorithm::Crc64Nvme => State::Nvme(NVME.digest()),
        })
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::IsoHdlc(state) => state.update(bytes),
            State::Iscsi(state) => state.update(bytes),
            State::Nvme(state) => state.update(bytes),
        }
    }

    /// The checksum of all bytes so far, in the low bits.
    #[must_use]
    pub fn finalize(&self) -> u64 {
        match self.0.clone() {
            State::IsoHdlc(state) => u64::from(state.finalize()),
            State::Iscsi(state) => u64::from(state.finalize()),
            State::Nvme(state) => state.finalize(),
        }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:x})", self.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue at <https://reveng.sourceforge.io/crc-catalogue/>.
    #[test]
    fn each_algorithm_gives_its_check_value_however_its_input_is_cut() {
        for (algorithm, check) in [
            (CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926),
            (CrcAlgorithm::Crc32Iscsi, 0xe306_9283),
            (CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888),
        ] {
            for cut in 0..=9 {
                let mut digest = Digest::new(algorithm);
                let (head, tail) = b"123456789".split_at(cut);
                digest.update(head);
                digest.update(tail);
                assert_eq!(digest.finalize(), check, "{algorithm:?} cut at {cut}");
            }
        }
    }
}
