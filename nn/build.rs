//! Tells the library how it is optimised, which nothing else can: see `train/progress.rs`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=NN_OPT_LEVEL={level}");
}
