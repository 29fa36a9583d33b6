//! The names of classes: from data to the network, to its file, and to its predictions.

use std::fs;
use std::path::PathBuf;

use nn::data::{Augmented, Class, Column, Dataset, Labels, Source, Table, View};
use nn::prelude::*;
use nn::solve::lbfgs;
use nn::{Dynamic, Show};

network! {
    struct Animals { hidden: dense(2 -> 5, tanh), answer: dense(3, softmax) }
    struct Number(dense(2 -> 3));
    struct Place {
        both: concat { image: dense(4 -> 3, tanh), position: input(2) },
        answer: dense(3, softmax),
    }
    struct Two { answer: heads { a: dense(2 -> 3, softmax), b: dense(2 -> 1) } }
}

const WORDS: [&str; 6] = ["fox", "cat", "a \"dog\"\n", "cat", "fox", "a \"dog\"\n"];

fn rows<T: Float>() -> Vec<[T; 2]> {
    [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0], [0.1, 0.9], [0.9, 0.1], [-0.8, -0.9]]
        .map(|row| row.map(T::of))
        .to_vec()
}

fn data<T: Float>() -> Dataset<[T; 2], Class<3>> {
    Dataset::from_words(rows(), &WORDS).unwrap()
}

/// A separate file, removed at the end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        File(std::env::temp_dir().join(format!("nn-{}-{name}.safetensors", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn learns<T: Float>() -> Animals<T> {
    let (data, mut animals) = (data::<T>(), Animals::<T>::init(3));
    assert_eq!(animals.predict_class(&data.inputs()[0]).unwrap().name(), None);
    fit(&mut animals, &data).learning_rate(0.05).epochs(150).show(Show::Nothing).run().unwrap();
    assert_eq!(animals.class_names().unwrap().names(), ["a \"dog\"\n", "cat", "fox"]);
    for ((x, class), word) in data.iter().zip(WORDS) {
        let label = animals.predict_class(x).unwrap();
        assert_eq!((label.class(), label.name()), (*class, Some(word)));
        assert_eq!(label.to_string(), word);
    }
    animals
}

#[test]
fn fit_gives_the_names_of_the_data_to_the_network() {
    learns::<f32>();
    learns::<f64>();
}

#[test]
fn the_label_borrows_from_the_network_alone() {
    let animals = learns::<f32>();
    let label = {
        let row = rows()[1];
        animals.predict_class(&row).unwrap()
    };
    assert_eq!(label, "cat");
}

/// Several inputs are as many arguments, as in `predict`.
#[test]
fn several_inputs_have_a_class_with_its_name() {
    let mut place = Place::<f64>::init(1);
    place.name_classes(&Labels::new(["sea", "shore", "inland"]).unwrap()).unwrap();
    for seed in 0..9 {
        let input = PlaceInput {
            image: [0.3 * f64::from(seed) - 1.0, 0.2, -0.5, 0.1 * f64::from(seed)],
            position: [1.0 - 0.25 * f64::from(seed), 0.4],
        };
        let label = place.predict_class(&input.image, &input.position).unwrap();
        assert_eq!(label, Network::predict_class(&place, &input.into()).unwrap());
        let outputs = place.predict(&input.image, &input.position);
        assert!(outputs.iter().all(|&output| output <= outputs[label.class().index()]));
        assert_eq!(label.name(), Some(["sea", "shore", "inland"][label.class().index()]));
    }
}

#[test]
fn files_keep_them_for_both_kinds_of_networks() {
    let (animals, file) = (learns::<f32>(), File::new("class-names"));
    animals.save(&file.0).unwrap();
    let loaded = Animals::load(&file.0).unwrap();
    assert_eq!(loaded.parameters(), animals.parameters());
    assert_eq!(loaded.predict_class(&rows()[4]).unwrap(), "fox");

    let text = "struct Animals { hidden: dense(2 -> 5, tanh), answer: dense(3, softmax) }";
    let dynamic: Dynamic = Dynamic::parse(text).unwrap();
    assert_eq!(dynamic.predict_class(&rows()[4]).unwrap().name(), None);
    let dynamic = dynamic.load(&file.0).unwrap();
    for x in rows::<f32>() {
        let (declared, dynamic) = (animals.predict_class(&x), dynamic.predict_class(&x));
        assert_eq!(declared.unwrap().name(), dynamic.unwrap().name());
    }
    let before = fs::read(&file.0).unwrap();
    dynamic.save(&file.0).unwrap();
    let names = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.split_once("\"classes\":").unwrap().1.split_once("\",\"").unwrap().0.to_owned()
    };
    assert_eq!(names(&fs::read(&file.0).unwrap()), names(&before));
    assert_eq!(Animals::load(&file.0).unwrap().class_names(), animals.class_names());
}

#[test]
fn a_static_has_them() {
    network! { struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }
    static DIGITS: nn::Weights<Digits> =
        nn::include_weights!("../../examples/embedded/digits.safetensors");
    let data = nn::data::fashion_mnist::sample().unwrap().test;
    let digits = DIGITS.to_network();
    assert_eq!(digits.class_names(), data.class_names());
    assert_eq!(DIGITS.class_names().get(8), Some("Bag"));
    let (image, class) = data.get(0).unwrap();
    let label = digits.predict_class(image).unwrap();
    assert_eq!(label.name(), DIGITS.class_names().get(class.index()));
}

#[test]
fn a_damaged_list_of_names_is_refused() {
    let (animals, file) = (learns::<f32>(), File::new("damaged-names"));
    animals.save(&file.0).unwrap();
    let bytes = fs::read(&file.0).unwrap();
    let at = bytes.windows(5).position(|window| window == b"\"cat\\").unwrap();
    for (from, to) in [(1, b"fox"), (1, b"\\\"c"), (0, b" ca")] {
        let mut damaged = bytes.clone();
        damaged[at + from..][..3].copy_from_slice(to);
        fs::write(&file.0, &damaged).unwrap();
        let error = Animals::<f32>::load(&file.0).unwrap_err().to_string();
        assert!(
            error.contains("names of the classes: found")
                && error.contains("expected 3 different names, each in quotes")
                || error.contains("header"),
            "{error}"
        );
    }
}

#[test]
fn the_best_network_of_a_training_has_them() {
    let directory = std::env::temp_dir().join(format!("nn-names-{}", std::process::id()));
    let (data, mut animals) = (data::<f32>(), Animals::init(3));
    fit(&mut animals, &data)
        .validation(&data)
        .early_stopping(3)
        .epochs(4)
        .checkpoint(&directory)
        .show(Show::Nothing)
        .run()
        .unwrap();
    let best = Animals::<f32>::load(directory.join("best.safetensors")).unwrap();
    assert_eq!(best.class_names(), data.class_names());

    // And continues only with data of the same names.
    let other = data.clone().with_class_names(&Labels::new(["x", "y", "z"]).unwrap()).unwrap();
    let mut animals = Animals::init(3);
    let error = fit(&mut animals, &other)
        .validation(&other)
        .early_stopping(3)
        .epochs(8)
        .checkpoint(&directory)
        .show(Show::Nothing)
        .run()
        .unwrap_err()
        .to_string();
    fs::remove_dir_all(&directory).unwrap();
    assert!(error.contains("names of the classes") && error.contains("\"x\""), "{error}");
}

#[test]
fn data_with_other_names_are_refused_wherever_they_come() {
    let mut animals = learns::<f32>();
    let other = Labels::new(["cat", "a \"dog\"\n", "fox"]).unwrap();
    let other = Dataset::from_words_of(&other, rows(), &WORDS).unwrap();
    let start = "names of the classes of the data: found `cat`, `a \"dog\"\\n`, `fox`, expected";
    let says = |error: nn::Error, start: &str| {
        let text = error.to_string();
        assert!(text.starts_with(start) && text.contains("as Animals has them"), "{text}");
    };
    says(animals.evaluate(&other).unwrap_err(), start);
    says(animals.evaluation(&other).measure(nn::metric::Accuracy::default()).unwrap_err(), start);
    says(fit(&mut animals, &other).show(Show::Nothing).run().unwrap_err(), start);
    says(
        fit(&mut animals, &data()).validation(&other).show(Show::Nothing).run().unwrap_err(),
        "names of the classes of the validation data: found",
    );
    // Data without names use their indices, and other names can be requested.
    let unnamed = Dataset::new(rows(), data::<f32>().targets().to_vec()).unwrap();
    assert_eq!(animals.evaluate(&unnamed).unwrap().accuracy, Some(1.0));
    animals.name_classes(other.class_names().unwrap()).unwrap();
    animals.evaluate(&other).unwrap();
}

#[test]
fn only_as_many_names_as_classes_and_only_for_classes() {
    let names = Labels::new(["a", "b", "c"]).unwrap();
    Animals::<f32>::init(1).name_classes(&names).unwrap();
    for (error, expected) in [
        (
            Animals::<f32>::init(1).name_classes(&Labels::new(["a"]).unwrap()),
            "names of the classes of Animals: found 1: `a`, expected 3, one for each",
        ),
        (
            Number::<f32>::init(1).name_classes(&names),
            "names of the classes of Number: found 3: `a`, `b`, `c`, expected none, since it ends \
             in linear",
        ),
        (
            Two::<f32>::init(1).name_classes(&names),
            "names of the classes of Two: found 3: `a`, `b`, `c`, expected none, since it ends in \
             softmax, linear",
        ),
    ] {
        let text = error.unwrap_err().to_string();
        assert!(text.starts_with(expected), "{text}");
    }
    let dynamic: Dynamic = Dynamic::parse("dense(2 -> 3)").unwrap();
    let error = dynamic.predict_class(&[0.0, 0.0]).unwrap_err().to_string();
    assert!(error.contains("found linear, expected softmax, which predicts classes"), "{error}");
    let too_few = Dataset::<_, Class<4>>::from_words(rows::<f32>(), &WORDS).unwrap_err();
    assert!(too_few.to_string().contains("expected 4, as the type of the data says"), "{too_few}");
}

#[test]
fn whatever_is_made_of_data_has_its_names() {
    let data = data::<f32>();
    let names = data.class_names().cloned();
    let (first, second) = data.clone().split(0.5, 1).unwrap();
    assert_eq!((first.class_names(), second.class_names()), (names.as_ref(), names.as_ref()));
    assert_eq!(data.clone().take(1).map_inputs(|_| 0).class_names(), names.as_ref());
    assert_eq!(data.clone().map_targets(|class| class).class_names(), None);
    let view = View::new(&data, vec![1]).unwrap();
    let augmented = Augmented::new(&view);
    assert_eq!(Source::class_names(&augmented), names.as_ref());
    let bytes = Dataset::new(vec![[1_u8]], vec![Class::<3>::new(1).unwrap()]).unwrap();
    let bytes = bytes.with_class_names(names.as_ref().unwrap()).unwrap().pixels();
    assert_eq!(Source::<[f32; 1], _>::class_names(&bytes), names.as_ref());
    assert_eq!(Source::<f32, f32>::class_names(&data.flat()), names.as_ref());

    let table = Table::new([
        Column::numbers("x", [1.0, 2.0, 3.0]),
        Column::categories("animal", ["fox", "cat", "dog"]),
    ]);
    let table = table.unwrap();
    let named: Dataset<[f32; 1], Class<3>> = table.target("animal").dataset().unwrap();
    assert_eq!(named.class_names(), table.labels("animal").ok().as_ref());
    let numbers = table.select(["x"]).unwrap().with(Column::numbers("y", [1.0, 2.0, 3.0]));
    let numbers: Dataset<[f32; 1], [f32; 1]> = numbers.unwrap().target("y").dataset().unwrap();
    assert_eq!(numbers.class_names(), None);
}

#[test]
fn other_ways_to_train_give_them_too() {
    let data = data::<f64>();
    let mut animals = Animals::<f64>::init(3);
    lbfgs(&mut animals, &data).run().unwrap();
    assert_eq!(animals.class_names(), data.class_names());
    let mut dynamic: Dynamic<f64> = Dynamic::parse("dense(2 -> 3, softmax)").unwrap();
    fit(&mut dynamic, &data.flat()).epochs(1).show(Show::Nothing).run().unwrap();
    assert_eq!(dynamic.class_names(), data.class_names());
    let nan = animals.predict_class(&[f64::NAN, 0.0]).unwrap_err().to_string();
    assert!(nan.starts_with("output of class 0: found NaN"), "{nan}");
}
