//! Tokens to a declaration as it is written. What cannot be read is reported, in a sentence that says what to
//! write instead, and read as what was probably meant.
//!
//! No meaning here: whether widths fit and layers stand where they may is up to `check`.
//!
//! | file | reads |
//! |---|---|
//! | `declaration` | which form a declaration has, and the head of every struct |
//! | `list` | layers with their names, and the commas between them |
//! | `layer` | one layer: a word and what stands in its parentheses |
//! | `path` | a path in the place of a layer |
//! | `branches` | `concat` and `heads` |
//! | `columns` | the columns of a table |
//! | `repeat` | `* 16` |
//! | `arguments`, `dense` | what stands in parentheses |
//! | `activation`, `width`, `number` | one of these things |

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
