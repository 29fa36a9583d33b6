//! Augmented images: only in training, the position of each pixel, the same for any number of
//! threads, and invalid settings.

use nn::data::{AugmentedImages, Dataset, Minibatch, Source, Visit};
use nn::prelude::*;
use nn::{Show, Threads};

const HEIGHT: usize = 4;
const WIDTH: usize = 5;
type Image = [f32; HEIGHT * WIDTH];

/// Images with distinct nonzero pixels.
fn data(rows: usize) -> Dataset<Image, [f32; 1]> {
    let image = |row: usize| std::array::from_fn(|at| (row * 20 + at + 1) as f32);
    (0..rows).map(|row| (image(row), [row as f32])).collect()
}

fn images(data: &Dataset<Image, [f32; 1]>) -> AugmentedImages<'_, Image, [f32; 1]> {
    AugmentedImages::new(data, [HEIGHT, WIDTH]).unwrap()
}

fn batch<X: Copy>(
    source: &dyn Source<X, [f32; 1]>,
    epoch: u64,
    rows: &[usize],
    threads: usize,
) -> Vec<X> {
    let mut batch = Minibatch::new();
    let threads = Threads::new(threads).for_any_work();
    batch.gather_for_step(Visit { seed: 5, epoch }, &threads, source, rows);
    assert_eq!(batch.targets(), rows.iter().map(|&row| [row as f32]).collect::<Vec<_>>());
    batch.inputs().to_vec()
}

#[test]
fn a_flip_mirrors_every_row_of_pixels() {
    let data = data(1000);
    let rows: Vec<usize> = (0..1000).collect();
    let mirrored = |image: &Image| {
        let mut mirrored = *image;
        mirrored.chunks_exact_mut(WIDTH).for_each(<[f32]>::reverse);
        mirrored
    };
    let all = batch(&images(&data).flip(1.0).unwrap(), 1, &rows, 1);
    assert!(data.inputs().iter().zip(&all).all(|(image, all)| mirrored(image) == *all));
    let some = batch(&images(&data).flip(0.3).unwrap(), 1, &rows, 1);
    let flipped = data.inputs().iter().zip(&some).filter(|(image, some)| image != some).count();
    assert!((240..360).contains(&flipped), "{flipped} of 1000");
}

#[test]
fn a_shift_moves_all_pixels_alike_and_fills_with_0() {
    let data = data(2000);
    let rows: Vec<usize> = (0..2000).collect();
    let shifted = batch(&images(&data).shift(1.0, 1).unwrap(), 3, &rows, 1);
    let mut seen = [0; 9];
    for (image, shifted) in data.inputs().iter().zip(&shifted) {
        let by = |down: isize, right: isize| -> Image {
            std::array::from_fn(|at| {
                let (row, column) = ((at / WIDTH) as isize - down, (at % WIDTH) as isize - right);
                let inside =
                    (0..HEIGHT as isize).contains(&row) && (0..WIDTH as isize).contains(&column);
                if inside { image[row as usize * WIDTH + column as usize] } else { 0.0 }
            })
        };
        let which = (0..9).find(|&k| by(k / 3 - 1, k % 3 - 1) == *shifted);
        seen[which.expect("one of nine shifts") as usize] += 1;
    }
    assert!(seen.iter().all(|&count| (150..300).contains(&count)), "{seen:?}");
}

#[test]
fn half_a_turn_turns_the_image_round() {
    // The only angle from −0 to 0 degrees changes nothing; nor do factors from 1 to 1.
    let data = data(50);
    let rows: Vec<usize> = (0..50).collect();
    let same = images(&data).rotate(1.0, 0.0).unwrap().scale(1.0, 0.0).unwrap();
    assert_eq!(batch(&same, 1, &rows, 1), data.inputs());
    // If an image increases by 1 per pixel to the right, an enlarged one increases by less and has
    // the same center.
    let slope: Dataset<[f64; 25], [f32; 1]> =
        [(std::array::from_fn(|at| (at % 5) as f64), [0.0])].into_iter().collect();
    let scaled = AugmentedImages::new(&slope, [5, 5]).unwrap().scale(1.0, 0.2).unwrap();
    let image = batch(&scaled, 2, &[0], 1)[0];
    let step = image[13] - image[12];
    assert!((image[12] - 2.0).abs() < 1e-12, "{image:?}");
    assert!((0.8..1.25).contains(&step) && (step - 1.0).abs() > 1e-6, "{step}");
    assert!((image[12] - image[11] - step).abs() < 1e-12, "{image:?}");
    // A rotated one has the same sum along the middle row, and a downward slope by the sine of the
    // angle.
    let turned = AugmentedImages::new(&slope, [5, 5]).unwrap().rotate(1.0, 20.0).unwrap();
    let image = batch(&turned, 2, &[0], 1)[0];
    let (right, down) = (image[13] - image[12], image[17] - image[12]);
    assert!((right * right + down * down - 1.0).abs() < 1e-12, "{right} {down}");
    assert!(down.abs() > 1e-6 && down.abs() <= 20_f64.to_radians().sin(), "{down}");
}

#[test]
fn what_is_erased_is_a_rectangle() {
    let data = data(500);
    let rows: Vec<usize> = (0..500).collect();
    let erased = batch(&images(&data).erase(1.0, 0.5).unwrap(), 1, &rows, 1);
    let mut areas = 0;
    for (image, erased) in data.inputs().iter().zip(&erased) {
        let gone: Vec<usize> = (0..20).filter(|&at| erased[at] == 0.0).collect();
        assert!((0..20).all(|at| erased[at] == image[at] || erased[at] == 0.0));
        let rows: std::collections::BTreeSet<_> = gone.iter().map(|at| at / WIDTH).collect();
        let columns: std::collections::BTreeSet<_> = gone.iter().map(|at| at % WIDTH).collect();
        assert_eq!(rows.len() * columns.len(), gone.len());
        assert!(rows.len() <= 2 && columns.len() <= 2);
        areas += gone.len();
    }
    assert!(areas > 250, "{areas}");
}

#[test]
fn changes_belong_to_seed_epoch_and_row() {
    let data = data(300);
    let all = images(&data).flip(0.5).unwrap().shift(0.5, 2).unwrap();
    let all = all.rotate(0.5, 30.0).unwrap().scale(0.5, 0.3).unwrap().erase(0.5, 0.5).unwrap();
    let rows: Vec<usize> = (0..300).collect();
    let first = batch(&all, 1, &rows, 1);
    assert_eq!(batch(&all, 1, &rows, 3), first);
    assert_ne!(batch(&all, 2, &rows, 1), first);
    assert_eq!(batch(&all, 1, &[7, 3], 1), [first[7], first[3]]);
    let mut clean = Minibatch::new();
    clean.gather(&all, &[5]);
    assert_eq!(clean.inputs(), [data.inputs()[5]]);
    let text = "4 × 5 pixels: flip 0.5, shift 0.5 by 2, rotation 0.5 by 30, scale 0.5 by 0.3, \
                erasing 0.5 by 0.5";
    assert_eq!(all.augmentation().unwrap(), text);
}

#[test]
fn channels_of_a_pixel_stay_together() {
    let colours: Dataset<[f32; 12], [f32; 1]> =
        [(std::array::from_fn(|at| at as f32 + 1.0), [0.0])].into_iter().collect();
    let flipped = AugmentedImages::new(&colours, [2, 2]).unwrap().flip(1.0).unwrap();
    let expected = [4.0, 5.0, 6.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 7.0, 8.0, 9.0];
    assert_eq!(batch(&flipped, 1, &[0], 1), [expected]);
}

network! { struct Small(dense(20 -> 4, tanh), dense(1)); }

#[test]
fn a_training_is_the_same_for_any_number_of_threads() {
    let data = data(100);
    let train = |threads| {
        let source = images(&data).flip(0.5).unwrap().rotate(0.5, 10.0).unwrap();
        let mut small = Small::<f32>::init(1);
        let threads = Threads::new(threads).for_any_work();
        fit(&mut small, &source).epochs(2).threads(&threads).show(Show::Nothing).run().unwrap();
        small.parameters().clone()
    };
    assert_eq!(train(1), train(3));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let data = data(1);
    let refused = |result: nn::Result<AugmentedImages<'_, Image, [f32; 1]>>, starts: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(starts), "{error}");
    };
    refused(AugmentedImages::new(&data, [4, 6]), "numbers of an image: found 20");
    refused(AugmentedImages::new(&data, [0, 6]), "numbers of an image: found 20");
    refused(images(&data).flip(1.5), "chance of a flip: found 1.5");
    refused(images(&data).shift(0.5, 4), "pixels of a shift: found 4");
    refused(images(&data).shift(f64::NAN, 1), "chance of a shift: found NaN");
    refused(images(&data).rotate(0.5, 181.0), "degrees of a rotation: found 181");
    refused(images(&data).scale(0.5, 1.0), "largest change in scale: found 1");
    refused(images(&data).erase(-0.1, 0.5), "chance of erasing: found -0.1");
}
