//! Tokens, their places, and the mistakes that point at them.
//!
//! This crate has its own tokens, so that the same code reads a text at run time, a string literal,
//! a file and the source code of a program. The macro keeps the compiler's information about its
//! tokens in a table. A [`Place`] has the tokens' indices in that table.

mod cursor;
mod language;
mod lexer;
mod literal;
mod place;
mod report;
mod shape;
mod token;
mod written;

/// The deepest nesting of brackets.
pub const MOST_NESTED: usize = 64;

/// The message about deeper nesting.
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
