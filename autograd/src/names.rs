//! The operations of this crate under their names in PyTorch, NumPy and Keras.
//!
#![doc = include_str!("names.md")]
//!
//! <!-- The page is also a test: each of its blocks is compiled and run. -->

#[cfg(test)]
mod tests {
    use crate::ops::all_names;

    #[test]
    fn every_operation_stands_on_the_page() {
        let page = include_str!("names.md");
        let stands = |name: &str| {
            // As a method, or as the name after a line that applies the operation by its type.
            page.contains(&format!(".{name}("))
                || page.contains(&format!("::{name}("))
                || page.contains(&format!(": {name}\n"))
        };
        // `linear` has no method: it is x itself.
        let missing = all_names().into_iter().filter(|name| !stands(name) && *name != "linear");
        let missing: Vec<&str> = missing.collect();
        assert!(missing.is_empty(), "write a line in names.md for {missing:?}");
    }
}
