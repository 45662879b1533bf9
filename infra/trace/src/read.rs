use crate::Line;
use serde_json::{Deserializer, Value};

/// The lines in a text, whatever it is made of: lines of JSON as a function writes them, the answers of
/// `aws logs filter-log-events` (one after the other), or the lines of `aws logs tail`. What is none of these is passed over.
#[must_use]
pub fn read(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let mut values = Deserializer::from_str(&rest[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                rest = &rest[start + values.byte_offset()..];
                take(value, &mut lines);
            }
            // No JSON begins here; the next line may be some.
            Some(Err(_)) | None => rest = rest[start..].split_once('\n').map_or("", |(_, rest)| rest),
        }
    }
    lines
}

fn take(value: Value, lines: &mut Vec<Line>) {
    match value.get("events").and_then(Value::as_array) {
        Some(events) => {
            for event in events {
                let message = event["message"].as_str().and_then(|message| serde_json::from_str(message.trim()).ok());
                lines.extend(message.and_then(Line::of));
            }
        }
        None => lines.extend(Line::of(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: &str = r#"{"timestamp":"2026-11-21T10:00:00.1Z","level":"INFO","stage":"request_saved","generation_id":"g","target":"lifecycle::start"}"#;

    #[test]
    fn lines_are_found_in_whatever_they_come_in() {
        let one = read(STAGE);
        assert_eq!((one.len(), one[0].says.as_str(), one[0].from.as_str()), (1, "request_saved", "lifecycle"));
        let event = serde_json::json!({"events": [
            {"message": "START RequestId: 1 Version: $LATEST\n", "timestamp": 1},
            {"message": format!("{STAGE}\n"), "timestamp": 2, "logStreamName": "2026/11/21/[$LATEST]a"},
        ], "searchedLogStreams": []});
        let answers = format!("{event:#}\n{event}");
        assert_eq!(read(&answers), [one.clone(), one.clone()].concat(), "of two answers, one after the other");
        let tail = format!("2026-11-21T10:00:00 START RequestId: {{\n2026-11-21T10:00:00 {STAGE}\nEND\n");
        assert_eq!(read(&tail), one, "with what else Lambda writes between");
        assert_eq!(read(&format!("{}\n{STAGE}", &STAGE[..40])), one, "after a line that was cut off");
        assert_eq!(read("nothing"), []);
    }
}
