//! Every limit of the files of the limits is listed with the test of its edge, or with why it has none: a limit that is added has to
//! be added here.

use super::edges::PARAMS;
use std::collections::BTreeSet;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Limits whose edges are tested elsewhere: the file and the test.
const ELSEWHERE: [(&str, &str, &str); 37] = [
    (
        "GATEWAY_BODY_BYTES_MAX",
        "infra/local/src/gateway/server.rs",
        "a_body_that_does_not_come_is_not_waited_for_and_one_that_is_too_large_is_not_read",
    ),
    (
        "BODY_MS_MAX",
        "infra/local/src/gateway/server.rs",
        "a_body_that_does_not_come_is_not_waited_for_and_one_that_is_too_large_is_not_read",
    ),
    ("HEAD_MS_MAX", "infra/local/src/gateway/server.rs", "a_head_that_is_there_at_the_last_moment_is_answered"),
    ("STAGE_CONNECTIONS_MAX", "infra/local/src/gateway/registry.rs", "some_files_are_kept_for_everything_else"),
    ("WAITING_MESSAGES_MAX", "infra/local/src/gateway/registry.rs", "so_many_messages_wait_for_a_client_and_no_more"),
    (
        "CONNECTION_IDLE_MS_MAX",
        "infra/local/src/gateway/socket/tests.rs",
        "a_connection_on_which_nobody_says_anything_is_closed_and_one_word_keeps_it",
    ),
    (
        "CONNECTION_MS_MAX",
        "infra/local/src/gateway/socket/tests.rs",
        "a_connection_that_is_used_all_the_time_is_closed_at_the_end_of_its_life",
    ),
    (
        "SEND_MS_MAX",
        "infra/local/src/gateway/socket/tests.rs",
        "a_client_that_takes_its_time_for_a_frame_is_waited_for_and_then_is_gone",
    ),
    ("TABLE_BODY_BYTES_MAX", "infra/local/src/platform/dynamodb/operations.rs", "a_request_is_as_large_as_its_limit"),
    ("BUCKET_BODY_BYTES_MAX", "infra/local/src/platform/bucket.rs", "an_object_is_as_large_as_its_limit"),
    (
        "ASYNCHRONOUS_EVENT_BYTES_MAX",
        "infra/local/src/platform/invoke.rs",
        "an_event_is_as_large_as_lambda_takes_it_and_a_queued_one_smaller",
    ),
    (
        "EVENT_BYTES_MAX",
        "infra/local/src/platform/invoke.rs",
        "an_event_is_as_large_as_lambda_takes_it_and_a_queued_one_smaller",
    ),
    ("STAGE_MESSAGES_PER_SECOND_MAX", "infra/local/src/gateway/pace.rs", "one_client_alone_is_held_to_the_stages_rate"),
    ("STAGE_BURST_MAX", "infra/local/src/gateway/pace.rs", "one_client_alone_is_held_to_the_stages_rate"),
    (
        "STAGE_AT_ONCE_MAX",
        "infra/local/src/gateway/pace.rs",
        "so_many_are_handled_at_once_and_one_that_takes_long_makes_room",
    ),
    ("STAGE_OF_MANY_AT_ONCE_MAX", "infra/local/src/gateway/pace.rs", "a_flood_has_two_places_however_many_there_are"),
    ("URL_BYTES_MAX", "functions/api/src/screenshot.rs", "a_url_is_as_long_as_its_limit"),
    ("EXPORT_PAGE_BYTES_MAX", "tests/tests/input/edges.rs", "a_page_is_exported_up_to_its_limit"),
    ("IMAGE_URL_BYTES_MAX", "shared/domain/src/request/tests.rs", "an_image_beyond_its_limit_is_not_looked_at"),
    (
        "REQUEST_IMAGE_BYTES_MAX",
        "shared/lifecycle/src/uploads/tests.rs",
        "the_images_of_a_request_are_together_as_large_as_their_limit",
    ),
    ("SEARCH_BYTES_MAX", "tests/tests/input/edges.rs", "a_search_is_as_long_as_its_limit"),
    ("VARIANTS_MIN", "tests/tests/input/edges.rs", "no_variant_is_none"),
    ("IMAGE_BYTES_MAX", "tests/tests/input/edges.rs", "uploads_are_permitted_up_to_their_limit"),
    ("REQUEST_BYTES_MAX", "tests/tests/input/edges.rs", "uploads_are_permitted_up_to_their_limit"),
    ("CURSORS_MAX", "tests/tests/input/edges.rs", "a_resume_takes_a_cursor_for_each_variant"),
    ("DESIGN_SYSTEMS_MAX", "tests/tests/input/edges.rs", "design_systems_are_kept_up_to_their_number"),
    ("LISTENERS_MAX", "tests/tests/input/edges.rs", "a_generation_is_followed_by_so_many_and_no_more"),
    ("HTTP_HEAD_BYTES_MAX", "tests/tests/input/edges.rs", "a_head_is_taken_up_to_its_limit"),
    ("LISTENERS_WITH_GUESTS_MAX", "tests/tests/journey/access/sharing.rs", "guests_leave_room_for_the_owner"),
    (
        "SHARES_MAX",
        "tests/tests/journey/access/sharing.rs",
        "a_generation_has_no_more_links_than_it_may_and_no_token_is_stored",
    ),
    (
        "CONNECTIONS_OF_USER_MAX",
        "tests/tests/journey/access/seats.rs",
        "a_user_has_as_many_connections_as_the_limit_and_no_more",
    ),
    (
        "CONNECTIONS_OF_LINK_MAX",
        "tests/tests/journey/access/seats.rs",
        "guests_are_counted_by_their_link_and_take_no_seat_of_the_owner",
    ),
    ("SHARE_S_MIN", "shared/domain/src/share.rs", "a_link_holds_as_long_as_was_asked"),
    ("SHARE_S_MAX", "shared/domain/src/share.rs", "a_link_holds_as_long_as_was_asked"),
    ("TOKEN_BYTES_MAX", "shared/domain/src/identity/jwt/tests.rs", "a_token_is_as_long_as_its_limit"),
    (
        "CLIENT_MESSAGE_BYTES_MAX",
        "tests/tests/journey/refusals.rs",
        "what_api_gateway_does_not_take_closes_with_its_code",
    ),
    (
        "CLIENT_FRAME_BYTES_MAX",
        "tests/tests/journey/refusals.rs",
        "what_api_gateway_does_not_take_closes_with_its_code",
    ),
];

/// Limits of what this system does itself, of its operator's settings, or of what it takes of servers that it asks: nobody's request
/// is refused for them.
const OURS: [&str; 68] = [
    "HISTORY_SCANS_MAX",
    "MESSAGE_BYTES_MAX",
    "CHUNK_ENCODED_BYTES_MAX",
    "RELAXED_MESSAGE_BYTES_MAX",
    "IMAGE_DECODER_BYTES_MAX",
    "IMAGE_SCALE_MS_MAX",
    "OPTIONS_SHOWN_BYTES_MAX",
    "ATTEMPTS_MAX",
    "CLAIMS_MAX",
    "PUSH_INTERVAL_MS_MAX",
    "QUEUED_MS_MAX",
    "TELL_MS_MAX",
    "ANNOUNCE_MS_MAX",
    "INVOCATION_MS_MAX",
    "PROVIDER_SILENCE_MS_MAX",
    "PROVIDER_CONNECT_MS_MAX",
    "PROVIDER_WARM_MS_MAX",
    "PROVIDER_WORDS_MAX",
    "PROVIDER_ERROR_BYTES_MAX",
    "PROVIDER_PAUSE_MS_MAX",
    "ANSWER_BYTES_MAX",
    "PARTS_MAX",
    "SEAM_BYTES_MAX",
    "SEAM_OVERLAP_BYTES_MIN",
    "PUSH_MS_MAX",
    "PUSH_TRIES_MAX",
    "STORE_MS_MAX",
    "STORE_CONNECT_MS_MAX",
    "STORE_IDLE_CONNECTIONS_MAX",
    "STORE_TRY_MS_MAX",
    "STORE_TRIES_MAX",
    "CONFLICT_TRIES_MAX",
    "CATALOGUE_BYTES_MAX",
    "DELETION_WAIT_MS_MAX",
    "COUNT_TRIES_MAX",
    "COUNT_PAUSE_MS_MAX",
    "PICTURES_MAX",
    "PICTURE_MS_MAX",
    "PICTURES_MS_MAX",
    "DRAWN_BYTES_MAX",
    "DRAWN_ANSWER_BYTES_MAX",
    "PICTURE_DESCRIPTION_CHARACTERS_MAX",
    "EXPORT_BYTES_MAX",
    "EXPORT_PICTURES_MAX",
    "EXPORT_MS_MAX",
    "FETCH_MS_MAX",
    "FETCH_REDIRECTS_MAX",
    "PICTURE_BYTES_MAX",
    "SCREENSHOT_MS_MAX",
    "SCREENSHOT_BYTES_MAX",
    "CLOCK_SKEW_MS_MAX",
    "DOCTOR_ANSWER_BYTES_MAX",
    "DOCTOR_GENERATION_MS_MAX",
    "DOCTOR_GUESS_MS_MAX",
    "DOCTOR_STEP_MS_MAX",
    "HEALTH_MS_MAX",
    "HMAC_KEY_BYTES_MIN",
    "JWKS_BYTES_MAX",
    "JWKS_KEYS_MAX",
    "JWKS_MS_MAX",
    "JWKS_READS_MAX",
    "LOG_FILE_BYTES_MAX",
    "READ_REST_MS_MAX",
    "READ_REST_MS_MIN",
    "SHARED_TOKENS_MAX",
    "HANDSHAKE_MS_MAX",
    "QUOTA_OF_USER",
    "QUOTA_OF_STACK",
];

#[test]
fn every_limit_on_what_comes_from_outside_has_a_test_at_its_edge() {
    let limits = ["shared/domain/src/limits.rs", "infra/local/src/limits.rs"]
        .map(|file| std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap())
        .concat();
    let there: BTreeSet<&str> = limits
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split(':').next())
        .filter(|name| name.ends_with("_MAX") || name.ends_with("_MIN") || name.starts_with("QUOTA"))
        .collect();
    let tested = PARAMS.iter().map(|(name, ..)| *name).chain(ELSEWHERE.iter().map(|(name, ..)| *name));
    let listed: Vec<&str> = tested.chain(OURS).collect();
    let known: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(known.len(), listed.len(), "each is listed once");
    assert_eq!(there.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "add the edge of these");
    assert_eq!(known.difference(&there).collect::<Vec<_>>(), Vec::<&&str>::new(), "these are gone");
    for (limit, file, test) in ELSEWHERE {
        let text = std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "{limit}: {file} has no {test}");
    }
}
