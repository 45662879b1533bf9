use domain::ids::{DesignSystemId, GenerationId, Holder, UploadId};
use domain::share::ShareToken;
use ports::{Clock, Ids};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "this is the clock port's real version")]
        let now = SystemTime::now();
        // A clock before 1970 is broken beyond helping; 0 makes every lease look expired, which is safe.
        now.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// Ids and dice from the system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

#[expect(clippy::disallowed_methods, reason = "this is the id port's real version")]
fn random() -> Uuid {
    Uuid::new_v4()
}

impl Ids for RandomIds {
    fn generation_id(&self) -> GenerationId {
        loop {
            // A v4 UUID always has the shape of an id, so the first is taken.
            if let Ok(id) = GenerationId::parse(&random().to_string()) {
                return id;
            }
        }
    }

    fn design_system_id(&self) -> DesignSystemId {
        loop {
            // As above.
            if let Ok(id) = DesignSystemId::parse(&random().to_string()) {
                return id;
            }
        }
    }

    fn upload_id(&self) -> UploadId {
        loop {
            // As above.
            if let Ok(id) = UploadId::parse(&random().to_string()) {
                return id;
            }
        }
    }

    fn share_token(&self, generation: &GenerationId) -> ShareToken {
        // 244 of the 256 bits are random.
        ShareToken::new(generation, &format!("{}{}", random().simple(), random().simple()))
    }

    fn holder(&self) -> Holder {
        Holder(random().simple().to_string())
    }

    fn jitter(&self) -> f64 {
        // The last 48 bits are all random in v4.
        let low = u32::try_from(random().as_u128() & u128::from(u32::MAX)).unwrap_or(0);
        f64::from(low) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits that are not the same in all of these numbers: of a thousand, each that is random.
    fn varying(numbers: impl Iterator<Item = u128>) -> u32 {
        let (any, all) = numbers.fold((0, u128::MAX), |(any, all), number| (any | number, all & number));
        (any & !all).count_ones()
    }

    fn number(text: &str) -> u128 {
        u128::from_str_radix(&text.replace('-', ""), 16).unwrap()
    }

    #[test]
    fn ids_cannot_be_guessed() {
        let ids = || (0..1_000).map(|_| RandomIds.generation_id());
        assert_eq!(varying(ids().map(|id| number(id.as_str()))), 122);
        assert_eq!(varying((0..1_000).map(|_| number(RandomIds.upload_id().as_str()))), 122);
        let generation = RandomIds.generation_id();
        let secrets: Vec<String> = (0..1_000)
            .map(|_| RandomIds.share_token(&generation).as_str().split_once('.').unwrap().1.to_owned())
            .collect();
        for half in [0..32, 32..64] {
            assert_eq!(varying(secrets.iter().map(|secret| number(&secret[half.clone()]))), 122);
        }
    }
}
