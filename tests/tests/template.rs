//! The SAM template held against the code: its routes against the handlers' tables, its table against the schema, its
//! settings against what the functions read, and each role's policy against what its function can call.

#[path = "template/api.rs"]
mod api_routes;
#[path = "template/calls.rs"]
mod calls;
#[path = "template/cost.rs"]
mod cost;
#[path = "template/document.rs"]
mod document;
#[path = "template/operation.rs"]
mod operation;
#[path = "template/policies.rs"]
mod policies;
#[path = "template/settings.rs"]
mod settings;
#[path = "template/sources.rs"]
mod sources;
#[path = "template/table.rs"]
mod table;
