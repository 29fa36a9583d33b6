//! Fitting tensors are loaded; an invalid file changes nothing.

use std::fs;

use super::super::load_fitting;
use super::*;

#[test]
fn what_has_the_name_and_the_shape_is_taken_and_the_rest_stays() {
    let directory = Directory::new();
    let weight = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    save(&directory.file(), "Net", ARCHITECTURE, &tensors(&weight, &[7.0, 8.0, 9.0])).unwrap();
    let mine = [
        NamedTensor::new("hidden.weight", &[3, 2], 0),
        NamedTensor::new("hidden.bias", &[3], 16).kind(TensorKind::Bias),
        NamedTensor::new("output.weight", &[1], 32),
    ];
    let mut flat = [-1.0_f64; 33]; // wider than the file's numbers
    let (fitted, _) = load_fitting(&directory.file(), &mine, &mut flat).unwrap();
    assert_eq!(fitted.loaded, ["hidden.bias"]);
    assert_eq!(fitted.kept, ["hidden.weight", "output.weight"]);
    assert_eq!(fitted.unused, ["hidden.weight"]);
    assert_eq!(flat[16..19], [7.0, 8.0, 9.0]);
    assert!(flat[..16].iter().chain(&flat[19..]).all(|&x| x == -1.0));
    let says = fitted.to_string();
    assert!(says.contains("as they were: hidden.weight, output.weight"), "{says}");
}

#[test]
fn a_file_of_which_nothing_fits_or_that_is_damaged_changes_nothing() {
    let directory = Directory::new();
    let refused = |mine: &[NamedTensor], says: &[&str]| {
        let mut flat = [-1.0_f32; 32];
        let error = load_fitting(&directory.file(), mine, &mut flat).unwrap_err().to_string();
        says.iter().for_each(|part| assert!(error.contains(part), "{error}"));
        assert_eq!(flat, [-1.0; 32]);
    };
    let (weight, bias) = ([1.0_f32; 6], [2.0; 3]);
    save(&directory.file(), "Net", ARCHITECTURE, &tensors(&weight, &bias)).unwrap();
    refused(&[NamedTensor::new("other.bias", &[3], 0)], &["`hidden.bias`", "`other.bias`"]);
    refused(&[NamedTensor::new("hidden.bias", &[4], 0)], &["in its shape"]);

    // The last number becomes NaN, after all tensors that would have been copied before it.
    let mut bytes = fs::read(directory.file()).unwrap();
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(directory.file(), &bytes).unwrap();
    refused(&expected(), &["NaN"]);
    fs::write(directory.file(), &bytes[..end - 1]).unwrap();
    refused(&expected(), &["weights.safetensors"]);

    // A file of another program: the layout is unknown.
    let header = r#"{"hidden.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend([0; 12]);
    fs::write(directory.file(), bytes).unwrap();
    refused(&expected(), &["no format", "load_as"]);
}
