//! Checked networks to the code that they stand for.
//!
//! The code only names things; what they do is in `nn`. All paths are absolute, so that no name in the user's
//! module can get in their way. What has names of the macro's own stands in a `const _: () = { … };`, where
//! nobody else sees them.
//!
//! | file | writes |
//! |---|---|
//! | `items` | a struct, or a type, and what implements it |
//! | `attributes` | what the user's attributes mean for each item |
//! | `methods` | the methods and constants that every network has |
//! | `layer_methods` | the methods that show layers |
//! | `layer_enum` | the enum of a network's layers |
//! | `columns` | the rows of a network behind the columns of a table |
//! | `structs` | the structs beside a network |
//! | `types` | the types of layers and of the head |
//! | `assertions` | what the compiler checks of constants |
//! | `leaf_count` | how many layers there are |
//! | `docs` | the documentation |
//! | `written` | widths, numbers and types as the user wrote them, or by their aliases |
//! | `aliases` | names for what the user wrote |
//! | `user_types` | what a type of the user's is, as the compiler finds out |

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
