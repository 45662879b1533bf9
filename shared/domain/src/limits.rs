//! Every limit of the system, with its unit last in the name and its reason beside it.

use crate::quota::Quota;

/// Variants of one generation: the fewest and the most that a client may ask for.
pub const VARIANTS_MIN: u8 = 1;
/// See [`VARIANTS_MIN`]. Eight streams are what one browser tab can show and one worker fan-out should cost.
pub const VARIANTS_MAX: u8 = 8;
/// Variants when the client does not say: the line-up of four.
pub const VARIANTS_DEFAULT: u8 = 4;

/// A message to a client, in bytes of UTF-8. API Gateway's frames are 32 KB and it meters messages in 32 KB units:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024;
/// What a chunk's text may take of a message once it is escaped as JSON; the rest is the envelope.
pub const CHUNK_ENCODED_BYTES_MAX: usize = MESSAGE_BYTES_MAX - 1024;

/// A message from a client that API Gateway lets through (same page as [`MESSAGE_BYTES_MAX`]); larger ones close
/// the connection with 1009.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 128 * 1024;
/// A frame from a client that API Gateway lets through (same page).
pub const CLIENT_FRAME_BYTES_MAX: usize = 32 * 1024;
/// A message from a client when the local stack relaxes AWS's sizes: five images of 20 MB as base64, with room.
pub const RELAXED_MESSAGE_BYTES_MAX: usize = 160 * 1024 * 1024;

/// A prompt's text, in bytes.
pub const PROMPT_BYTES_MAX: usize = 256 * 1024;
/// Images of one turn. The peer's frontend admits five.
pub const IMAGES_MAX: usize = 5;
/// Images of all turns of a request together: the first turn's five, and what a few edits added.
pub const REQUEST_IMAGES_MAX: usize = 20;
/// One image, in bytes. The peer's frontend admits 20 MB.
pub const IMAGE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// One image as a data URL, in bytes: [`IMAGE_BYTES_MAX`] as base64, with its head.
pub const IMAGE_URL_BYTES_MAX: usize = IMAGE_BYTES_MAX.div_ceil(3) * 4 + 128;
/// All images of a request together, in bytes: five of the largest. A function holds them in memory.
pub const REQUEST_IMAGE_BYTES_MAX: usize = IMAGES_MAX * IMAGE_BYTES_MAX;
/// Pixels of one image: a screenshot of 2,880 by 13,800 fits; decoded it takes 160 MB of memory.
pub const IMAGE_PIXELS_MAX: u64 = 40_000_000;
/// Pixels of an image's longer side.
pub const IMAGE_SIDE_PIXELS_MAX: u32 = 30_000;
/// Memory of a decoder beside the picture itself, in bytes, for 16 bits a channel and the decoder's own tables.
pub const IMAGE_DECODER_BYTES_MAX: u64 = IMAGE_PIXELS_MAX * 8;
/// Scaling one image in a worker; one that takes longer is sent as it is. Short enough for a heartbeat in time.
pub const IMAGE_SCALE_MS_MAX: u64 = 4_000;
/// A request that was uploaded, in bytes of JSON.
pub const REQUEST_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long a permission to upload holds. S3 looks when the upload begins.
pub const UPLOAD_PERMIT_S: u64 = 300;
/// How long an upload is kept: longer than an idempotency key ([`REQUEST_TTL_S`]), so that a resend finds what it names.
pub const UPLOAD_TTL_S: u64 = 30 * 24 * 3600;
/// Turns of an edit's history.
pub const HISTORY_TURNS_MAX: usize = 100;
/// All the text of an edit: history, current file and options, in bytes.
pub const CONTEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What the other options of a page may take of an edit's prompt, in bytes: some 35,000 tokens, which beside the page and
/// its history leaves room in the smallest context of the line-up (128,000 tokens).
pub const OPTIONS_SHOWN_BYTES_MAX: usize = 128 * 1024;
/// A design system's text, in bytes.
pub const DESIGN_SYSTEM_BYTES_MAX: usize = 128 * 1024;
/// Design systems of one user. All of them are one answer, which Lambda bounds to 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>): 20 of the largest are 2.6 MB.
pub const DESIGN_SYSTEMS_MAX: u32 = 20;
/// An idempotency key or a model's name, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// Cursors in one `resume`: one a variant.
pub const CURSORS_MAX: usize = VARIANTS_MAX as usize;

/// Attempts at one variant that may ask the model.
pub const ATTEMPTS_MAX: u32 = 3;
/// Claims of one variant: those that come after the last attempt may only finish an answer that was saved, or say that
/// there is none.
pub const CLAIMS_MAX: u32 = ATTEMPTS_MAX + 3;
/// How long a claim holds without a sign of life.
pub const LEASE_MS: u64 = 20_000;
/// Without a chunk for this long, a worker sends a heartbeat. Short enough for a cancel to close the provider's
/// stream within two seconds.
pub const HEARTBEAT_MS: u64 = 1_500;
/// Chunks of one variant come no more often than this.
pub const PUSH_INTERVAL_MS: u64 = 250;
/// The interval grows with an attempt, to half of the time since its first chunk: what has been running for long is
/// watched less closely, and each chunk is paid for.
pub const PUSH_INTERVAL_GROWTH: u64 = 2;
/// The interval is at least so many times as long as the last chunk took beyond [`PUSH_QUIET_MS`] to be written and pushed:
/// whoever is slow because there is much to do is asked for less, and what has just begun need not wait behind what is under way.
pub const PUSH_INTERVAL_EFFORT: u64 = 16;
/// What a chunk takes where nobody waits: a transaction and a push, on AWS about 10 ms each.
pub const PUSH_QUIET_MS: u64 = 30;
/// The interval grows up to here: below [`HEARTBEAT_MS`], so that chunks bring what a heartbeat would have to ask for.
pub const PUSH_INTERVAL_MS_MAX: u64 = 1_400;
/// With text waiting for its chunk, a provider that is quiet for this long is left alone for a rest.
pub const READ_QUIET_MS: u64 = 2;
/// A rest is this part of the push interval: short beside it, so that a chunk's text is fresh, and long beside a model's
/// words, which come every few milliseconds.
pub const READ_REST_PART: u64 = 7;
/// The shortest rest.
pub const READ_REST_MS_MIN: u64 = 120;
/// The longest rest. An answer's end waits for it, and is to be seen within 300 ms.
pub const READ_REST_MS_MAX: u64 = 200;
/// A variant that no worker has claimed for this long is failed: the invoke never came, and invoking again did not help.
pub const QUEUED_MS_MAX: u64 = 15 * 60_000;
/// An end that somebody may not have heard is told again for this long.
pub const TELL_MS_MAX: u64 = 10 * 60_000;
/// Telling a client what was accepted, before its workers start.
pub const ANNOUNCE_MS_MAX: u64 = 5_000;
/// How long after its creation the sweep first looks at a variant that nobody claimed.
pub const CLAIM_GRACE_MS: u64 = 30_000;
/// The longest invocation: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub const INVOCATION_MS_MAX: u64 = 900_000;
/// The worker stops this long before Lambda would stop it.
pub const HANDOVER_MARGIN_MS: u64 = 20_000;

/// Without a byte from the provider for this long the stream has stalled.
pub const PROVIDER_SILENCE_MS_MAX: u64 = 60_000;
/// Until the provider answers with a status.
pub const PROVIDER_CONNECT_MS_MAX: u64 = 30_000;
/// Opening a connection to the provider while a worker starts; Lambda gives a start 10 s.
pub const PROVIDER_WARM_MS_MAX: u64 = 3_000;
/// A word of the provider, as a person is shown it, in characters.
pub const PROVIDER_WORDS_MAX: usize = 500;
/// An error body of the provider is read up to here, in bytes.
pub const PROVIDER_ERROR_BYTES_MAX: usize = 16 * 1024;
/// The longest pause between two attempts, also when the provider asks for a longer one: who waits in front of a page
/// gives up sooner than that.
pub const PROVIDER_PAUSE_MS_MAX: u64 = 120_000;
/// What a model may answer, in bytes: 32,768 tokens of the widest kind, with room.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Parts of one answer: the first, and as often as the rest of an answer that ended at the length limit is asked for. Four
/// more of 16,384 tokens are larger than any page that people make by hand.
pub const PARTS_MAX: u32 = 5;
/// How much of a part's beginning is read before it is decided where it meets the part before, in bytes.
pub const SEAM_BYTES_MAX: usize = 2_048;
/// Fewer equal bytes at a seam are chance: closing tags and indentation repeat in every page.
pub const SEAM_OVERLAP_BYTES_MIN: usize = 24;
/// Tokens asked of a model before its own maximum is applied.
pub const OUTPUT_TOKENS_WANTED: u32 = 20_000;

/// One push to one connection, all retries included.
pub const PUSH_MS_MAX: u64 = 5_000;
/// Tries of a push that is throttled (429).
pub const PUSH_TRIES_MAX: u32 = 4;
/// One call of the AWS SDK, all retries included.
pub const STORE_MS_MAX: u64 = 10_000;
/// Until a connection to a service of AWS is open; what the SDK's own client allows.
pub const STORE_CONNECT_MS_MAX: u64 = 3_100;
/// Connections to one service of AWS that are kept for the next call. A flood opens as many as there are calls at once, and what is
/// kept of them afterwards is memory.
pub const STORE_IDLE_CONNECTIONS_MAX: usize = 64;
/// One try of a call of the AWS SDK.
pub const STORE_TRY_MS_MAX: u64 = 3_000;
/// More of both, for each MB that a call carries to a store: the slowest line or busiest machine that is still worth waiting
/// for. Only a machine that takes images inside messages ever carries many.
pub const STORE_MS_PER_MB: u64 = 1_000;
/// Tries of a call of the AWS SDK.
pub const STORE_TRIES_MAX: u32 = 4;
/// Tries of a write that lost a race inside DynamoDB (`TransactionConflict`).
pub const CONFLICT_TRIES_MAX: u32 = 8;

/// A configured catalogue of models, in bytes. Lambda takes 4 KB of variables in all; a file may be larger.
pub const CATALOGUE_BYTES_MAX: usize = 256 * 1024;

/// Listeners of one generation: tabs and devices that follow it live.
pub const LISTENERS_MAX: usize = 16;
/// Those among which others than the owner are let in: a link must not keep the owner from following what is theirs.
pub const LISTENERS_WITH_GUESTS_MAX: usize = 8;
/// Chunks in one page of a replay.
pub const CHUNKS_PAGE: u32 = 100;
/// Generations in one page of the history.
pub const HISTORY_PAGE: u32 = 20;
/// Generations in one read of a history that is searched or counted: a few hundred bytes each, and DynamoDB answers at most
/// 1 MB: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>.
pub const HISTORY_SCAN_PAGE: u32 = 250;
/// Such reads for one answer: the last 5,000 generations.
pub const HISTORY_SCANS_MAX: u32 = 20;
/// A search, in bytes.
pub const SEARCH_BYTES_MAX: usize = 256;
/// Variants that one sweep takes up.
pub const SWEEP_BATCH: u32 = 200;

/// How often a deletion is looked at while a worker that was there before may still put an object: those that live hear of it
/// within seconds. The sweep comes once a minute on AWS.
pub const DELETION_PASS_MS: u64 = 10_000;
/// For so long; after that ever more rarely.
pub const DELETION_OFTEN_MS: u64 = 120_000;
/// When no worker can live any more that was there before: the longest invocation, and a put that it had begun.
pub const DELETION_WATCH_MS: u64 = INVOCATION_MS_MAX + 120_000;
/// Removing what is left of a generation while its owner waits; the sweep does what is not done by then.
pub const DELETION_WAIT_MS_MAX: u64 = 10_000;
/// Generations that one sweep takes away because they were kept for as long as they are to be kept.
pub const RETENTION_BATCH: u32 = 50;

/// What one user may spend unless it is set: generous for a person at a machine of their own.
pub const QUOTA_OF_USER: Quota =
    Quota { generations_per_minute: 60, running: 64, tokens_per_day: 20_000_000, micro_usd_per_day: 200_000_000 };
/// What everybody together may spend unless it is set.
pub const QUOTA_OF_STACK: Quota =
    Quota { generations_per_minute: 600, running: 512, tokens_per_day: 200_000_000, micro_usd_per_day: 1_000_000_000 };
/// Tries of a write of counters that others write at the same time.
pub const COUNT_TRIES_MAX: u32 = 20;
/// The longest pause between them.
pub const COUNT_PAUSE_MS_MAX: u64 = 400;
/// Tokens that an image takes of a prompt, as far as is known beforehand: those of a screenshot at the size that models see.
pub const IMAGE_TOKENS: u64 = 1_600;
/// Tokens of the rules that every prompt begins with, rounded up.
pub const RULES_TOKENS: u64 = 2_000;

/// How long a connection's record lives: API Gateway ends connections after two hours; an hour more for clocks.
pub const CONNECTION_TTL_S: u64 = 3 * 3600;
/// Open connections of one user: tabs and devices. Where nobody is asked who they are, none is counted.
pub const CONNECTIONS_OF_USER_MAX: u32 = 32;
/// Open connections of guests by one link: twice as many as may follow its generation ([`LISTENERS_WITH_GUESTS_MAX`]).
pub const CONNECTIONS_OF_LINK_MAX: u32 = 16;
/// A handshake takes no longer: API Gateway waits 29 s for `$connect`
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>).
pub const HANDSHAKE_MS_MAX: u64 = 30_000;
/// How long chunks live. Of a variant that failed or was cancelled they are the only copy of what was shown.
pub const CHUNK_TTL_S: u64 = 90 * 24 * 3600;
/// How long an idempotency key attaches to its generation.
pub const REQUEST_TTL_S: u64 = 24 * 3600;

/// The body of an HTTP request, in bytes. Lambda takes 6 MB of event:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub const HTTP_BODY_BYTES_MAX: usize = 5 * 1024 * 1024;

/// A token that says who somebody is, in bytes: with it a request's headers still fit the 10,240 that API Gateway takes
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far an issuer's clock may be from ours: a token holds this much longer, and as much earlier, than it says.
pub const CLOCK_LEEWAY_S: u64 = 30;
/// Shared tokens of one stack: beyond that, an issuer of tokens is less work. Each is compared with every token that comes.
pub const SHARED_TOKENS_MAX: usize = 100;
/// The least that a secret for HS256 has, in bytes: as many as the hash (RFC 7518, section 3.2).
pub const HMAC_KEY_BYTES_MIN: usize = 32;
/// An issuer's key set, in bytes.
pub const JWKS_BYTES_MAX: usize = 256 * 1024;
/// Keys of a set that are looked at.
pub const JWKS_KEYS_MAX: usize = 64;
/// Reading an issuer's key set; a handshake waits for it.
pub const JWKS_MS_MAX: u64 = 3_000;
/// After this long an issuer's key set is read again: a key that it has withdrawn is believed no longer than that.
pub const JWKS_FRESH_MS: u64 = 10 * 60_000;
/// An issuer that does not answer is believed for this long under the keys that it last published.
pub const JWKS_STALE_MS: u64 = 3_600_000;
/// Reads of an issuer's key set within [`JWKS_WINDOW_MS`]: tokens with made-up key names must not become a flood of requests
/// to the issuer.
pub const JWKS_READS_MAX: usize = 5;
/// See [`JWKS_READS_MAX`].
pub const JWKS_WINDOW_MS: u64 = 60_000;
/// Links of one generation that are live at once.
pub const SHARES_MAX: u32 = 50;
/// The shortest time after which a link may end, in seconds.
pub const SHARE_S_MIN: u64 = 60;
/// The longest, in seconds; a link may also have no end.
pub const SHARE_S_MAX: u64 = 365 * 24 * 3600;
/// The request line and the headers of an HTTP request, in bytes:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>.
pub const HTTP_HEAD_BYTES_MAX: usize = 10_240;
/// Arrays and objects in one another, in any JSON that comes from outside: where `serde_json` stops, so that its recursion
/// stays within a stack.
pub const JSON_DEPTH_MAX: usize = 127;

/// Pictures that are drawn for one page; its other placeholders stay. Each costs as much as a page, and a page is answered
/// for with up to eight others ([`VARIANTS_MAX`]).
pub const PICTURES_MAX: usize = 8;
/// Pictures of one page that are drawn at once: what a worker's memory holds of them, and few enough for the rate limits of a
/// new account to let most of them through.
pub const PICTURES_AT_ONCE: usize = 4;
/// One picture. Image models take up to two minutes:
/// <https://platform.openai.com/docs/guides/image-generation>.
pub const PICTURE_MS_MAX: u64 = 120_000;
/// All pictures of a page, pauses included: a person is looking at a page that is whole but for them.
pub const PICTURES_MS_MAX: u64 = 180_000;
/// A picture that was drawn, in bytes. Lambda's answer of 6 MB (same page as [`HTTP_BODY_BYTES_MAX`]) holds it as base64.
pub const DRAWN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The Images API's answer, in bytes: a picture as base64, and what stands beside it.
pub const DRAWN_ANSWER_BYTES_MAX: usize = DRAWN_BYTES_MAX.div_ceil(3) * 4 + 64 * 1024;
/// What a picture is to show, in characters: more than any alternative text says, and less than image models take.
pub const PICTURE_DESCRIPTION_CHARACTERS_MAX: usize = 2_000;

/// A page that is exported, in bytes: ten times a large one.
pub const EXPORT_PAGE_BYTES_MAX: usize = 1024 * 1024;
/// An export as a whole, in bytes: Lambda's answer of 6 MB (same page as above) holds it as base64, which is a third more.
pub const EXPORT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Pictures of one export; the others stay where they are.
pub const EXPORT_PICTURES_MAX: usize = 50;
/// All fetches of one export. An HTTP API waits 30 seconds:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>.
pub const EXPORT_MS_MAX: u64 = 20_000;
/// Fetches of one export that run at once: what a browser opens to one host.
pub const FETCHES_AT_ONCE: usize = 6;
/// One fetch from the web, redirects included.
pub const FETCH_MS_MAX: u64 = 8_000;
/// Redirects of one fetch.
pub const FETCH_REDIRECTS_MAX: usize = 3;
/// One picture from the web, in bytes.
pub const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A URL from a client, in bytes.
pub const URL_BYTES_MAX: usize = 8 * 1024;
/// A screenshot's service, within the 30 seconds that an HTTP API waits.
pub const SCREENSHOT_MS_MAX: u64 = 26_000;
/// A screenshot, in bytes; it is answered as base64 like an export.
pub const SCREENSHOT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Asking one part for `/health`: who asks, a load balancer above all, waits about a second.
pub const HEALTH_MS_MAX: u64 = 800;
/// How long an answer to `/health` stands, so that asking often costs nothing.
pub const HEALTH_CACHE_MS: u64 = 5_000;

/// One question of `doctor` to a deployment. A function that starts cold takes two or three seconds.
pub const DOCTOR_STEP_MS_MAX: u64 = 10_000;
/// What `doctor` asks of ports where the deployment may be instead.
pub const DOCTOR_GUESS_MS_MAX: u64 = 500;
/// The small generation of `doctor`, from its beginning to its end; a real model writes a page in a minute or two.
pub const DOCTOR_GENERATION_MS_MAX: u64 = 180_000;
/// An answer that `doctor` reads, in bytes.
pub const DOCTOR_ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How far two clocks may be apart. Signatures and tokens tolerate minutes; by NTP clocks agree to a second.
pub const CLOCK_SKEW_MS_MAX: u64 = 30_000;
/// A file of kept logs, in bytes, before the next one is begun; two are kept. A generation of four variants writes 15 KB.
pub const LOG_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
