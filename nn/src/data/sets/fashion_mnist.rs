//! Fashion-MNIST: gray images of clothing, 28 × 28 pixels, in ten classes, by Zalando Research.
//!
//! The full set has 60,000 images for training and 10,000 for tests. A sample of 2,000 and 500
//! is part of this crate, so that [`load`] works everywhere, even offline.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::data::Dataset;
use crate::data::read::idx::{self, Idx};
use crate::error::{Error, Result};
use crate::head::{Class, range, wrong_labels};
use crate::labels::Labels;

/// The names of the classes, in order. The data sets have them as
/// [`class_names`](Dataset::class_names).
pub const CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

const SIDE: usize = 28;
const PIXELS: usize = SIDE * SIDE;
const VARIABLE: &str = "FASHION_MNIST_DIR";
const PACKAGED: &str = "/usr/share/datasets/fashion-mnist";
const HOW_TO_GET_IT: &str = "`apt install dataset-fashion-mnist` (Debian, Ubuntu), or put the four \
     files of https://github.com/zalandoresearch/fashion-mnist into a directory and pass it or \
     set FASHION_MNIST_DIR";

/// The first labels of MNIST, whose files have the same names.
const DIGITS: [u8; 6] = [5, 0, 4, 1, 9, 2];

/// The names of the four files. Each may have a dot instead of its second hyphen, and the ending
/// `.gz`.
const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../../../data/fashion-mnist-sample/", $name, ".gz"))
    };
}

/// The four files of the sample, in the order of `FILES`.
const SAMPLE: [&[u8]; 4] = [
    sample!("train-images-idx3-ubyte"),
    sample!("train-labels-idx1-ubyte"),
    sample!("t10k-images-idx3-ubyte"),
    sample!("t10k-labels-idx1-ubyte"),
];

/// Training and test images with labels, and their source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FashionMnist<X = [f32; PIXELS]> {
    /// The training images, row by row from the top, 0 for background to 1.
    pub train: Dataset<X, Class<10>>,
    /// The test images.
    pub test: Dataset<X, Class<10>>,
    /// The files that were read. Print it: the sample gives worse networks than the full set.
    pub source: Source,
}

/// The source of the images.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The four files in this directory.
    Directory(PathBuf),
    /// The four files in this directory, which are those of MNIST: handwritten digits.
    Digits(PathBuf),
    /// The sample inside this crate.
    Sample,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(directory) => write!(f, "Fashion-MNIST from {}", directory.display()),
            Self::Digits(directory) => {
                write!(f, "MNIST, handwritten digits, from {}", directory.display())
            }
            Self::Sample => write!(
                f,
                "the sample of Fashion-MNIST inside this crate, 2,500 of 70,000 images (for all: \
                 {HOW_TO_GET_IT})"
            ),
        }
    }
}

/// Loads the data from the first of these places that has them:
///
/// 1. the directory `dir`;
/// 2. the directory that the environment variable `FASHION_MNIST_DIR` names;
/// 3. `/usr/share/datasets/fashion-mnist`, where `apt install dataset-fashion-mnist` puts it;
/// 4. `fashion-mnist` in the cache directory, `$XDG_CACHE_HOME` or else `~/.cache`;
/// 5. the sample inside this crate.
///
/// The first two are binding: if files are missing there, no other place is tried.
///
/// # Errors
///
/// If a place has some of the four files, but not all; if a file cannot be read, is damaged, or
/// does not fit the others.
///
/// ```
/// let data = nn::data::fashion_mnist::load(None)?;
/// assert!(data.train.len() >= 2_000);
/// println!("{}", data.source);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn load(dir: Option<&Path>) -> Result<FashionMnist> {
    let FashionMnist { train, test, source } = load_bytes(dir)?;
    Ok(FashionMnist { train: train.map_inputs(numbers), test: test.map_inputs(numbers), source })
}

/// [`load`] with images as bytes, 0 for background to 255. [`Dataset::pixels`] converts them for a
/// network of floats, in a quarter of the memory.
///
/// # Errors
///
/// As [`load`].
pub fn load_bytes(dir: Option<&Path>) -> Result<FashionMnist<[u8; PIXELS]>> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let named = dir.map(Path::to_path_buf).or_else(|| variable(VARIABLE).map(PathBuf::from));
    let cache = cache_directory(variable("XDG_CACHE_HOME"), variable("HOME"));
    match find(named, [Some(PathBuf::from(PACKAGED)), cache])? {
        Some((directory, files)) => {
            let [train_images, train_labels, test_images, test_labels] = &files;
            let labels = idx::read(train_labels)?;
            let source = match labels.bytes.starts_with(&DIGITS) {
                true => Source::Digits(directory),
                false => Source::Directory(directory),
            };
            let names = names(&source);
            let train = dataset(train_images, idx::read(train_images)?, train_labels, labels)?;
            let (images, labels) = (idx::read(test_images)?, idx::read(test_labels)?);
            let test = dataset(test_images, images, test_labels, labels)?;
            Ok(FashionMnist { train: train.named(names.clone()), test: test.named(names), source })
        }
        None => sample_bytes(),
    }
}

/// The sample inside this crate: 2,000 images for training and 500 for tests.
///
/// # Errors
///
/// None, unless the crate was built from damaged files.
pub fn sample() -> Result<FashionMnist> {
    let FashionMnist { train, test, source } = sample_bytes()?;
    Ok(FashionMnist { train: train.map_inputs(numbers), test: test.map_inputs(numbers), source })
}

/// [`sample`] with images as bytes, like [`load_bytes`].
///
/// # Errors
///
/// None, unless the crate was built from damaged files.
pub fn sample_bytes() -> Result<FashionMnist<[u8; PIXELS]>> {
    let part = |images: usize, labels: usize| {
        dataset(
            Path::new(FILES[images]),
            idx::parse(FILES[images], SAMPLE[images])?,
            Path::new(FILES[labels]),
            idx::parse(FILES[labels], SAMPLE[labels])?,
        )
    };
    let (train, test, names) = (part(0, 1)?, part(2, 3)?, names(&Source::Sample));
    Ok(FashionMnist {
        train: train.named(names.clone()),
        test: test.named(names),
        source: Source::Sample,
    })
}

/// The names of the classes; digits have none.
fn names(source: &Source) -> Option<Labels> {
    let names = CLASSES.map(str::to_owned);
    (!matches!(source, Source::Digits(_))).then(|| Labels::of_different(names.into()))
}

fn cache_directory(cache: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let cache =
        cache.map(PathBuf::from).or_else(|| home.map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("fashion-mnist"))
}

/// The directory to read and its four files; `None` for the sample.
fn find(
    named: Option<PathBuf>,
    usual: [Option<PathBuf>; 2],
) -> Result<Option<(PathBuf, [PathBuf; 4])>> {
    if let Some(directory) = named {
        return match files_in(&directory)? {
            Some(files) => Ok(Some((directory, files))),
            None => Err(missing(&directory, &FILES)),
        };
    }
    for directory in usual.into_iter().flatten() {
        // `is_dir` is also false without permission to read: the default directories are optional.
        if directory.is_dir()
            && let Some(files) = files_in(&directory)?
        {
            return Ok(Some((directory, files)));
        }
    }
    Ok(None)
}

/// The four files in `directory`, plain or compressed; `None` if there is none of them.
fn files_in(directory: &Path) -> Result<Option<[PathBuf; 4]>> {
    let mut found = Vec::new();
    let mut not_found = Vec::new();
    for name in FILES {
        let spellings = [name.to_owned(), name.replace("-idx", ".idx")];
        let mut here = None;
        for name in spellings.iter().flat_map(|name| [name.clone(), format!("{name}.gz")]) {
            let path = directory.join(name);
            let exists = path.try_exists().map_err(|error| Error::io("look for", &path, error))?;
            if exists && here.is_none() {
                here = Some(path);
            }
        }
        match here {
            Some(path) => found.push(path),
            None => not_found.push(name),
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    match <[PathBuf; 4]>::try_from(found) {
        Ok(files) => Ok(Some(files)),
        Err(_) => Err(missing(directory, &not_found)),
    }
}

fn missing(directory: &Path, names: &[&str]) -> Error {
    Error::file(
        directory,
        "files of Fashion-MNIST",
        format!("no {}", names.join(", no ")),
        "all four, plain or with `.gz` after the name",
        format!("to get them: {HOW_TO_GET_IT}"),
    )
}

/// Combines images and labels if they fit.
fn dataset(
    images_file: &Path,
    images: Idx<3>,
    labels_file: &Path,
    labels: Idx<1>,
) -> Result<Dataset<[u8; PIXELS], Class<10>>> {
    const NOT_THIS: &str = "this is not a file of Fashion-MNIST, or it is damaged";
    let [count, rows, columns] = images.dimensions;
    if (rows, columns) != (SIDE, SIDE) {
        return Err(Error::file(
            images_file,
            "size of an image",
            format!("{rows} × {columns} pixels"),
            format!("{SIDE} × {SIDE}"),
            NOT_THIS,
        ));
    }
    if count == 0 {
        return Err(Error::file(images_file, "number of images", "0", "at least 1", NOT_THIS));
    }
    if labels.dimensions != [count] {
        return Err(Error::file(
            labels_file,
            "number of labels",
            labels.dimensions[0].to_string(),
            format!("{count}, one for each image in {}", images_file.display()),
            "take both files from the same set",
        ));
    }
    if let Some(wrong) = wrong_labels(&labels.bytes, CLASSES.len()) {
        return Err(Error::file(
            labels_file,
            wrong.what("label"),
            wrong.found("label"),
            range::<10>(),
            NOT_THIS,
        ));
    }
    Dataset::new(in_rows(images.bytes), Class::from_labels(&labels.bytes)?)
}

/// Splits the bytes into images without holding all of them twice: memory is returned while they
/// are copied.
fn in_rows(mut bytes: Vec<u8>) -> Vec<[u8; PIXELS]> {
    const PART: usize = 2048;
    let count = bytes.len() / PIXELS;
    let mut rows = Vec::with_capacity(count);
    // From the end, where a vector can be shortened.
    for from in (0..count).step_by(PART).rev() {
        let (part, _) = bytes[from * PIXELS..].as_chunks::<PIXELS>();
        rows.extend(part.iter().rev());
        bytes.truncate(from * PIXELS);
        bytes.shrink_to_fit();
    }
    rows.reverse();
    rows
}

/// Converts bytes to numbers from 0 to 1.
fn numbers(bytes: [u8; PIXELS]) -> [f32; PIXELS] {
    let mut pixels = [0.0; PIXELS];
    for (pixel, byte) in pixels.iter_mut().zip(bytes) {
        *pixel = f32::from(byte) / 255.0;
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_as_many_images_of_each_class() {
        let data = sample().unwrap();
        for (part, per_class) in [(&data.train, 200), (&data.test, 50)] {
            assert_eq!(part.len(), 10 * per_class);
            for class in 0..CLASSES.len() {
                let count = part.targets().iter().filter(|target| target.index() == class).count();
                assert_eq!(count, per_class, "{}", CLASSES[class]);
            }
            assert!(part.inputs().iter().flatten().all(|pixel| (0.0..=1.0).contains(pixel)));
            assert!(part.inputs().iter().flatten().any(|&pixel| pixel == 1.0));
        }
    }

    #[test]
    fn the_sample_begins_like_the_full_set() {
        // The first labels of train-labels-idx1-ubyte: ankle boot, two T-shirts, dress, T-shirt.
        let data = sample().unwrap();
        let first: Vec<_> = data.train.targets()[..5].iter().map(|class| class.index()).collect();
        assert_eq!(first, [9, 0, 0, 3, 0]);
        // The first pixels of the ankle boot that are not background.
        let image = &data.train.inputs()[0];
        assert_eq!(image.iter().position(|&pixel| pixel > 0.0), Some(3 * 28 + 12));
        assert_eq!(image[3 * 28 + 12], 1.0 / 255.0);
    }

    #[test]
    fn the_sample_says_how_to_get_the_full_set() {
        let text = Source::Sample.to_string();
        assert!(text.contains("apt install dataset-fashion-mnist"), "{text}");
        assert!(text.contains(VARIABLE), "{text}");
        let text = Source::Directory("a/b".into()).to_string();
        assert_eq!(text, "Fashion-MNIST from a/b");
        let text = Source::Digits("a/b".into()).to_string();
        assert_eq!(text, "MNIST, handwritten digits, from a/b");
    }

    /// The files of either set, with a dot in their names.
    #[test]
    fn what_the_files_hold_is_what_is_announced() {
        let here = std::env::temp_dir().join(format!("nn-mnist-{}", std::process::id()));
        std::fs::create_dir_all(&here).unwrap();
        let idx = |dimensions: &[u32], bytes: &[u8]| {
            let mut file = vec![0, 0, 8, dimensions.len() as u8];
            file.extend(dimensions.iter().flat_map(|size| size.to_be_bytes()));
            file.extend(bytes);
            file
        };
        let fashion = Source::Directory(here.clone());
        for (labels, source) in
            [([9, 0, 0, 3, 0, 2], fashion), (DIGITS, Source::Digits(here.clone()))]
        {
            for name in FILES {
                let content = match name.contains("images") {
                    true => idx(&[6, 28, 28], &[7; 6 * PIXELS]),
                    false => idx(&[6], &labels),
                };
                std::fs::write(here.join(name.replace("-idx", ".idx")), content).unwrap();
            }
            assert_eq!(load(Some(&here)).unwrap().source, source);
        }
        std::fs::remove_dir_all(&here).unwrap();
    }

    #[test]
    fn looks_into_the_usual_places_in_order() {
        let here = std::env::temp_dir().join(format!("nn-fashion-mnist-{}", std::process::id()));
        let (empty, full, other) = (here.join("empty"), here.join("full"), here.join("other"));
        for directory in [&empty, &full, &other] {
            std::fs::create_dir_all(directory).unwrap();
        }
        for name in FILES {
            std::fs::write(full.join(format!("{name}.gz")), "").unwrap();
            std::fs::write(other.join(name), "").unwrap();
        }
        let nowhere = here.join("nowhere");
        let found = |named: Option<&PathBuf>, usual: [&PathBuf; 2]| {
            find(named.cloned(), usual.map(|directory| Some(directory.clone())))
                .map(|place| place.map(|(directory, _)| directory))
        };

        assert_eq!(found(Some(&other), [&full, &full]).unwrap(), Some(other.clone()));
        assert_eq!(found(None, [&full, &other]).unwrap(), Some(full.clone()));
        assert_eq!(found(None, [&nowhere, &other]).unwrap(), Some(other.clone()));
        assert_eq!(found(None, [&empty, &nowhere]).unwrap(), None);
        assert!(found(Some(&empty), [&full, &other]).is_err());
        assert!(found(Some(&nowhere), [&full, &other]).is_err());

        std::fs::remove_file(full.join("t10k-labels-idx1-ubyte.gz")).unwrap();
        let error = found(None, [&full, &other]).unwrap_err().to_string();
        assert!(error.contains("found no t10k-labels-idx1-ubyte, expected all four"), "{error}");
        std::fs::remove_dir_all(&here).unwrap();
    }

    #[test]
    fn the_cache_is_where_the_environment_says() {
        let directory = |cache: Option<&str>, home: Option<&str>| {
            cache_directory(cache.map(OsString::from), home.map(OsString::from))
        };
        assert_eq!(directory(Some("/c"), Some("/h")), Some("/c/fashion-mnist".into()));
        assert_eq!(directory(None, Some("/h")), Some("/h/.cache/fashion-mnist".into()));
        assert_eq!(directory(None, None), None);
    }
}
