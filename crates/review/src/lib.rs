//! What a rule file lets out: explained, checked, compared, tested and reported, for those who must sign it.
//!
//! Pure like the engine below it: texts in, findings and pages out. The same engine as in production decides what
//! becomes of a value; nothing here has a second opinion.

pub mod canary;
pub mod check;
pub mod coverage;
pub mod diagnostics;
pub mod diff;
pub mod explain;
pub mod fates;
pub mod finding;
pub mod fmt;
pub mod openapi;
pub mod personal;
pub mod render;
pub mod report;
pub mod schema;
pub mod synthetic;
pub mod trial;
pub mod words;
