//! The gallery of the example: the images in the repository are those that the code draws.
//!
//! `cargo run --release --example networks -- --out nn/examples/networks` draws them again.

#[allow(dead_code, unreachable_pub)] // it is a program of its own
#[path = "../../examples/networks.rs"]
pub(crate) mod networks;

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

#[test]
fn tables_name_every_branch_and_leave_room_for_it() {
    let gallery = networks::gallery();
    let table = |file| gallery.iter().find(|entry| entry.file == file).unwrap().summary;
    assert_eq!(
        table("pose.svg"),
        "\
Pose: 100 -> 11, ends in softmax, linear
name                layer                             output    parameters
──────────────────────────────────────────────────────────────────────────
trunk               dense 100 -> 64, relu                 64         6,464
answer.class        dense 64 -> 10, softmax               10           650
answer.angle.layer1 dense 64 -> 16, relu                  16         1,040
answer.angle.layer2 dense 16 -> 1, linear                  1            17
                    the above, side by side               11
──────────────────────────────────────────────────────────────────────────
8,171 parameters, 32,684 bytes; 16,160 FLOPs per prediction
"
    );
    for (file, line) in [
        (
            "autoencoder.svg",
            "encoder.wide  dense 784 -> 64, relu                 64        50,240\n",
        ),
        ("residual.svg", "               x + f(x) of the above                 64\n"),
        (
            "regularised.svg",
            "hidden        dense 784 -> 256, linear, no bias, l2 0.0001        256       200,704\n",
        ),
    ] {
        assert!(table(file).contains(line), "{}", table(file));
    }
}
