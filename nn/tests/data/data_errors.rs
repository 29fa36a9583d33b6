//! The full text of every error of data.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::{Compression, write::GzEncoder};
use nn::data::{Batches, Class, Dataset, fashion_mnist, idx};

/// An empty directory that is removed after the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("nn-data-errors-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// An IDX file with elements of type `u8`.
fn idx_file(dimensions: &[u32], elements: &[u8]) -> Vec<u8> {
    let mut content = vec![0, 0, 8, dimensions.len() as u8];
    content.extend(dimensions.iter().flat_map(|size| size.to_be_bytes()));
    content.extend(elements);
    content
}

#[track_caller]
fn says<T: std::fmt::Debug>(result: nn::Result<T>, text: &str) {
    let error = result.expect_err("this must be an error");
    assert_eq!(error.to_string(), text);
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn data_sets_batches_and_classes() {
    says(
        Dataset::new(vec![[0.0_f32]; 3], vec![[0.0_f32]; 2]),
        "data set: found 3 inputs and 2 targets, expected as many targets as inputs; pass one \
         target for each input, in the same order",
    );
    let three = || Dataset::new(vec![0; 3], vec![0; 3]).unwrap();
    says(
        three().split(1.5, 0),
        "fraction of the first part: found 1.5, expected a number between 0 and 1, both excluded; \
         pass 0.9 for nine rows in ten, for example",
    );
    says(
        three().split(0.9, 0),
        "split: found 3 of 3 rows in the first part, 0 in the second, expected at least one row \
         in each; choose another fraction or give more rows",
    );
    says(
        Batches::new(0, 32),
        "number of rows: found 0, expected at least 1; give a data set that is not empty",
    );
    says(Batches::new(100, 0), "batch size: found 0, expected at least 1; use 32, for example");
    says(
        Class::<10>::new(10),
        "class: found 10, expected a number from 0 to 9; count classes from 0",
    );
    says(Class::<1>::new(3), "class: found 3, expected 0, the only class; count classes from 0");
    says(
        Class::<3>::from_labels(&[0, 2, 3, 1, 200, 2]),
        "labels of rows 2, 4 (counted from 0): found 3, 200 (2 of 6 labels are invalid), expected \
         a number from 0 to 2; count classes from 0, or use a `Class` with more of them",
    );
}

/// The message is the same for compressed and uncompressed files.
#[test]
fn wrong_idx_files() {
    const AGAIN: &str = "the file is truncated or damaged, get it again";
    let directory = Directory::new();
    let image = idx_file(&[1, 2, 3], &[9; 6]);
    let cases: &[(&[u8], String)] = &[
        (b"", format!("first four bytes: found only 0 bytes, expected 00 00 08 03; {AGAIN}")),
        (&[0, 0, 8], format!("first four bytes: found only 3 bytes, expected 00 00 08 03; \
                              {AGAIN}")),
        (
            b"PK\x03\x04 a zip file",
            "first two bytes: found 50 4b, expected 00 00; this is not an IDX file".to_string(),
        ),
        (
            &[0, 0, 0x0D, 3, 0, 0],
            "element type: found 0d (f32), expected 08 (u8); convert the elements to unsigned bytes"
                .to_string(),
        ),
        (
            &[0, 0, 0x42, 3, 0, 0],
            "element type: found 42 (unknown), expected 08 (u8); convert the elements to unsigned \
             bytes"
                .to_string(),
        ),
        (
            &idx_file(&[2], &[1, 2]),
            "number of dimensions: found 1, expected 3; images have 3 and labels have 1, so the \
             files may be mixed up"
                .to_string(),
        ),
        (&image[..14], format!("dimensions: found 10 bytes, expected 12 (4 for each of 3); \
                                {AGAIN}")),
        (
            &idx_file(&[u32::MAX; 3], &[1, 2]),
            format!(
                "dimensions: found 4294967295 × 4294967295 × 4294967295, expected a product that \
                 fits into {} bits; {AGAIN}",
                usize::BITS
            ),
        ),
        (
            &idx_file(&[1000, 2000, 2147], &[7; 5]),
            format!("elements: found 5 bytes, expected 4294000000 (1000 × 2000 × 2147); {AGAIN}"),
        ),
        (
            &idx_file(&[1, 2, 3], &[7; 9]),
            format!("elements: found more than 6 bytes, expected exactly 6 (1 × 2 × 3); {AGAIN}"),
        ),
    ];
    for (content, text) in cases {
        for (name, content) in [("plain", content.to_vec()), ("compressed", gzip(content))] {
            let path = directory.write(name, &content);
            says(idx::read::<3>(&path), &format!("{}: {text}", path.display()));
        }
    }
}

#[test]
fn truncated_and_damaged_gzip() {
    const AGAIN: &str = "the file is truncated or damaged, get it again";
    let directory = Directory::new();
    let mut content = gzip(&idx_file(&[6], &[1, 2, 3, 4, 5, 6]));
    let path = directory.write("labels.gz", &content[..content.len() - 3]);
    says(
        idx::read::<1>(&path),
        &format!(
            "{}: gzip stream: found its end after 14 bytes of content, expected a complete one; \
             {AGAIN}",
            path.display()
        ),
    );
    // The checksum begins eight bytes before the end.
    let check_sum = content.len() - 8;
    content[check_sum] ^= 1;
    let path = directory.write("labels.gz", &content);
    says(
        idx::read::<1>(&path),
        &format!(
            "{}: gzip stream: found an error after 14 bytes of content (corrupt gzip stream does \
             not have a matching checksum), expected an undamaged one; {AGAIN}",
            path.display()
        ),
    );
}

#[test]
fn every_truncation_of_an_idx_file_is_an_error() {
    let directory = Directory::new();
    let content = idx_file(&[2, 2, 2], &[1, 2, 3, 4, 5, 6, 7, 8]);
    for content in [gzip(&content), content] {
        for length in 0..content.len() {
            let path = directory.write("images", &content[..length]);
            assert!(idx::read::<3>(&path).is_err(), "{length} of {}", content.len());
        }
        let path = directory.write("images", &content);
        assert!(idx::read::<3>(&path).is_ok());
    }
}

#[test]
fn a_file_that_is_not_there() {
    let error = idx::read::<1>("no/such/file").unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("no/such/file: cannot open: "), "{text}");
    assert!(std::error::Error::source(&error).is_some());
}

const TRAIN_IMAGES: &str = "train-images-idx3-ubyte";
const TRAIN_LABELS: &str = "train-labels-idx1-ubyte.gz";
const TEST_IMAGES: &str = "t10k-images-idx3-ubyte.gz";
const TEST_LABELS: &str = "t10k-labels-idx1-ubyte";

/// Three training images and two test images, in compressed and uncompressed files.
fn fashion_mnist_in(directory: &Directory) {
    let mut images = vec![0; 3 * 784];
    images[0] = 255;
    images[784] = 51;
    directory.write(TRAIN_IMAGES, &idx_file(&[3, 28, 28], &images));
    directory.write(TRAIN_LABELS, &gzip(&idx_file(&[3], &[9, 0, 5])));
    directory.write(TEST_IMAGES, &gzip(&idx_file(&[2, 28, 28], &[0; 2 * 784])));
    directory.write(TEST_LABELS, &idx_file(&[2], &[1, 2]));
}

#[test]
fn fashion_mnist_from_a_directory() {
    let directory = Directory::new();
    fashion_mnist_in(&directory);
    let data = fashion_mnist::load(Some(&directory.0)).unwrap();
    assert_eq!((data.train.len(), data.test.len()), (3, 2));
    assert_eq!(data.train.inputs()[0][..2], [1.0, 0.0]);
    assert_eq!(data.train.inputs()[1][..2], [0.2, 0.0]);
    assert_eq!(data.train.targets()[2].index(), 5);
    assert_eq!(data.test.targets()[1].index(), 2);
    assert_eq!(data.source, fashion_mnist::Source::Directory(directory.0.clone()));
}

/// Replaces one file of a valid set and compares the message, which begins with the file.
#[track_caller]
fn with_file_says(name: &str, content: &[u8], text: &str) {
    let directory = Directory::new();
    fashion_mnist_in(&directory);
    let path = directory.write(name, content);
    let text = text.replace("DIRECTORY", &directory.0.display().to_string());
    says(fashion_mnist::load(Some(&directory.0)), &format!("{}: {text}", path.display()));
}

#[test]
fn fashion_mnist_with_a_wrong_file() {
    const NOT_THIS: &str = "this is not a file of Fashion-MNIST, or it is damaged";
    with_file_says(
        TRAIN_IMAGES,
        &idx_file(&[3, 14, 56], &[0; 3 * 784]),
        &format!("size of an image: found 14 × 56 pixels, expected 28 × 28; {NOT_THIS}"),
    );
    with_file_says(
        TEST_IMAGES,
        &idx_file(&[0, 28, 28], &[]),
        &format!("number of images: found 0, expected at least 1; {NOT_THIS}"),
    );
    with_file_says(
        TRAIN_LABELS,
        &idx_file(&[2], &[1, 1]),
        "number of labels: found 2, expected 3, one for each image in \
         DIRECTORY/train-images-idx3-ubyte; take both files from the same set",
    );
    with_file_says(
        TEST_LABELS,
        &idx_file(&[2], &[9, 10]),
        &format!(
            "label of row 1 (counted from 0): found 10 (1 of 2 labels is invalid), expected a \
             number from 0 to 9; {NOT_THIS}"
        ),
    );
    with_file_says(
        TEST_LABELS,
        &idx_file(&[2, 28, 28], &[0; 2 * 784]),
        "number of dimensions: found 3, expected 1; images have 3 and labels have 1, so the files \
         may be mixed up",
    );
}

fn how_to_get_it() -> &'static str {
    "all four, plain or with `.gz` after the name; to get them: `apt install \
     dataset-fashion-mnist` (Debian, Ubuntu), or put the four files of \
     https://github.com/zalandoresearch/fashion-mnist into a directory and pass it or set \
     FASHION_MNIST_DIR"
}

#[test]
fn fashion_mnist_with_a_missing_file() {
    let directory = Directory::new();
    fashion_mnist_in(&directory);
    fs::remove_file(directory.0.join(TEST_LABELS)).unwrap();
    says(
        fashion_mnist::load(Some(&directory.0)),
        &format!(
            "{}: files of Fashion-MNIST: found no t10k-labels-idx1-ubyte, expected {}",
            directory.0.display(),
            how_to_get_it()
        ),
    );
    says(
        fashion_mnist::load(Some(Path::new("no/such/directory"))),
        &format!(
            "no/such/directory: files of Fashion-MNIST: found no train-images-idx3-ubyte, no \
             train-labels-idx1-ubyte, no t10k-images-idx3-ubyte, no t10k-labels-idx1-ubyte, \
             expected {}",
            how_to_get_it()
        ),
    );
}

#[test]
fn a_header_that_promises_more_than_the_file_can_hold_is_refused_before_it_is_read() {
    use std::io::Write as _;

    let path = std::env::temp_dir().join(format!("nn-promise-{}.gz", std::process::id()));
    let write = |header: [u8; 16], zeros: usize| {
        let file = std::fs::File::create(&path).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::best());
        gzip.write_all(&header).unwrap();
        gzip.write_all(&vec![0; zeros]).unwrap();
        gzip.finish().unwrap();
    };
    // The promised 40,000 × 28 × 28 elements are present: zeros have the highest compression.
    let header = |images: u32| {
        let [a, b, c, d] = images.to_be_bytes();
        [0, 0, 8, 3, a, b, c, d, 0, 0, 0, 28, 0, 0, 0, 28]
    };
    write(header(40_000), 40_000 * 784);
    assert_eq!(idx::read::<3>(&path).unwrap().dimensions, [40_000, 28, 28]);
    write(header(4_000_000), 40_000 * 784);
    let error = idx::read::<3>(&path).unwrap_err().to_string();
    assert!(
        error.contains("elements: found a file that can hold 3") && error.contains("at most"),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
}
