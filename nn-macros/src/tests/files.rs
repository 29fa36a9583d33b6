//! Declarations in files.

use std::sync::atomic::{AtomicUsize, Ordering};

use quote::quote;

use super::*;

/// The expansion of `network_file!` for a file with this text, and the messages.
fn from_file(text: &str) -> (String, Vec<String>) {
    // The tests run in parallel, so each call has its own file.
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let directory = std::env::temp_dir();
    let name = format!("network-{}-{call}.net", std::process::id());
    std::fs::write(directory.join(&name), text).expect("a file");
    let mut report = Report::default();
    let code = file::network_file(quote!(::nn), quote!(#name), &directory, &mut report);
    std::fs::remove_file(directory.join(&name)).expect("the file is there");
    let messages = messages_of(&report).map(|message| message.replace(&name, "FILE")).collect();
    (code.to_string().replace(' ', "").replace(&name, "FILE"), messages)
}

#[test]
fn a_file_is_read_and_the_code_depends_on_it() {
    let (code, messages) =
        from_file("// Ten digits.\npub struct Digits(dense(784 → 10, softmax));\n");
    assert_eq!(messages, Vec::<String>::new());
    contains(&code, "pub struct Digits<");
    contains(
        &code,
        "::core::include_bytes!(::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"), \"/\", \
         \"FILE\"))",
    );
    let (code, messages) = from_file("dense(784 → 32, relu), dense(10, softmax)");
    assert_eq!(messages, Vec::<String>::new());
    assert!(code.starts_with("::nn::Sequential::<"), "{code}");
    contains(&code, "include_bytes!");
}

#[test]
fn a_mistake_in_a_file_is_shown_with_line_and_column() {
    let (code, messages) = from_file("struct Net {\n    a: dense(4 → 3, rleu),\n}");
    assert_eq!(
        messages,
        ["unknown activation `rleu`; write `relu`\n --> FILE:2:21\n  |\n2 |     a: dense(4 → 3, \
             rleu),\n  |                     ^^^^"]
    );
    contains(&code, "include_bytes!"); // so that it is compiled again when it is corrected
    let (_, messages) = from_file("");
    assert!(messages[0].starts_with("a network has at least one layer"), "{messages:?}");
}
