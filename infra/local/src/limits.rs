//! Every limit of what stands where AWS's services stand, with its unit last in the name and its reason beside it. The system's own are
//! in `domain::limits`.

use domain::limits::RELAXED_MESSAGE_BYTES_MAX;

/// The body of a request to the public port, in bytes, as of an HTTP API:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>.
pub const GATEWAY_BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Until a client has said the head of a request, and between two requests on one connection: what HTTP servers allow.
pub const HEAD_MS_MAX: u64 = 30_000;
/// Until the body of a request is there: the largest at 170 KB/s.
pub const BODY_MS_MAX: u64 = 60_000;
/// Where the system has no file for one more connection, the next try is so much later.
pub const ACCEPT_PAUSE_MS: u64 = 200;

/// Messages a second of all connections together, in the long run.
pub const STAGE_MESSAGES_PER_SECOND_MAX: f64 = 200.0;
/// Messages at once after a quiet time: as many tabs may speak when a machine wakes up.
pub const STAGE_BURST_MAX: f64 = 200.0;
/// Messages that are being handled at the same time: enough that a hundred generations can begin in a second, each of whose
/// messages waits for the stores a dozen times; beyond that the stores would be late with what workers write.
pub const STAGE_AT_ONCE_MAX: usize = 32;
/// Messages at the same time of those who have said as much as the others, while others wait: what a flood may have of the machine.
pub const STAGE_OF_MANY_AT_ONCE_MAX: usize = 2;
/// Open connections, if the system has files for them.
pub const STAGE_CONNECTIONS_MAX: usize = 4_000;
/// Messages that wait for a client which reads slowly; beyond that `@connections` answers 429.
pub const WAITING_MESSAGES_MAX: usize = 256;
/// A connection on which nobody says anything:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>.
pub const CONNECTION_IDLE_MS_MAX: u64 = 10 * 60_000;
/// A connection as a whole; same page.
pub const CONNECTION_MS_MAX: u64 = 2 * 3_600_000;
/// A client that does not take a frame for this long is gone.
pub const SEND_MS_MAX: u64 = 30_000;

/// A request to the table, in bytes, as DynamoDB takes it.
pub const TABLE_BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A request to the bucket, in bytes: the largest message that is taken here, as its stored request, with room. S3 takes more.
pub const BUCKET_BODY_BYTES_MAX: usize = RELAXED_MESSAGE_BYTES_MAX + 1024 * 1024;
/// The event of an asynchronous invocation, in bytes: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub const ASYNCHRONOUS_EVENT_BYTES_MAX: usize = 1024 * 1024;
/// The event of any other; same page.
pub const EVENT_BYTES_MAX: usize = 6 * 1024 * 1024;
