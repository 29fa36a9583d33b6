//! Networks as C source: one file without dependencies, for compilers without Rust.
//!
//! | file | |
//! |---|---|
//! | `functions.c`, `activations.c`, `layers.c` | the formulas, in C |
//! | `pieces` | selects the formulas that a network needs, with the numbers of its type |
//! | `body` | translates a network's layers to calls of them |
//! | `columns` | tables: a struct for a row, and the encoding of its columns |
//! | `layers` | each layer, and its arguments |
//! | `memory` | allocation of the workspace for the outputs of layers |

mod body;
mod columns;
mod layers;
mod memory;
mod pieces;

use std::any::Any;
use std::io::Write as _;
use std::path::Path;

use tensor::Float;

use crate::error::{Error, Result, quoted};
use crate::file::{check_finite, replace};
use crate::network::{Described, Network};
use body::Body;
use columns::RowStruct;
use pieces::{Pieces, Precision};

/// Writing a network as C source.
pub trait CSource: Network {
    /// Writes the network with its parameters as a C file, and a header next to it.
    ///
    /// ```
    /// use nn::c_source::CSource as _;
    /// use nn::prelude::*;
    ///
    /// network! { struct Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) } }
    ///
    /// let folder = std::env::temp_dir();
    /// Digits::<f32>::init(1).save_c(folder.join("nn_doc_digits.c"))?;
    /// let header = std::fs::read_to_string(folder.join("nn_doc_digits.h")).unwrap();
    /// assert!(header.contains(
    ///     "void nn_doc_digits_predict(const float input[NN_DOC_DIGITS_INPUTS], \
    ///      float output[NN_DOC_DIGITS_OUTPUTS]);"
    /// ));
    /// # for end in ["c", "h"] {
    /// #     std::fs::remove_file(folder.join(format!("nn_doc_digits.{end}"))).unwrap();
    /// # }
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// A file `digits.c` has `digits_predict`, which computes the outputs of
    /// [`predict`](Network::predict), and `digits_logits`, which computes the last layer's values;
    /// `digits.h` declares both. They need C99, no library but C's own `<math.h>`, and no memory
    /// but the stack; the header states how much. They can run on many threads at once.
    ///
    /// The outputs have the same bits as this library's if floats are those of IEEE 754 and C's
    /// `sqrt` and `fma` round once: the file contains the formulas operation by operation, `exp`
    /// and `tanh` among them. A compiler that would compute otherwise (`-ffast-math`, the 80 bits
    /// of x87) is rejected by `#error`. In a network of `f32` a fused multiply-add is computed in
    /// `double` if the machine has none; on x86, `-mfma` lets the compiler use it.
    ///
    /// A network with a block of `columns` has a struct for a row of the table, `price_row`, in
    /// which words are strings and a missing value is `NAN`, `NULL` or `""`, and
    /// `price_predict_row`, which takes one. The numbers of a sample are those of
    /// [`TableRow::numbers`](crate::layer::columns::TableRow::numbers), and `price_numbers`
    /// computes them. The cyclic features of a date are computed by the C library's `sin` and
    /// `cos`, whose last bits may differ. The output of `price_predict` is in the units of the
    /// target, that of `price_logits` is not.
    ///
    /// # Errors
    ///
    /// If a file cannot be written, its name is not an identifier in C, a parameter is not a finite
    /// number, or the network has a custom layer or activation, which has no implementation in C.
    fn save_c(&self, path: impl AsRef<Path>) -> Result<()> {
        save(&Described::of(self), path.as_ref())
    }
}

impl<N: Network> CSource for N {}

#[cfg(feature = "dynamic")]
impl<T: Float> crate::Dynamic<T> {
    /// Writes the network as C: see [`CSource::save_c`](crate::c_source::CSource::save_c).
    ///
    /// # Errors
    ///
    /// As [`CSource::save_c`](crate::c_source::CSource::save_c).
    pub fn save_c(&self, path: impl AsRef<Path>) -> Result<()> {
        save(&self.described(), path.as_ref())
    }
}

fn save<T: Float>(network: &Described<'_, T>, path: &Path) -> Result<()> {
    let stem = stem(path)?;
    let (source, header) = written(network, stem)?;
    for (path, text) in [(path.with_extension("h"), header), (path.to_owned(), source)] {
        replace(&path, |file| file.write_all(text.as_bytes()))
            .map_err(|error| Error::io("write", &path, error))?;
    }
    Ok(())
}

/// The name of a C file without its extension; the names of its functions begin with it.
fn stem(path: &Path) -> Result<&str> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let of_c = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_name = stem.starts_with(|first: char| first.is_ascii_alphabetic());
    match is_name && stem.chars().all(of_c) && path.extension().is_some_and(|end| end == "c") {
        true => Ok(stem),
        false => Err(Error::value(
            "name of a C file",
            path.file_name().map(|name| quoted(&name.to_string_lossy())).unwrap_or_default(),
            "a letter, letters, digits and `_`, and then `.c`",
            "its functions begin with that name: `digits.c` has `digits_predict`",
        )),
    }
}

/// The contents of the C file and of its header.
fn written<T: Float>(network: &Described<'_, T>, stem: &str) -> Result<(String, String)> {
    let zero: &dyn Any = &T::zero();
    let precision = match (zero.is::<f32>(), zero.is::<f64>()) {
        (true, _) => Precision::Single,
        (_, true) => Precision::Double,
        _ => {
            return Err(Error::value(
                "float type of a network as C",
                std::any::type_name::<T>(),
                "f32 or f64",
                "C has no other: convert the network to one of these",
            ));
        }
    };
    for tensor in network.tensors()? {
        check_finite(&tensor.name, &network.parameters[tensor.range()])?;
    }
    let mut body = Body::of(network, Pieces::new(precision))?;
    let row = RowStruct::of(network, &mut body);
    let upper = stem.to_ascii_uppercase();
    let (inputs, outputs) = (network.info.inputs(), network.info.outputs());
    let real = precision.real();
    let arguments = format!("const {real} input[{upper}_INPUTS], {real} output[{upper}_OUTPUTS]");
    let about = columns::comment(&format!("{}: {}", network.name, network.declaration));
    let row_header =
        row.as_ref().map(|row| columns::header(row, stem, precision)).unwrap_or_default();
    let header = format!(
        "/* {about}\n *\n * Written by nn {version}. */\n\
         #ifndef {upper}_H\n#define {upper}_H\n\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         #define {upper}_INPUTS {inputs}\n#define {upper}_OUTPUTS {outputs}\n\n\
         /* Bytes of stack for the numbers of one prediction. */\n#define {upper}_STACK {stack}\n\n\
         /* The outputs for one sample. */\nvoid {stem}_predict({arguments});\n\n\
         /* The last layer's values for one sample, before the head's function. */\n\
         void {stem}_logits({arguments});\n\n{row_header}\
         #ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
        version = env!("CARGO_PKG_VERSION"),
        stack = (body.work + row.as_ref().map_or(0, |_| inputs)) * size_of::<T>(),
    );
    let mut source = format!(
        "/* {about}\n *\n * Written by nn {version}; compile it as C99 or later, with -lm. */\n\
         #include <float.h>\n#include <math.h>\n\
         #include <stddef.h>\n#include <stdint.h>\n\n#include \"{stem}.h\"\n\n{STRICT}\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    source += &body.pieces.text;
    source += &body.tensors;
    source += &format!("void {stem}_logits({arguments})\n{{\n");
    if body.work > 0 {
        source += &format!("    {real} work[{}];\n", body.work);
    }
    source += &body.logits;
    source += &format!(
        "}}\n\nvoid {stem}_predict({arguments})\n{{\n    {stem}_logits(input, output);\n{}}}\n",
        body.heads
    );
    if let Some(row) = &row {
        source += &columns::source(row, stem, precision);
    }
    Ok((source, header))
}

/// Checks that the compiler keeps to the arithmetic as written.
const STRICT: &str = "\
/* Every operation must round by itself: a contraction would change the bits. */
#if defined __FAST_MATH__
#error \"compile without -ffast-math\"
#endif
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error \"floats are computed in another precision: on x86 compile with -msse2 -mfpmath=sse\"
#endif
#if defined __clang__ || !defined __GNUC__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize (\"fp-contract=off\")
#endif
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_whose_name_is_no_name_in_c_is_refused() {
        for name in ["digits.h", "digits", "2.c", "a-b.c", "größe.c", ".c", "_a.c", ""] {
            let error = stem(Path::new(name)).unwrap_err().to_string();
            assert!(error.starts_with("name of a C file: found"), "{error}");
        }
        assert_eq!(stem(Path::new("some/where/digits_2.c")).unwrap(), "digits_2");
    }
}
