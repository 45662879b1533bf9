//! Crash enumeration: every port call of every handler, before and after its effect, as a crash and as an error; all
//! singles and all pairs. Then the same events are delivered again, the sweep runs, and the promise's five points are
//! held against what is stored and what the browser was shown.
//!
//! Dropping a future is a crash at an await. A crash after the effect is an answer that was lost.

mod crash {
    mod delete;
    mod enumerate;
    mod handover;
    mod promise;
    mod scenario;
}
