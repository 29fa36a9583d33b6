//! Readers of files that hold data.

pub mod idx;
