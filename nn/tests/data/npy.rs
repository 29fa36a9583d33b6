//! Reading and writing arrays in the format of NumPy (`npy/make.py`).

use std::path::{Path, PathBuf};

use nn::data::npy;
use nn::tensor::Tensor;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npy").join(name)
}

/// 0, ½, 1, … of shape [2, 3, 4].
fn halves() -> Tensor<f64> {
    Tensor::from_vec((0..24).map(|i| f64::from(i) / 2.0).collect(), [2, 3, 4]).unwrap()
}

#[track_caller]
fn says<T: std::fmt::Debug>(result: nn::Result<T>, name: &str, text: &str) {
    let expected = format!("{}: {text}", fixture(name).display());
    assert_eq!(result.expect_err("this must be an error").to_string(), expected);
}

#[test]
fn every_order_of_bytes_and_axes_is_the_same_array() {
    for name in ["f4.npy", "f8-fortran.npy", "f4-big.npy"] {
        let array = npy::read(fixture(name)).unwrap();
        assert_eq!(array.shape(), [2, 3, 4]);
        assert_eq!(array.tensor::<f64>().unwrap(), halves(), "{name}");
        assert_eq!(array.rows::<f32, 12>().unwrap()[1][1], 6.5, "{name}");
    }
    let scalar = npy::read(fixture("scalar.npy")).unwrap();
    assert_eq!((scalar.shape().len(), scalar.tensor::<f32>().unwrap().to_vec()), (0, vec![1.5]));
    assert!(npy::read(fixture("empty.npy")).unwrap().rows::<f32, 5>().unwrap().is_empty());
}

#[test]
fn labels_and_images_are_what_the_network_takes() {
    let classes = npy::read(fixture("i8.npy")).unwrap().classes::<3>().unwrap();
    assert_eq!(classes.iter().map(|class| class.index()).collect::<Vec<_>>(), [2, 0, 1, 2]);
    let flags = npy::read(fixture("bool.npy")).unwrap().classes::<2>().unwrap();
    assert_eq!(flags.iter().map(|class| class.index()).collect::<Vec<_>>(), [1, 0, 1]);
    let images = npy::read(fixture("u1.npy")).unwrap().byte_rows::<4>().unwrap();
    assert_eq!(images, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
}

#[test]
fn an_array_that_does_not_fit_says_so() {
    let labels = npy::read(fixture("i8.npy")).unwrap();
    let error = labels.classes::<2>().unwrap_err().to_string();
    assert!(error.contains("labels of rows 0, 3 (counted from 0): found 2, 2"), "{error}");
    says(
        npy::read(fixture("u1.npy")).unwrap().rows::<f32, 3>(),
        "u1.npy",
        "shape: found [3, 2, 2], expected [rows, …] with 3 elements per row; declare as many \
         numbers per row as the array has, or reshape it",
    );
    says(
        npy::read(fixture("f4.npy")).unwrap().classes::<2>(),
        "f4.npy",
        "element type: found `f4`, expected integers; save classes as numbers from 0: \
         `labels.astype(\"int64\")`",
    );
    says(
        npy::read(fixture("records.npy")),
        "records.npy",
        "element type: found `[('a', '<f4'), \
         ('b', '<i8')]`, expected `f4`, `f8`, `b1`, or `i` and `u` with 1, 2, 4 or 8 bytes; save \
         numbers, for example `numpy.save(path, array.astype(\"float32\"))`",
    );
    assert!(npy::read(fixture("words.npy")).is_err());
    assert!(npy::read(fixture("several.npz")).is_err());
    assert!(npy::read_npz(fixture("f4.npy")).is_err());
    assert!(npy::read_npz(fixture("none.npz")).is_err());
}

#[test]
fn an_archive_has_its_arrays_by_name() {
    let arrays = npy::read_npz(fixture("several.npz")).unwrap();
    let names: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["weight", "bias"]);
    assert_eq!(arrays[0].1.tensor::<f64>().unwrap(), halves());
    assert_eq!(arrays[1].1.tensor::<f32>().unwrap().to_vec(), [1.0, 2.0, 3.0]);
    let arrays = npy::read_npz(fixture("compressed.npz")).unwrap();
    assert_eq!((arrays[0].1.shape(), arrays[1].1.kind()), (&[50, 4][..], "f8"));
}

#[test]
fn a_tensor_is_written_as_numpy_writes_it() {
    let path = std::env::temp_dir().join(format!("nn-npy-{}.npy", std::process::id()));
    let halves: Vec<f32> = halves().to_vec().into_iter().map(|x| x as f32).collect();
    let halves = Tensor::from_vec(halves, [2, 3, 4]).unwrap();
    npy::write(&path, &halves).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(fixture("f4.npy")).unwrap());
    npy::write(&path, &halves.permute(&[2, 0, 1]).unwrap()).unwrap();
    let again = npy::read(&path).unwrap().tensor::<f32>().unwrap();
    assert_eq!(again, halves.permute(&[2, 0, 1]).unwrap());
    npy::write(&path, &Tensor::from_vec(vec![1.5_f32], []).unwrap()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(fixture("scalar.npy")).unwrap());
    std::fs::remove_file(&path).unwrap();
}
