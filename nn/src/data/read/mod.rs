//! Readers of files that hold data.

macro_rules! readers {
    ($($reader:ident),* $(,)?) => {
        $( pub mod $reader; )*

        /// Each reader with the ends of its files' names and its examples.
        #[cfg(test)]
        fn all_readers() -> Vec<(&'static str, &'static [&'static str], checks::Examples)> {
            vec![$( (stringify!($reader), $reader::EXTENSIONS, $reader::examples()) ),*]
        }
    };
}

// Every reader. To add one: write its file, add it here. A file without `EXTENSIONS` and `examples()` does not
// compile.
readers! { idx }

#[cfg(test)]
mod checks;
