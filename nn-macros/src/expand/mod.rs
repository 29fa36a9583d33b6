//! Code generation: from checked networks to Rust code.
//!
//! The generated code only names items; the functionality is in `nn`. All paths are absolute, so
//! that names in the user's module cannot shadow them. Items with names of the macro's own are
//! inside a `const _: () = { … };`, where no other code sees them.
//!
//! | file | writes |
//! |---|---|
//! | `items` | a struct and its implementations, or a type |
//! | `attributes` | the user's attributes for each item |
//! | `methods` | the methods and constants that every network has |
//! | `layer_methods` | the methods that show layers |
//! | `layer_enum` | the enum of a network's layers |
//! | `columns` | the rows of a network with the columns of a table |
//! | `structs` | the structs next to a network |
//! | `types` | the types of layers and of the head |
//! | `assertions` | the checks of constants for the compiler |
//! | `leaf_count` | the number of layers |
//! | `docs` | the documentation |
//! | `written` | widths, numbers and types as the user wrote them, or by their aliases |
//! | `aliases` | names for the user's expressions and types |
//! | `user_types` | the checks of user-defined types for the compiler |

mod aliases;
mod assertions;
mod attributes;
mod columns;
mod docs;
mod items;
mod layer_enum;
mod layer_methods;
mod leaf_count;
mod methods;
mod parts;
mod structs;
mod types;
mod user_types;
mod written;

pub(crate) use items::expand;
pub(crate) use methods::taken;
