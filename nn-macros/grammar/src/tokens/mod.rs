//! Tokens and where they stand, and the mistakes that point at them.
//!
//! The tokens are this crate's own, so that a text at run time, a string literal, a file and the source code
//! of a program are read by the same code. What the compiler knows about its tokens stays with the macro, in
//! a table: a [`Place`] has the tokens' numbers there.

mod cursor;
mod language;
mod lexer;
mod literal;
mod place;
mod report;
mod shape;
mod token;
mod written;

/// How many brackets may stand around a token.
pub const MOST_NESTED: usize = 64;

/// What to do where there are more.
pub const TOO_NESTED: &str = "brackets are nested too deeply; leave some of them out";

pub(crate) use cursor::Cursor;
pub use language::{is_name, is_type_name};
pub(crate) use lexer::lex;
pub use literal::string;
pub(crate) use literal::{Integer, integer, is_string, real};
pub use place::{Place, Quoted, Text};
pub use report::{List, Mention, Report};
pub(crate) use shape::{Shape, expression, last_of_path};
pub use shape::{is_expression, is_loose};
pub use token::{Delimiter, Kind, Name, Token, split_at_commas};
pub(crate) use token::{is_arrow, option, place, sign};
pub(crate) use written::{shown, written};
