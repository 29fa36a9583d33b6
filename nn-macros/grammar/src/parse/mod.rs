//! The parser: from tokens to a declaration as written. Unreadable tokens are reported in a
//! sentence that says what to write instead, and parsed as what was probably meant.
//!
//! The parser does not check the meaning: `check` decides whether widths fit and layers are at
//! allowed positions.
//!
//! | file | parses |
//! |---|---|
//! | `declaration` | the form of a declaration, and the head of every struct |
//! | `list` | layers with their names, and the commas between them |
//! | `layer` | one layer: a word and its arguments |
//! | `path` | a path in the place of a layer |
//! | `branches` | `concat` and `heads` |
//! | `columns` | the columns of a table |
//! | `repeat` | `* 16` |
//! | `arguments`, `dense` | the arguments in parentheses |
//! | `activation`, `width`, `number` | a single argument |

mod activation;
mod arguments;
mod branches;
mod columns;
mod declaration;
mod dense;
mod layer;
mod list;
mod number;
mod path;
mod repeat;
mod width;

pub(crate) use declaration::{of_text, of_tokens};
