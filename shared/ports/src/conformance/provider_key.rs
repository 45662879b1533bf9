use crate::ProviderKey;

/// Runs every check of the key's port, of a key that is there and of one that is not. Panics with the first guarantee that
/// does not hold.
pub async fn provider_key(present: &dyn ProviderKey, absent: &dyn ProviderKey) {
    for _ in 0..2 {
        assert_eq!(present.is_present().await, Ok(true), "a key that is there is present, however often one asks");
        assert_eq!(absent.is_present().await, Ok(false), "a key that is not there is absent, and no error");
    }
}
