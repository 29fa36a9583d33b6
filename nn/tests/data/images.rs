//! Images saved by Pillow (`images/make.py`), as bytes of the network's size.

use std::path::{Path, PathBuf};

use nn::data::images::Images;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").join(name)
}

/// The pixels of the fixture, row by row.
fn grey() -> [u8; 16] {
    std::array::from_fn(|at| (at / 4 * 60 + at % 4 * 5) as u8)
}

#[test]
fn the_bytes_are_those_of_the_pixels() {
    assert_eq!(Images::grey(4, 4).file::<16>(fixture("grey.png")).unwrap(), grey());
    let colours: Vec<u8> = grey().iter().flat_map(|&x| [x, 255 - x, x / 2]).collect();
    assert_eq!(Images::rgb(4, 4).file::<48>(fixture("colours.png")).unwrap()[..], colours);
    // A gray image read as color has each byte three times.
    let thrice: Vec<u8> = grey().iter().flat_map(|&x| [x; 3]).collect();
    assert_eq!(Images::rgb(4, 4).file::<48>(fixture("grey.png")).unwrap()[..], thrice);
    assert!(Images::rgb(4, 4).file::<48>(fixture("palette.png")).is_ok());
}

#[test]
fn another_size_is_stretched_to_that_of_the_network() {
    let plain = Images::rgb(5, 3).file::<45>(fixture("plain.jpg")).unwrap();
    for pixel in plain.as_chunks::<3>().0 {
        let off = pixel.iter().zip([200_u8, 100, 50]).map(|(&a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(2), "{pixel:?}");
    }
    let small = Images::grey(1, 1).file::<1>(fixture("grey.png")).unwrap();
    assert!(small[0].abs_diff(97) < 6, "{small:?}: the mean is 97.5");
}

#[test]
fn what_is_no_picture_is_named() {
    let error = Images::grey(4, 4).file::<16>(fixture("make.py")).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}: image: found", fixture("make.py").display())),
        "{error}"
    );
    let error = Images::grey(4, 4).file::<15>(fixture("grey.png")).unwrap_err().to_string();
    assert_eq!(
        error,
        "bytes of an image: found 15, expected 16: 4 × 4 pixels with 1 bytes each; declare as many \
         inputs as an image of this size has bytes"
    );
}
