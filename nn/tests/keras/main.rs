//! Weights of Keras models, read here: see `make.py`.

use std::fs;
use std::path::{Path, PathBuf};

use nn::Row as _;
use nn::data::npy;
use nn::keras::Keras;
use nn::prelude::*;
use nn::tensor::Tensor;

network! {
    struct Plain(dense(4 -> 6, relu), dropout(0.2), dense(6, tanh), dense(3, softmax));
    struct Norms(
        dense(3 -> 5, gelu, bias = false), batch_norm(momentum = 0.01, epsilon = 1e-3),
        dense(4, silu), layer_norm(epsilon = 1e-3), dense(2)
    );
    /// As `Plain`, with the widths of another model.
    struct Other(dense(6 -> 4, relu), dense(6, tanh), dense(3, softmax));
    struct Encoded(standardize, dense(4 -> 6, relu), dense(6, tanh), dense(3, softmax));
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras").join(name)
}

/// The answers of a model in the file are those of Keras.
fn answers<N: Network<Float = f32> + Keras>(name: &str) {
    let text = fs::read_to_string(file("answers.txt")).unwrap();
    let mut lines = text.lines().skip_while(|line| *line != name).skip(1);
    let mut numbers = || -> Vec<f32> {
        lines.next().unwrap().split(' ').map(|number| number.parse().unwrap()).collect()
    };
    let (x, y) = (numbers(), numbers());
    let network =
        N::load_keras(file(&format!("{name}.npz"))).unwrap_or_else(|error| panic!("{error}"));
    let mut rows = N::Input::zeroed_rows(x.len() / N::INPUTS);
    nn::Row::flatten_mut(&mut rows).copy_from_slice(&x);
    let found = network.predict_batch(&rows);
    let found = nn::Row::flatten(&found);
    assert_eq!(found.len(), y.len());
    for (found, expected) in found.iter().zip(&y) {
        assert!(
            (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
            "{name}: {found}, not {expected}"
        );
    }
}

#[test]
fn a_network_answers_as_in_keras() {
    answers::<Plain>("plain");
    answers::<Norms>("norms");
    assert!(Plain::<f64>::load_keras(file("plain.npz")).is_ok(), "f4 fits in f64");
}

/// What is written has the arrays of Keras's own file. `KERAS_FILES=/tmp/files` leaves them there,
/// for `written.py`.
#[test]
fn what_is_written_is_what_keras_has() {
    fn check<N: Network<Float = f32> + Keras>(folder: &Path, name: &str) {
        let (own, path) = (file(&format!("{name}.npz")), folder.join(format!("{name}.npz")));
        N::load_keras(&own).unwrap().save_keras(&path).unwrap();
        let (own, written) = (npy::read_npz(own).unwrap(), npy::read_npz(&path).unwrap());
        assert_eq!(own.len(), written.len());
        for ((name, array), (written_name, written)) in own.iter().zip(&written) {
            assert_eq!(
                (name, array.shape(), array.kind()),
                (written_name, written.shape(), written.kind())
            );
            assert_eq!(array.tensor::<f32>().unwrap(), written.tensor::<f32>().unwrap(), "{name}");
        }
    }
    let kept = std::env::var_os("KERAS_FILES").map(PathBuf::from);
    let scratch = std::env::temp_dir().join(format!("nn-keras-{}-written", std::process::id()));
    let folder = kept.as_ref().unwrap_or(&scratch);
    fs::create_dir_all(folder).unwrap();
    check::<Plain<f32>>(folder, "plain");
    check::<Norms<f32>>(folder, "norms");
    let path = folder.join("wide.npz");
    Plain::<f64>::init(1).save_keras(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    Plain::<f64>::init(1).save_keras(&path).unwrap();
    assert!(bytes == fs::read(&path).unwrap(), "other bytes of the same network");
    assert_eq!(
        Plain::<f64>::load_keras(&path).unwrap().parameters(),
        Plain::<f64>::init(1).parameters()
    );
    let error = Encoded::<f32>::init(1).save_keras(&path).unwrap_err().to_string();
    assert!(
        error.starts_with("network Encoded, to be saved for Keras: found tensor `layer1.rows`"),
        "{error}"
    );
    if kept.is_none() {
        fs::remove_dir_all(&scratch).unwrap();
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let says = |error: nn::Error| error.to_string();
    let error = says(Norms::<f32>::load_keras(file("plain.npz")).unwrap_err());
    assert!(
        error.contains("arrays: found 6, expected 11, one for each tensor of Norms"),
        "{error}"
    );
    let error = says(Other::<f32>::load_keras(file("plain.npz")).unwrap_err());
    assert!(
        error.contains(
            "shape of array `arr_0`, for `layer1.weight`: found [4, 6], expected [6, 4]; this is \
             transposed"
        ),
        "{error}"
    );
    let error = says(Encoded::<f32>::load_keras(file("plain.npz")).unwrap_err());
    assert!(error.contains("tensor `layer1.rows` of an encoder"), "{error}");
    let error = says(Plain::<f32>::load_keras(file("none.npz")).unwrap_err());
    assert!(error.contains("none.npz"), "{error}");
    // A `.npy` is no archive.
    let path = std::env::temp_dir().join(format!("nn-keras-{}.npz", std::process::id()));
    npy::write(&path, &Tensor::<f32>::ones([2, 2])).unwrap();
    let error = says(Plain::<f32>::load_keras(&path).unwrap_err());
    fs::remove_file(&path).unwrap();
    assert!(error.contains("zip archive"), "{error}");
}
