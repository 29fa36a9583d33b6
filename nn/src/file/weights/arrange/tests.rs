//! Tests of arranging: tensors in any order, and refused files.

use super::*;
use crate::network;

network! {
    struct Small {
        first: dense(2 -> 3, tanh),
        second: dense(1),
    }
}

const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
const FIRST_BIAS: (&str, &str, &[usize], &[f32]) = ("first.bias", "F32", &[3], &[7.0, 8.0, 9.0]);
const SECOND: (&str, &str, &[usize], &[f32]) =
    ("second.weight", "F32", &[3, 1], &[10.0, 11.0, 12.0]);
const SECOND_BIAS: (&str, &str, &[usize], &[f32]) = ("second.bias", "F32", &[1], &[13.0]);

/// A file with these tensors, in this order: name, type, shape and numbers.
fn file(tensors: &[(&str, &str, &[usize], &[f32])], metadata: &str) -> Vec<u8> {
    let (mut header, mut data) = (String::from(metadata), Vec::new());
    for (name, dtype, shape, values) in tensors {
        let begin = data.len();
        data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let end = data.len();
        let comma = if header.is_empty() { "" } else { "," };
        header += &format!(r#"{comma}"{name}":{{"dtype":"{dtype}","shape":{shape:?},"#);
        header += &format!(r#""data_offsets":[{begin},{end}]}}"#);
    }
    let header = format!("{{{header}}}");
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.into_bytes());
    file.extend(data);
    file
}

fn arranged(tensors: &[(&str, &str, &[usize], &[f32])], metadata: &str) -> Vec<f32> {
    let file = file(tensors, metadata);
    assert!(sizes_to_arrange(&file).bytes <= 1024);
    Arranged::<Small, 1024, 8, 64>::of::<8>(&file).parameters().to_vec()
}

#[test]
fn tensors_go_to_their_places_from_any_order() {
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
    let parameters = arranged(&[SECOND_BIAS, weight, SECOND, FIRST_BIAS], "");
    assert_eq!(parameters.len(), 64);
    assert_eq!(parameters[..6], A);
    assert_eq!(parameters[16..19], [7.0, 8.0, 9.0]);
    assert_eq!(parameters[32..35], [10.0, 11.0, 12.0]);
    assert_eq!(parameters[48], 13.0);
    assert_eq!(parameters.iter().filter(|x| **x != 0.0).count(), 13);
}

#[test]
fn doubles_fit_with_their_gaps() {
    // Each of these tensors has one number, and a gap of fifteen after it.
    network! { struct One(dense(1 -> 1)); }
    let tensors = concat!(
        r#"{"layer1.weight":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"#,
        r#""layer1.bias":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#,
    );
    let mut file = (tensors.len() as u64).to_le_bytes().to_vec();
    file.extend(tensors.bytes());
    file.extend(2.5_f64.to_le_bytes());
    file.extend((-1.0_f64).to_le_bytes());
    assert_eq!(sizes_to_arrange(&file).bytes, 256);
    let arranged = Arranged::<One<f64>, 256, 0, 0>::of::<2>(&file);
    assert_eq!((arranged.parameters()[0], arranged.parameters()[16]), (2.5, -1.0));
}

#[test]
#[should_panic(expected = "saved by another network: `dense(2 -> 3, relu), \
                dense(3 -> 1, linear)`, but `Small` is `dense(2 -> 3, tanh), \
                dense(3 -> 1, linear)`")]
fn another_activation_is_refused() {
    let text = r#""__metadata__":{"architecture":"dense(2 -> 3, relu), dense(3 -> 1, linear)"}"#;
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
    arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], text);
}

#[test]
#[should_panic(
    expected = "tensor `first.weight` of the file is F32 [3, 2], but network `Small` needs F32 \
                [2, 3], it is transposed"
)]
fn another_shape_is_refused() {
    let weight = ("first.weight", "F32", &[3, 2][..], &A[..]);
    arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
}

#[test]
#[should_panic(
    expected = "tensor `first.weight` of the file is I32 [2, 3], but network `Small` needs F32 \
                [2, 3]"
)]
fn another_type_is_refused() {
    let weight = ("first.weight", "I32", &[2, 3][..], &A[..]);
    arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
}

#[test]
#[should_panic(expected = "the file has no tensor `second.weight`, which network `Small` needs")]
fn a_missing_tensor_is_named() {
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
    arranged(&[weight, FIRST_BIAS, SECOND_BIAS], "");
}

#[test]
#[should_panic(
    expected = "the file has a tensor `third.bias`, which network `Small` does not have"
)]
fn a_tensor_too_many_is_named() {
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
    let third = ("third.bias", "F32", &[1][..], &[0.0][..]);
    arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS, third], "");
}

#[test]
#[should_panic(expected = "another length than its shape")]
fn a_cut_tensor_is_refused() {
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..5]);
    arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
}

#[test]
#[should_panic(expected = "is not a safetensors file")]
fn a_file_of_another_kind_is_refused() {
    sizes_to_arrange(b"hello");
}

#[test]
fn bytes_are_turned_around() {
    let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    reverse(&mut bytes, 4);
    assert_eq!(bytes, [4, 3, 2, 1, 8, 7, 6, 5, 9]);
}

#[test]
fn sixteen_bits_are_widened() {
    network! { struct Line(dense(1 -> 2)); }
    for (dtype, numbers) in
        [("F16", [0x3c00_u16, 0xc000, 0x3800, 0]), ("BF16", [0x3f80, 0xc000, 0x3f00, 0])]
    {
        let weight = format!(r#"{{"dtype":"{dtype}","shape":[1,2],"data_offsets":[0,4]}}"#);
        let bias = format!(r#"{{"dtype":"{dtype}","shape":[2],"data_offsets":[4,8]}}"#);
        let json = format!(r#"{{"layer1.weight":{weight},"layer1.bias":{bias}}}"#);
        let mut file = (json.len() as u64).to_le_bytes().to_vec();
        file.extend(json.bytes());
        file.extend(numbers.map(u16::to_le_bytes).concat());
        let sizes = sizes_to_arrange(&file);
        assert_eq!((sizes.tensors, sizes.bytes), (2, 256));
        let arranged = Arranged::<Line, 256, 0, 0>::of::<2>(&file);
        let parameters = arranged.parameters();
        assert_eq!((&parameters[..2], &parameters[16..18]), (&[1.0, -2.0][..], &[0.5, 0.0][..]));
        let refused = Arranged::<Line<f64>, 256, 0, 0>::read::<2>(&file).expect_err("no f64");
        assert!(refused.as_str().ends_with(
            "needs F64 [1, 2]; load it by `Checkpoint::load_with`, save it, and include that file"
        ));
    }
}

#[test]
fn what_load_refuses_is_refused_here() {
    let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
    let refused = |file: &[u8]| match Arranged::<Small, 1024, 8, 64>::read::<8>(file) {
        Ok(_) => panic!("it was taken"),
        Err(message) => message.as_str().to_owned(),
    };
    // Twice, the second time escaped.
    let twice = file(
        &[weight, FIRST_BIAS, SECOND, SECOND_BIAS, ("second\\u002ebias", "F32", &[1], &[14.0])],
        "",
    );
    assert!(refused(&twice).contains("a tensor occurs twice in the file"));
    let good = file(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
    let changed = |from: &str, to: &str| {
        let at = good.windows(from.len()).position(|bytes| bytes == from.as_bytes()).unwrap();
        refused(&[&good[..at], to.as_bytes(), &good[at + to.len()..]].concat())
    };
    assert!(changed("[36,48]", "[24,36]").contains("does not begin where the previous one ends"));
    assert!(changed("[24,36]", "[00,36]").contains("is not the JSON"));
    assert!(
        refused(&[&good[..], &[0]].concat()).contains("bytes at its end that belong to no tensor")
    );
    let other =
        file(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], r#""__metadata__":{"format":"nn-2"}"#);
    assert!(refused(&other).contains("the file's format is `nn-2`, not `nn-1`"));
    let lost =
        file(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], r#""__metadata__":{"format":"nn-1"}"#);
    assert!(refused(&lost).contains("has lost the `architecture`"));
    // An escaped name is valid.
    let escaped = ("first\\u002eweight", "F32", &[2, 3][..], &A[..]);
    let escaped = file(&[escaped, FIRST_BIAS, SECOND, SECOND_BIAS], "");
    assert!(Arranged::<Small, 1024, 8, 64>::read::<8>(&escaped).is_ok());
}

#[test]
fn names_of_classes_are_taken_as_load_takes_them() {
    network! { struct Animals(dense(1 -> 2, softmax)); }
    let read = |texts: &str| {
        let architecture = "dense(1 -> 2, softmax)";
        let metadata = format!(r#""__metadata__":{{"architecture":"{architecture}",{texts}}}"#);
        let tensors: [(&str, &str, &[usize], &[f32]); 2] =
            [("layer1.weight", "F32", &[1, 2], &A[..2]), ("layer1.bias", "F32", &[2], &A[..2])];
        let file = file(&tensors, &metadata);
        let sizes = sizes_to_arrange(&file);
        assert!(sizes.words <= 8 && sizes.text <= 64, "{sizes:?}");
        let arranged = Arranged::<Animals, 256, 8, 64>::read::<2>(&file);
        arranged.map_err(|message| message.as_str().to_owned())
    };
    let named = read(r#""classes":"\"a \\\"b\\\"\\n\" \"\u00fc\"""#).expect("two names");
    assert!(named.class_names().iter().eq(["a \"b\"\n", "ü"]));
    assert_eq!((named.class_names().get(1), named.class_names().get(2)), (Some("ü"), None));
    assert!(named.words().is_empty());
    let number = read(r#""classes":"\"a\" \"b\"","words":"""#).expect("no words");
    assert_eq!(format!("{:?}", number.class_names()), r#"["a", "b"]"#);
    for wrong in [r#""#, r#"\"a\""#, r#"\"a\" \"a\""#, r#"\"a\" b"#, r#"\"a\" \"b"#] {
        let refused = read(&format!(r#""classes":"{wrong}""#)).expect_err(wrong);
        assert!(
            refused.starts_with("the `classes` in the file's metadata are damaged"),
            "{refused}"
        );
    }
    for wrong in [r#"\"x\""#, r#"x"#, r#"\"x"#] {
        let refused = read(&format!(r#""words":"{wrong}""#)).expect_err(wrong);
        assert!(refused.starts_with("the `words` in the file's metadata are damaged"), "{refused}");
    }
}

#[test]
fn a_square_weight_needs_metadata() {
    network! { struct Square(dense(2 -> 2)); }
    let tensors =
        [("layer1.weight", "F32", &[2, 2][..], &A[..4]), ("layer1.bias", "F32", &[2][..], &A[..2])];
    let refused = Arranged::<Square, 256, 0, 0>::read::<2>(&file(&tensors, ""));
    let refused = refused.expect_err("it can be either way");
    assert!(refused.as_str().contains("can be transposed; load it by"), "{}", refused.as_str());
    let ours = r#""__metadata__":{"architecture":"dense(2 -> 2, linear)"}"#;
    assert!(Arranged::<Square, 256, 0, 0>::read::<2>(&file(&tensors, ours)).is_ok());
}
