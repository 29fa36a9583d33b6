//! Data augmentation for images: flips, shifts, rotations, scaling, random erasing.

use std::fmt;

use tensor::random::Random;
use tensor::simd::vectorize;
use tensor::threads::Threads;
use tensor::{Float, Tensor};

use super::Source;
use super::source::Visit;
use crate::error::{Error, Result};
use crate::labels::Labels;

/// Separates these random numbers from all others with the same seed ("IMAG"); the number of the
/// epoch is added.
const STREAM: u64 = 0x494d_4147_0000_0000;
/// Random numbers per image.
const NUMBERS: u64 = 16;
/// Number of elements from which waking a thread pays off.
const WORTH_A_THREAD: usize = 16 * 1024;

/// A source of images that are augmented during training, differently each time. Evaluations use
/// the original images.
///
/// ```
/// use nn::data::{AugmentedImages, fashion_mnist};
/// use nn::prelude::*;
/// use nn::Show;
///
/// network! { struct Digits(dense(784 -> 16, relu), dense(10, softmax)); }
///
/// let data = fashion_mnist::sample()?;
/// let train = AugmentedImages::new(&data.train, [28, 28])?.flip(0.5)?.shift(0.25, 1)?;
/// let mut digits = Digits::init(1);
/// fit(&mut digits, &train).validation(&data.test).epochs(1).show(Show::Nothing).run()?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// The augmentation of an image is a function of the training's seed, the epoch and the number of
/// the row. It gives the same bits for any number of threads and when a training resumes. Each
/// change is applied with its own probability, in the order scale, rotation, flip, shift, erasing.
/// Pixels that come in over an edge, or are erased, are 0.
///
/// An image is an array `[T; height · width · channels]`, row by row from the top, the channels of
/// a pixel adjacent. For noise and mixtures pass it to [`Augmented`](super::Augmented).
pub struct AugmentedImages<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    height: usize,
    width: usize,
    changes: Changes,
}

/// The changes to images: the probability of each and its largest extent.
#[derive(Clone, Copy, Debug, Default)]
struct Changes {
    flip: f64,
    shift: (f64, usize),
    rotation: (f64, f64),
    scale: (f64, f64),
    erasing: (f64, f64),
}

/// The changes to one image.
struct Variant {
    flip: bool,
    /// Pixels down and to the right.
    shift: [isize; 2],
    /// sin and cos of the angle, both divided by the scale; `None` if every pixel stays whole.
    turn: Option<[f64; 2]>,
    /// First row, first column, height and width of the erased rectangle.
    erased: Option<[usize; 4]>,
}

impl<'d, T: Float, const N: usize, Y> AugmentedImages<'d, [T; N], Y> {
    /// The unchanged images of `source`, each with this number of rows and columns of pixels.
    ///
    /// # Errors
    ///
    /// If the numbers of an image are not a multiple of its pixels. The factor is the number of
    /// channels.
    pub fn new(source: &'d dyn Source<[T; N], Y>, [height, width]: [usize; 2]) -> Result<Self> {
        let pixels = height.saturating_mul(width);
        if pixels == 0 || N == 0 || !N.is_multiple_of(pixels) {
            return Err(Error::value(
                "numbers of an image",
                N.to_string(),
                format!("{pixels} of {height} × {width} pixels, or a multiple for channels"),
                "pass the height and width of the images in pixels",
            ));
        }
        Ok(AugmentedImages { source, height, width, changes: Changes::default() })
    }
}

impl<X, Y> AugmentedImages<'_, X, Y> {
    /// Mirrors each image from left to right with this probability: for images without a left and
    /// right, such as clothes, not digits.
    ///
    /// # Errors
    ///
    /// If the probability is not from 0 to 1.
    pub fn flip(mut self, chance: f64) -> Result<Self> {
        self.changes.flip = checked_chance("chance of a flip", chance)?;
        Ok(self)
    }

    /// Shifts each image with this probability by an integer number of pixels from −`most` to
    /// `most` in each direction.
    ///
    /// # Errors
    ///
    /// If the probability is not from 0 to 1, or the images have no more than `most` rows or
    /// columns.
    pub fn shift(mut self, chance: f64, most: usize) -> Result<Self> {
        let side = self.height.min(self.width);
        if most >= side {
            let expected = format!("less than the {side} pixels of a side");
            let advice = "one or two pixels are usual for small images";
            return Err(Error::value("pixels of a shift", most.to_string(), expected, advice));
        }
        self.changes.shift = (checked_chance("chance of a shift", chance)?, most);
        Ok(self)
    }

    /// Rotates each image about its center with this probability by an angle from −`most` to `most`
    /// degrees. Pixels are interpolated between the four nearest.
    ///
    /// # Errors
    ///
    /// If the probability is not from 0 to 1, or the angle not from 0 to 180.
    pub fn rotate(mut self, chance: f64, most: f64) -> Result<Self> {
        let most = checked("degrees of a rotation", most, 180.0, "10 are usual")?;
        self.changes.rotation = (checked_chance("chance of a rotation", chance)?, most);
        Ok(self)
    }

    /// Scales each image about its center with this probability by a factor from 1 − `most` to 1 +
    /// `most`. Pixels are interpolated between the four nearest.
    ///
    /// # Errors
    ///
    /// If the probability is not from 0 to 1, or `most` not from 0 to 0.9.
    pub fn scale(mut self, chance: f64, most: f64) -> Result<Self> {
        let most = checked("largest change in scale", most, 0.9, "0.1 is usual")?;
        self.changes.scale = (checked_chance("chance of a change in scale", chance)?, most);
        Ok(self)
    }

    /// Sets a rectangle of each image to 0 with this probability (random erasing, Zhong et al.
    /// 2020). Its sides are each up to `most` of those of the image.
    ///
    /// # Errors
    ///
    /// If one of them is not from 0 to 1.
    pub fn erase(mut self, chance: f64, most: f64) -> Result<Self> {
        let most = checked("sides of the erased rectangle", most, 1.0, "0.4 is usual")?;
        self.changes.erasing = (checked_chance("chance of erasing", chance)?, most);
        Ok(self)
    }
}

fn checked_chance(what: &str, chance: f64) -> Result<f64> {
    checked(what, chance, 1.0, "0.5 changes every second image")
}

fn checked(what: &str, value: f64, most: f64, advice: &str) -> Result<f64> {
    match (0.0..=most).contains(&value) {
        true => Ok(value),
        false => {
            let expected = format!("a number from 0 to {most}");
            Err(Error::value(what, value.to_string(), expected, advice))
        }
    }
}

impl Changes {
    /// The changes to these rows.
    fn draw(&self, random: &Random, rows: &[usize], [height, width]: [usize; 2]) -> Vec<Variant> {
        let number = |row: usize, at: u64| random.uniform::<f64>(row as u64 * NUMBERS + at);
        let happens = |row, at, chance| number(row, at) < chance;
        let between = |row, at, most: f64| (2.0 * number(row, at) - 1.0) * most;
        let whole = |row: usize, at, count: usize| {
            random.below(row as u64 * NUMBERS + at, count as u64) as usize
        };

        let angle = |row| match happens(row, 4, self.rotation.0) {
            true => between(row, 5, self.rotation.1).to_radians(),
            false => 0.0,
        };
        // As tensors, whose sine has the same bits on every machine.
        let angles = Tensor::from_fn([rows.len()], |at| angle(rows[at[0]]));
        let (sines, cosines) = (angles.sin().to_vec(), angles.cos().to_vec());
        let draw = |(i, &row): (usize, &usize)| {
            let shift = happens(row, 1, self.shift.0);
            let pixels = |at| match shift {
                true => whole(row, at, 2 * self.shift.1 + 1) as isize - self.shift.1 as isize,
                false => 0,
            };
            let factor = match happens(row, 6, self.scale.0) {
                true => 1.0 + between(row, 7, self.scale.1),
                false => 1.0,
            };
            let (sine, cosine) = (sines[i], cosines[i]);
            let side = |at, side: usize| {
                let most = (side as f64 * self.erasing.1) as usize;
                whole(row, at, most + 1)
            };
            let erased = happens(row, 8, self.erasing.0).then(|| {
                let [tall, wide] = [side(9, height), side(10, width)];
                [whole(row, 11, height - tall + 1), whole(row, 12, width - wide + 1), tall, wide]
            });
            Variant {
                flip: happens(row, 0, self.flip),
                shift: [pixels(2), pixels(3)],
                turn: (sine != 0.0 || factor != 1.0).then_some([sine / factor, cosine / factor]),
                erased,
            }
        };
        rows.iter().enumerate().map(draw).collect()
    }
}

/// Replaces an image by its variant. `before` is a buffer for one image.
#[inline(always)] // into the loop that is compiled for each instruction set
fn change<T: Float>(
    image: &mut [T],
    [height, width]: [usize; 2],
    variant: &Variant,
    before: &mut [T],
) {
    let channels = image.len() / (height * width);
    let is_moved = variant.flip || variant.turn.is_some() || variant.shift != [0, 0];
    if is_moved {
        before.copy_from_slice(image);
        let pixel = |row: isize, column: isize| {
            let inside =
                (0..height as isize).contains(&row) && (0..width as isize).contains(&column);
            inside.then(|| (row as usize * width + column as usize) * channels)
        };
        let [middle_row, middle_column] = [height, width].map(|side| (side - 1) as f64 / 2.0);
        for (at, into) in image.chunks_exact_mut(channels).enumerate() {
            let row = (at / width) as isize - variant.shift[0];
            let column = (at % width) as isize - variant.shift[1];
            let column = if variant.flip { width as isize - 1 - column } else { column };
            let Some([sine, cosine]) = variant.turn else {
                match pixel(row, column) {
                    Some(from) => into.copy_from_slice(&before[from..from + channels]),
                    None => into.fill(T::zero()),
                }
                continue;
            };
            let (v, u) = (row as f64 - middle_row, column as f64 - middle_column);
            let from_row = (-sine).mul_add(u, cosine * v) + middle_row;
            let from_column = sine.mul_add(v, cosine * u) + middle_column;
            let (top, left) = (from_row.floor(), from_column.floor());
            let (down, right) = (T::of(from_row - top), T::of(from_column - left));
            let corner = |below: isize, beside: isize, channel: usize| {
                let from = pixel(top as isize + below, left as isize + beside);
                from.map_or(T::zero(), |from| before[from + channel])
            };
            for (channel, into) in into.iter_mut().enumerate() {
                let between = |below: isize| {
                    let (a, b) = (corner(below, 0, channel), corner(below, 1, channel));
                    right.mul_add(b - a, a)
                };
                let (a, b) = (between(0), between(1));
                *into = down.mul_add(b - a, a);
            }
        }
    }
    if let Some([top, left, tall, wide]) = variant.erased {
        for row in image.chunks_exact_mut(width * channels).skip(top).take(tall) {
            row[left * channels..(left + wide) * channels].fill(T::zero());
        }
    }
}

impl<T: Float, const N: usize, Y: Send + Sync> Source<[T; N], Y>
    for AugmentedImages<'_, [T; N], Y>
{
    fn len(&self) -> usize {
        self.source.len()
    }

    fn fill(
        &self,
        rows: &[usize],
        inputs: &mut Vec<[T; N]>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.source.fill(rows, inputs, targets, threads);
    }

    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        inputs: &mut Vec<[T; N]>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.source.fill_for_step(visit, rows, inputs, targets, threads);
        let random = Random::new(visit.seed, STREAM.wrapping_add(visit.epoch));
        let size = [self.height, self.width];
        let variants = self.changes.draw(&random, rows, size);
        let threads = threads.worth(rows.len() * N >= 2 * WORTH_A_THREAD);
        let part = rows.len().div_ceil(threads.count()).max(1);
        threads.for_each(
            inputs.chunks_mut(part).zip(variants.chunks(part)),
            |(inputs, variants)| {
                let mut before = vec![T::zero(); N];
                vectorize(|| {
                    for (image, variant) in inputs.iter_mut().zip(variants) {
                        change(image, size, variant, &mut before);
                    }
                });
            },
        );
    }

    fn class_names(&self) -> Option<&Labels> {
        self.source.class_names()
    }

    fn weight(&self, row: usize) -> Option<f64> {
        self.source.weight(row)
    }

    fn augmentation(&self) -> Option<String> {
        let of_source =
            self.source.augmentation().map_or(String::new(), |text| format!("{text}, "));
        Some(format!("{of_source}{} × {} pixels: {}", self.height, self.width, self.changes))
    }
}

/// Prints each change with its probability.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "flip {}, shift {} by {}", self.flip, self.shift.0, self.shift.1)?;
        let more = [("rotation", self.rotation), ("scale", self.scale), ("erasing", self.erasing)];
        more.iter().try_for_each(|(name, (chance, most))| write!(f, ", {name} {chance} by {most}"))
    }
}

/// Prints the settings, not the images.
impl<X, Y> fmt::Debug for AugmentedImages<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AugmentedImages")
            .field("rows", &self.source.len())
            .field("height", &self.height)
            .field("width", &self.width)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}
