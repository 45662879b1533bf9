use super::*;
use crate::limits::MESSAGE_BYTES_MAX;

fn key() -> VariantKey {
    VariantKey { generation_id: GenerationId::parse("0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10").unwrap(), variant_index: 2 }
}

#[test]
fn a_chunk_reads_back_as_it_was_and_has_the_peers_field_names() {
    let chunk = Chunk { seq: 7, change: Change::Append, text: "<p>\"é\"".to_owned() };
    let message = ServerMessage::chunk(&key(), 1, &chunk);
    let text = message.encode().unwrap();
    assert_eq!(
        text,
        "{\"type\":\"chunk\",\"variantIndex\":2,\"value\":\"<p>\\\"é\\\"\",\
         \"generationId\":\"0b5c3f6e-8a0f-4f0e-9b1a-2f6d1c7e9a10\",\"attempt\":1,\"seq\":7}"
    );
    assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), message);
}

#[test]
fn the_largest_chunk_fits_in_one_message() {
    for unit in ["a", "\"", "\u{1}", "🧁"] {
        let text = unit.repeat(40_000);
        let (piece, _) = crate::chunk::split_at_message(&text);
        let chunk = Chunk { seq: u32::MAX, change: Change::Replace, text: piece.to_owned() };
        let encoded = ServerMessage::chunk(&key(), u32::MAX, &chunk).encode().unwrap();
        assert!(encoded.len() <= MESSAGE_BYTES_MAX, "{unit:?}: {}", encoded.len());
    }
}

#[test]
fn every_kind_of_message_reads_back_as_it_was() {
    let messages = [
        ServerMessage::connected(),
        ServerMessage::pong(),
        ServerMessage::refused(&Refusal::field("variants", "variants is a whole number from 1 to 8.")),
        ServerMessage::status(&key(), "Waiting for \"m\" é"),
        ServerMessage::waiting(&key(), "m"),
        ServerMessage::asking_again(&key(), 1_500),
        ServerMessage::progress(&key(), 2, Agent::Checks, 95),
        ServerMessage::done(&key().generation_id, Overall::Partial),
    ];
    for message in messages {
        let text = message.encode().unwrap();
        assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), message, "{text}");
    }
}

/// Messages as they were once sent to a browser, one of every shape. Clients that nobody updates read them so: a change here
/// is a change of the protocol.
#[test]
fn messages_of_before_are_read_and_written_as_they_were() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in include_str!("../../../golden/messages.jsonl").lines() {
        let message: ServerMessage = serde_json::from_str(line).unwrap();
        assert_eq!(message.encode().unwrap(), line);
        kinds.insert(format!("{:?}", message.kind));
    }
    assert_eq!(kinds.len(), 13, "one of every kind: {kinds:?}");
}

proptest::proptest! {
    #[test]
    fn a_chunk_of_any_text_reads_back_as_it_was(text in "\\PC{0,200}|[\\x00-\\x1f]{0,20}", seq in 0u32.., attempt in 1u32..) {
        let message = ServerMessage::chunk(&key(), attempt, &Chunk { seq, change: Change::Append, text });
        let text = message.encode().unwrap();
        proptest::prop_assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), message);
    }
}
