//! Parameters on disk, in the safetensors format that Python and the other frameworks read.
//!
//! A file is: the length of the header in eight bytes, least significant first; the header, a JSON
//! object with the type, the shape and the place of every tensor and a map of texts; the elements,
//! also least significant byte first.

mod load;
mod save;

use std::any::Any;

use tensor::Float;

pub(crate) use load::load;
pub(crate) use save::save;

use crate::{Error, Result};

/// What `format` in the header says. A later version of this crate that arranges the tensors in
/// another way counts it up.
const FORMAT: &str = "nn-1";

/// What the file calls the type `T`.
fn dtype<T: Float>() -> Result<&'static str> {
    let zero = T::zero();
    let zero: &dyn Any = &zero;
    if zero.is::<f32>() {
        Ok("F32")
    } else if zero.is::<f64>() {
        Ok("F64")
    } else {
        Err(Error::value(
            "float type of a network in a file",
            std::any::type_name::<T>(),
            "f32 or f64",
            "save and load a network of one of these and convert its parameters",
        ))
    }
}

#[cfg(test)]
mod tests;
