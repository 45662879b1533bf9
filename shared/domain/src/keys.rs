//! Where things lie in the bucket. The attempt is part of the key: a worker that lost its lease cannot overwrite
//! what its successor recorded, because S3 knows nothing of leases.

use crate::ids::{AttemptKey, GenerationId};

/// The accepted request, written before anything else.
#[must_use]
pub fn request(id: &GenerationId) -> String {
    format!("generations/{id}/request.json")
}

/// The model's answer as it came, written the moment the model has finished.
#[must_use]
pub fn raw(key: &AttemptKey) -> String {
    format!("{}/raw.txt", attempt(key))
}

/// A part of the answer, counted from 1: the first is [`raw`], and each later one goes on where the one before ends.
#[must_use]
pub fn part(key: &AttemptKey, number: u32) -> String {
    if number <= 1 { raw(key) } else { format!("{}/raw-{number}.txt", attempt(key)) }
}

/// The page, written before the variant is completed.
#[must_use]
pub fn page(key: &AttemptKey) -> String {
    format!("{}/index.html", attempt(key))
}

fn attempt(key: &AttemptKey) -> String {
    let AttemptKey { variant, attempt } = key;
    format!("generations/{}/{}/{attempt}", variant.generation_id, variant.variant_index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VariantKey;

    #[test]
    fn every_attempt_has_objects_of_its_own() {
        let generation_id = GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        let key = AttemptKey { variant: VariantKey { generation_id, variant_index: 3 }, attempt: 2 };
        assert_eq!(page(&key), "generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/3/2/index.html");
        assert_eq!(raw(&key), "generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/3/2/raw.txt");
        assert_eq!(part(&key, 1), raw(&key));
        assert_eq!(part(&key, 3), "generations/0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10/3/2/raw-3.txt");
    }
}
