//! The notation of `nn`'s networks, `dense(784 -> 128, relu), dense(128 -> 10, softmax)`: its
//! vocabulary, its parser and its rules. The macro `network!` parses source code with it. Programs
//! can parse text at run time.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use nn_grammar::{Declaration, read};
//!
//! let Ok(Declaration::Type(chain)) =
//!     read("dense(784→128, relu), dropout(0.2), dense(10, softmax)", None)
//! else {
//!     panic!("layers without mistakes");
//! };
//! // Dropout is as wide as what comes before it.
//! assert_eq!(chain.steps[2].input.number(), Some(128));
//! # }
//! ```
//!
//! The modules, in the order of the data flow:
//!
//! | | |
//! |---|---|
//! | [`vocabulary`] | the words, each a row of a table; the only module without the feature `std` |
//! | [`tokens`] | text split into tokens, their places, and mistakes that point at them |
//! | [`attribute`] | the effects of attributes |
//! | [`ast`] | a declaration as written |
//! | `parse` | from tokens to a declaration |
//! | [`network`] | the declared networks, with all their widths |
//! | `check` | from a declaration to networks, by the rules of a network |
//! | `leaves` | the names of a network's layers |
//! | `read` | all steps together, from text or from tokens |

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(feature = "std")]
pub mod ast;
#[cfg(feature = "std")]
pub mod attribute;
#[cfg(feature = "std")]
mod check;
#[cfg(feature = "std")]
mod leaves;
#[cfg(feature = "std")]
pub mod network;
#[cfg(feature = "std")]
mod parse;
#[cfg(feature = "std")]
mod read;
#[cfg(feature = "std")]
pub mod tokens;
pub mod vocabulary;

#[cfg(feature = "std")]
pub use ast::Declaration;
#[cfg(feature = "std")]
pub use check::Taken;
#[cfg(feature = "std")]
pub use leaves::leaf_names;
#[cfg(feature = "std")]
pub use network::Checked;
#[cfg(feature = "std")]
pub use read::{Mistakes, read, read_text, read_tokens, read_with};
