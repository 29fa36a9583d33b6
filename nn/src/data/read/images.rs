//! Images in folders, one folder per class: PNG and JPEG, gray or color, resized to the size that
//! the network takes.
//!
//! ```no_run
//! use nn::data::images::Images;
//! use nn::prelude::*;
//!
//! network! { struct Pets(dense(3072 -> 64, relu), dense(2, softmax)); }
//!
//! // pets/cat/*.jpg and pets/dog/*.png, in color, 32 × 32: 3072 numbers.
//! let (pictures, labels) = Images::rgb(32, 32).folder::<3072, 2>("pets")?;
//! let pictures = pictures.pixels(); // bytes in memory, numbers from 0 to 1 in a batch
//! let mut pets = Pets::init(1);
//! fit(&mut pets, &pictures).run()?;
//!
//! let photo = Images::rgb(32, 32).file::<3072>("photo.jpg")?.map(|byte| f32::from(byte) / 255.0);
//! println!("{:?}: {:?}", labels.names(), pets.predict(&photo));
//! # Ok::<(), nn::Error>(())
//! ```

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{ImageReader, Limits};

use crate::data::{Dataset, Labels};
use crate::error::{Error, Result, quoted};
use crate::head::Class;

/// File name extensions, in upper or lower case.
pub const EXTENSIONS: &[&str] = &["png", "jpg", "jpeg"];

/// A reader of images with a fixed size, gray or color. Images of another size are stretched to
/// this one. Transparency is dropped.
///
/// Bytes go row by row from the top, each row from the left. A color pixel is red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "nothing is read before `folder`, `file` or `parse` is called"]
pub struct Images {
    width: u32,
    height: u32,
    is_rgb: bool,
}

impl Images {
    /// Gray: one byte per pixel, its brightness.
    pub fn grey(width: u32, height: u32) -> Self {
        Images { width, height, is_rgb: false }
    }

    /// Color: three bytes per pixel.
    pub fn rgb(width: u32, height: u32) -> Self {
        Images { width, height, is_rgb: true }
    }

    /// Reads all images in the subfolders of a folder; each subfolder is a class. The classes are
    /// in the order of the subfolders' names, which are their labels, and the images in the order
    /// of their names. Files next to the subfolders, and files whose names begin with a dot, are
    /// skipped.
    ///
    /// # Errors
    ///
    /// If a folder cannot be read, or there are not `C` of them; if one has no images, or other
    /// files; if an image cannot be read; if the size does not have `N` bytes. Of several invalid
    /// files the first are named and all are counted.
    pub fn folder<const N: usize, const C: usize>(
        &self,
        path: impl AsRef<Path>,
    ) -> Result<(Dataset<[u8; N], Class<C>>, Labels)> {
        let path = path.as_ref();
        self.check::<N>()?;
        let folders: Vec<PathBuf> =
            entries(path)?.into_iter().filter(|entry| entry.is_dir()).collect();
        let names: Vec<String> = folders.iter().map(|folder| name(folder)).collect();
        if names.len() != C {
            let some =
                names.iter().take(12).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            let more = if names.len() > 12 { ", …" } else { "" };
            return Err(Error::file(
                path,
                "folders of classes",
                format!("{}: {some}{more}", names.len()),
                format!("{C}, as the type of the data says"),
                "write `Class<…>` and `dense(…, softmax)` for as many classes as there are folders",
            ));
        }
        let (mut pictures, mut classes) = (Vec::new(), Vec::new());
        let (mut wrong, mut files) = (Vec::new(), 0);
        for (folder, class) in folders.iter().zip(0_usize..) {
            let before = files;
            for file in entries(folder)? {
                files += 1;
                match self.file::<N>(&file) {
                    Ok(picture) => pictures.push(picture),
                    Err(error) => wrong.push(error),
                }
                classes.push(Class::new(class)?);
            }
            if files == before {
                let advice = "put images of the class into it, or remove it";
                return Err(Error::file(folder, "images", "none", "at least one", advice));
            }
        }
        if let Some(first) = wrong.first() {
            let others = match wrong.len() {
                1 => return Err(first.clone()),
                count => format!("{count} of {files} files cannot be read"),
            };
            let second = wrong.get(1).map_or(String::new(), ToString::to_string);
            return Err(first.clone().advising(&format!("{others}, the second: {second}")));
        }
        let labels = Labels::new(names)?;
        Ok((Dataset::new(pictures, classes)?.with_class_names(&labels)?, labels))
    }

    /// Reads one image.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a PNG or JPEG image, or if the size does not have `N`
    /// bytes.
    pub fn file<const N: usize>(&self, path: impl AsRef<Path>) -> Result<[u8; N]> {
        let path = path.as_ref();
        self.check::<N>()?;
        let content = fs::read(path).map_err(|error| Error::io("read", path, error))?;
        self.parse(path, &content)
    }

    /// Reads an image from memory; errors call it `name`. The format is recognized by the first
    /// bytes.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn parse<const N: usize>(&self, name: impl AsRef<Path>, content: &[u8]) -> Result<[u8; N]> {
        /// Largest size of an image per byte of the file: 1032 by deflate, doubled for the decoder.
        const MOST_INFLATED: u64 = 2048;
        /// Bytes that every image may take.
        const SMALL: u64 = 1 << 16;
        let path = name.as_ref();
        self.check::<N>()?;
        let wrong = |error: &dyn std::fmt::Display| {
            let advice = "the file is truncated, damaged or of another format: create it again, or \
                          convert it";
            Error::file(path, "image", quoted(&error.to_string()), "a PNG or JPEG image", advice)
        };
        let reader = ImageReader::new(Cursor::new(content)).with_guessed_format();
        let mut reader = reader.map_err(|error| wrong(&error))?;
        let mut limits = Limits::default();
        // The header may announce any size.
        limits.max_alloc =
            Some(SMALL.saturating_add(MOST_INFLATED.saturating_mul(content.len() as u64)));
        reader.limits(limits);
        let mut picture = reader.decode().map_err(|error| wrong(&error))?;
        if (picture.width(), picture.height()) != (self.width, self.height) {
            picture = picture.resize_exact(self.width, self.height, FilterType::Triangle);
        }
        let bytes = match self.is_rgb {
            true => picture.into_rgb8().into_raw(),
            false => picture.into_luma8().into_raw(),
        };
        <[u8; N]>::try_from(bytes).map_err(|bytes| wrong(&format!("{} bytes", bytes.len())))
    }

    fn check<const N: usize>(&self) -> Result<()> {
        let channels = if self.is_rgb { 3 } else { 1 };
        let bytes = u64::from(self.width) * u64::from(self.height) * channels;
        if bytes == N as u64 && N > 0 {
            return Ok(());
        }
        Err(Error::value(
            "bytes of an image",
            format!("{N}"),
            format!("{bytes}: {} × {} pixels with {channels} bytes each", self.width, self.height),
            "declare as many inputs as an image of this size has bytes",
        ))
    }
}

/// The entries of a folder without hidden ones, sorted by name.
fn entries(path: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io("read", path, error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.retain(|entry| !name(entry).starts_with('.'));
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// An image of two gray pixels.
#[cfg(test)]
fn png(pixels: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let picture = image::GrayImage::from_raw(pixels.len() as u32, 1, pixels.to_vec());
    let picture = picture.unwrap_or_else(|| panic!("as many bytes as pixels"));
    let written = picture.write_to(&mut Cursor::new(&mut content), image::ImageFormat::Png);
    written.unwrap_or_else(|error| panic!("{error}"));
    content
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    let sound = png(&[0, 255]);
    let mut changed = sound.clone();
    changed[18] = 200; // the width
    super::checks::Examples {
        parse: |content| {
            Images::grey(2, 1).parse::<2>("picture", content).map(|bytes| format!("{bytes:?}"))
        },
        read: |path| Images::grey(2, 1).file::<2>(path).map(|_| ()),
        magic: None,
        sound: vec![(sound.clone(), "[0, 255]")],
        damaged: vec![
            (b"GIF89a".to_vec(), "image: found"),
            (changed, "image: found"),
            (sound[..sound.len() - 20].to_vec(), "expected a PNG or JPEG image"),
        ],
        // An image is complete before the marks at the end of its file.
        says_its_length: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_class_and_its_name_a_label() {
        let root = std::env::temp_dir().join(format!("nn-images-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let put = |name: &str, content: &[u8]| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        put("dog/2.png", &png(&[7, 8]));
        put("dog/1.PNG", &png(&[9, 9, 9, 9]));
        put("cat/a.png", &png(&[1, 2]));
        put("cat/.hidden", b"x");
        put("notes.txt", b"x");
        let grey = Images::grey(2, 1);
        let (data, labels) = grey.folder::<2, 2>(&root).unwrap();
        assert_eq!(labels.names(), ["cat", "dog"]);
        assert_eq!(data.inputs(), &[[1, 2], [9, 9], [7, 8]]);
        assert_eq!(data.targets().iter().map(|class| class.index()).collect::<Vec<_>>(), [0, 1, 1]);
        let (colours, _) = Images::rgb(1, 1).folder::<3, 2>(&root).unwrap();
        assert_eq!(colours.inputs()[1], [9, 9, 9]);
        let says = |error: Option<Error>, words: &str| {
            let error = error.expect("an error").to_string();
            assert!(error.contains(words), "{error}");
        };
        says(
            grey.folder::<2, 3>(&root).err(),
            "folders of classes: found 2: `cat`, `dog`, expected 3, as the type of the data says",
        );
        says(
            grey.folder::<4, 2>(&root).err(),
            "bytes of an image: found 4, expected 2: 2 × 1 pixels with 1 bytes each",
        );
        put("cat/b.txt", b"no picture");
        says(grey.folder::<2, 2>(&root).err(), "b.txt: image: found");
        put("dog/3.png", &png(&[7, 8])[..30]);
        says(grey.folder::<2, 2>(&root).err(), "2 of 5 files cannot be read");
        fs::create_dir_all(root.join("fox")).unwrap();
        says(grey.folder::<2, 3>(&root).err(), "fox: images: found none");
        fs::remove_dir_all(&root).unwrap();
    }
}
