//! Where things lie in the bucket. The attempt is part of the key: a worker that lost its lease cannot overwrite
//! what its successor recorded, because S3 knows nothing of leases.

use crate::ids::{AttemptKey, GenerationId, UploadId, UserId};

/// What the keys of all objects of a generation begin with.
#[must_use]
pub fn generation(id: &GenerationId) -> String {
    format!("generations/{id}/")
}

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

/// A picture that was drawn for the attempt's page, counted from 1.
#[must_use]
pub fn picture(key: &AttemptKey, number: u32) -> String {
    format!("{}/picture-{number}", attempt(key))
}

/// What a user has uploaded. The user is part of the key, so that a reference to another's upload finds nothing.
#[must_use]
pub fn upload(user: &UserId, id: &UploadId) -> String {
    format!("uploads/{}/{}", folder(&user.0), id.as_str())
}

/// A name as one path segment: letters, digits, `-` and `_` stay; every other byte, `.` among them, becomes `~` and its hex
/// digits. No two names share a folder, and none leads out of its own.
fn folder(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("~{byte:02x}"),
        })
        .collect()
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
    fn no_users_name_leads_into_anothers_folder() {
        let id = UploadId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap();
        let key = |user: &str| upload(&UserId(user.to_owned()), &id);
        assert_eq!(key("anonymous"), format!("uploads/anonymous/{}", id.as_str()));
        assert_eq!(key("../b|c"), format!("uploads/~2e~2e~2fb~7cc/{}", id.as_str()));
        assert_ne!(key("a/b"), key("a~2fb"));
    }

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
