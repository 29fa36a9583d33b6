//! Files of other origin: other element types, and the other layout.

use super::super::{Layout, LoadOptions, load_bytes};
use super::{ARCHITECTURE, expected, with_header};
use crate::parameters::NamedTensor;

/// A file with these tensors: name, type, shape and bytes.
fn with_tensors(metadata: &str, tensors: &[(&str, &str, &[usize], Vec<u8>)]) -> Vec<u8> {
    let (mut items, mut data) = (Vec::new(), Vec::new());
    if !metadata.is_empty() {
        items.push(format!(r#""__metadata__":{{{metadata}}}"#));
    }
    for (name, dtype, shape, bytes) in tensors {
        let begin = data.len();
        data.extend(bytes);
        let end = data.len();
        items.push(format!(
            r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#
        ));
    }
    with_header(&format!("{{{}}}", items.join(",")), &data)
}

fn read<T: tensor::Float>(
    bytes: &[u8],
    expected: &[NamedTensor],
    options: LoadOptions,
) -> std::result::Result<Vec<Vec<T>>, String> {
    load_bytes(bytes, Some(bytes.len() as u64), ARCHITECTURE, expected, options)
        .map(|loaded| loaded.tensors)
        .map_err(|error| error.to_string())
}

#[test]
fn numbers_of_fewer_bits_are_widened_and_of_more_rounded_on_request() {
    let bias = |dtype: &'static str, bytes: Vec<u8>| {
        with_tensors(r#""format":"pt""#, &[("hidden.bias", dtype, &[3][..], bytes)])
    };
    let expected = &expected()[1..];
    let f16 = bias("F16", [0x3c00_u16, 0xc000, 0x0001].map(u16::to_le_bytes).concat());
    let bf16 = bias("BF16", [0x3f80_u16, 0xc000, 0x3e20].map(u16::to_le_bytes).concat());
    let f32 = bias("F32", [0.1_f32, -2.0, 1e-45].map(f32::to_le_bytes).concat());
    let f64 = bias("F64", [0.1_f64, -2.0, 1e-300].map(f64::to_le_bytes).concat());
    let huge = bias("F64", [0.1_f64, -2.0, 1e300].map(f64::to_le_bytes).concat());
    let (as_is, narrow) = (LoadOptions::new(), LoadOptions::new().narrow());
    let small = 2_f32.powi(-24);
    assert_eq!(read::<f32>(&f16, expected, as_is).unwrap(), [[1.0, -2.0, small]]);
    assert_eq!(read::<f64>(&f16, expected, as_is).unwrap(), [[1.0, -2.0, f64::from(small)]]);
    assert_eq!(read::<f32>(&bf16, expected, as_is).unwrap(), [[1.0, -2.0, 0.15625]]);
    assert_eq!(read::<f64>(&bf16, expected, as_is).unwrap(), [[1.0, -2.0, 0.15625]]);
    assert_eq!(read::<f32>(&f32, expected, as_is).unwrap(), [[0.1, -2.0, 1e-45]]);
    assert_eq!(
        read::<f64>(&f32, expected, as_is).unwrap(),
        [[f64::from(0.1_f32), -2.0, f64::from(1e-45_f32)]]
    );
    assert_eq!(read::<f64>(&f64, expected, as_is).unwrap(), [[0.1, -2.0, 1e-300]]);
    assert!(
        read::<f32>(&f64, expected, as_is).unwrap_err().contains("LoadOptions::new().narrow()")
    );
    assert_eq!(read::<f32>(&f64, expected, narrow).unwrap(), [[0.1, -2.0, 0.0]]);
    let error = read::<f32>(&huge, expected, narrow).unwrap_err();
    assert!(error.contains("element 2 of tensor `hidden.bias`: found 1000"), "{error}");
    assert!(
        error.ends_with("expected a number that f32 can hold; load it into a network of `f64`")
    );
}

#[test]
fn the_layout_is_said_by_the_metadata_or_by_the_call() {
    let square = [NamedTensor::new("a.weight", &[2, 2], 0)];
    let wide = [NamedTensor::new("a.weight", &[2, 3], 0)];
    let numbers =
        |count: u8| (1..=count).flat_map(|i| f32::from(i).to_le_bytes()).collect::<Vec<u8>>();
    let file = |metadata: &str, shape: &[usize]| {
        let count = shape.iter().product::<usize>() as u8;
        with_tensors(metadata, &[("a.weight", "F32", shape, numbers(count))])
    };
    let ours = format!(r#""format":"nn-1","architecture":{ARCHITECTURE:?}"#);
    let layout = |layout| LoadOptions::new().layout(layout);
    let (none, in_out, out_in) = (LoadOptions::new(), layout(Layout::InOut), layout(Layout::OutIn));

    let strange = file("", &[2, 2]);
    let error = read::<f32>(&strange, &square, none).unwrap_err();
    assert!(error.contains("layout of tensor `a.weight`: found a square weight"), "{error}");
    assert!(error.contains("`load_as(path, Layout::OutIn)`"), "{error}");
    assert_eq!(read::<f32>(&strange, &square, in_out).unwrap(), [[1.0, 2.0, 3.0, 4.0]]);
    assert_eq!(read::<f32>(&strange, &square, out_in).unwrap(), [[1.0, 3.0, 2.0, 4.0]]);

    let known = file(&ours, &[2, 2]);
    for options in [none, in_out] {
        assert_eq!(read::<f32>(&known, &square, options).unwrap(), [[1.0, 2.0, 3.0, 4.0]]);
    }
    let error = read::<f32>(&known, &square, out_in).unwrap_err();
    assert!(error.contains("layout of the weights: found [in, out]"), "{error}");

    let transposed = file("", &[3, 2]);
    assert_eq!(read::<f32>(&transposed, &wide, out_in).unwrap(), [[1.0, 3.0, 5.0, 2.0, 4.0, 6.0]]);
    let error = read::<f32>(&transposed, &wide, none).unwrap_err();
    assert!(error.contains("found [3, 2], which is transposed, expected [2, 3]"), "{error}");
    let error = read::<f32>(&file("", &[2, 3]), &wide, out_in).unwrap_err();
    assert!(error.contains("found [2, 3], which is transposed, expected [3, 2]"), "{error}");
    assert!(error.ends_with("`load_as(path, Layout::InOut)`"), "{error}");
    // A vector has only one layout, and so does a matrix of one number.
    let one = [NamedTensor::new("a.weight", &[1, 1], 0)];
    assert_eq!(read::<f32>(&file("", &[1, 1]), &one, none).unwrap(), [[1.0]]);
}
