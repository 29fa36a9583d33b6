//! The gallery of the example: its pictures in the repository are those that the code draws.
//!
//! `cargo run --release --example networks -- --out nn/examples/networks` draws them again.

#[allow(dead_code, unreachable_pub)] // it is a program of its own
#[path = "../examples/networks.rs"]
mod networks;

#[test]
fn the_pictures_are_what_the_code_draws() {
    let pictures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/networks");
    let mut files: Vec<String> = std::fs::read_dir(&pictures)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    for entry in networks::gallery() {
        let committed = std::fs::read_to_string(pictures.join(entry.file)).unwrap();
        let drawn = &entry.svg;
        assert!(&committed == drawn, "{} is not what the code draws: draw it again", entry.file);
        files.retain(|file| file != entry.file);
    }
    assert_eq!(files, [""; 0], "pictures of no network");
}

#[test]
fn both_drivers_agree_about_every_network() {
    for entry in networks::gallery() {
        entry.check.unwrap_or_else(|error| panic!("{}: {error}", entry.file));
    }
}
