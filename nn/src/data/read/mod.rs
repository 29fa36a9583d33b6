//! Readers of data files.

macro_rules! readers {
    ($( $(#[$when:meta])? $reader:ident ),* $(,)?) => {
        $( $(#[$when])? pub mod $reader; )*

        /// Each reader with its file name extensions and its examples.
        #[cfg(test)]
        #[expect(
            clippy::vec_init_then_push,
            reason = "an element of `vec!` cannot depend on a feature"
        )]
        fn all_readers() -> Vec<(&'static str, &'static [&'static str], checks::Examples)> {
            let mut readers = Vec::new();
            $(
                $(#[$when])?
                readers.push((stringify!($reader), $reader::EXTENSIONS, $reader::examples()));
            )*
            readers
        }
    };
}

// Every reader. To add one: write its file and add it here. A file without `EXTENSIONS` and
// `examples()` does not compile.
readers! {
    #[cfg(feature = "csv")]
    csv,
    idx,
    #[cfg(feature = "images")]
    images,
    #[cfg(feature = "npy")]
    npy,
    #[cfg(feature = "parquet")]
    parquet,
    row_file,
}

#[cfg(test)]
mod checks;
