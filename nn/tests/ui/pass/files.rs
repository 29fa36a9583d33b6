//! Saving and loading are methods.

use nn::network;

network! {
    pub struct Digits(dense(4 -> 3, relu), dense(2, softmax));
}

fn there_and_back() -> nn::Result<()> {
    let path = std::env::temp_dir().join(format!("network-macro-{}.safetensors", std::process::id()));
    let digits = Digits::init(7);
    digits.save(&path)?;
    let loaded = Digits::load(&path)?;
    assert_eq!(loaded.predict(&[1.0; 4]), digits.predict(&[1.0; 4]));
    let _ = std::fs::remove_file(&path);
    Ok(())
}

pub(crate) fn main() {
    there_and_back().unwrap();
}
