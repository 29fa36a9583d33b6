//! The keywords of Rust, which cannot be names.

/// The keywords of all editions, as of Rust 1.65. Newer ones count as names here, and the compiler
/// checks them.
const WORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "Self", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether a word can be a name in Rust.
pub fn is_name(word: &str) -> bool {
    !WORDS.contains(&word)
}

/// Whether a name is written like a type.
pub fn is_type_name(name: &str) -> bool {
    name.trim_start_matches("r#").chars().next().is_some_and(char::is_uppercase)
}
