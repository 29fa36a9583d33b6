//! Models written by PyTorch's exporters and skl2onnx, read and run here: see `models.py`.

use std::fs;
use std::path::{Path, PathBuf};

use nn::autograd::Tape;
use nn::data::Dataset;
use nn::onnx::OnnxModel;
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::{Show, TapeModel};

use crate::npy;

network! {
    struct Mlp(
        dense(4 -> 6, relu),
        layer_norm(epsilon = 1e-5),
        dense(6 -> 4, silu),
        dense(4 -> 3, softmax),
    );
}

struct Case {
    name: String,
    inputs: Vec<Tensor<f32>>,
    outputs: Vec<Tensor<f32>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx")
}

fn file(name: &str) -> PathBuf {
    folder().join("models").join(format!("{name}.onnx"))
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(folder().join("models.txt")).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [kind, shape, numbers @ ..] = &words[..] else {
            cases.push(Case { name: line.into(), inputs: vec![], outputs: vec![] });
            continue;
        };
        let shape: Vec<usize> = shape.split(',').map(|length| length.parse().unwrap()).collect();
        let numbers = numbers.iter().map(|number| number.parse().unwrap()).collect();
        let tensor = Tensor::from_vec(numbers, &shape[..]).unwrap();
        let case = cases.last_mut().unwrap();
        if *kind == "in" { case.inputs.push(tensor) } else { case.outputs.push(tensor) }
    }
    cases
}

fn assert_near(name: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 1e-6, "{name}: number {at} is {found}, not {expected}");
    }
}

#[test]
fn models_answer_as_in_onnx_runtime() {
    let cases = cases();
    assert!(cases.len() >= 10, "{}", cases.len());
    for Case { name, inputs, outputs } in &cases {
        let model = OnnxModel::<f32>::read(file(name)).unwrap_or_else(|error| panic!("{error}"));
        let found = model.run(inputs).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.len(), outputs.len(), "{name}");
        for (found, expected) in found.iter().zip(outputs) {
            assert_eq!(found.shape(), expected.shape(), "{name}");
            assert_near(name, &found.to_vec(), &expected.to_vec());
        }
        let one: Vec<_> = inputs.iter().map(|input| input.slice(0, 0..1).unwrap()).collect();
        let one = model.run(&one).unwrap_or_else(|error| panic!("{name}, one row: {error}"));
        assert_near(name, &one[0].to_vec(), &found[0].slice(0, 0..1).unwrap().to_vec());
    }
}

#[test]
fn a_chain_becomes_a_network() {
    for name in ["torch_mlp_script", "torch_mlp_dynamo"] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let network = OnnxModel::<f32>::read(file(name)).unwrap().to_dynamic();
        let network = network.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            network.declaration(),
            "dense(4 -> 6, relu), layer_norm(6 -> 6, 1e-5), dense(6 -> 4, silu), \
             dense(4 -> 3, softmax)"
        );
        let found = network.predict(&case.inputs[0].to_vec()).unwrap();
        assert_near(name, &found, &case.outputs[0].to_vec());
    }
    // Its declaration is valid for the macro, and the declared network loads its file.
    let model = OnnxModel::<f32>::read(file("torch_mlp_script")).unwrap();
    let text = "pub struct Mlp(\n    dense(4 -> 6, relu),\n    layer_norm(epsilon = 1e-5),\n    \
                dense(6 -> 4, silu),\n    \
                dense(4 -> 3, softmax),\n);\n";
    assert_eq!(model.notation("Mlp").unwrap(), text);
    let path = std::env::temp_dir().join(format!("nn-onnx-mlp-{}", std::process::id()));
    let network = model.to_dynamic().unwrap();
    network.save(&path).unwrap();
    let declared = Mlp::load(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let x = [0.5, -1.0, 2.0, 0.25];
    assert_eq!(declared.predict(&x)[..], network.predict(&x).unwrap());
    // A scaler at the beginning is an encoder.
    let case = cases().into_iter().find(|case| case.name == "sklearn_numbers").unwrap();
    let network = OnnxModel::<f32>::read(file(&case.name)).unwrap().to_dynamic();
    let network = network.unwrap_or_else(|error| panic!("{error}"));
    let declaration = network.declaration();
    assert!(
        declaration.starts_with("standardize(") && declaration.contains("sigmoid"),
        "{declaration}"
    );
    let found = network.predict(&case.inputs[0].to_vec()).unwrap();
    assert_near(&case.name, &found, &case.outputs[0].to_vec());
    for (name, part) in [
        // Two inputs are joined and a residual follows; the transposition of the rows afterwards is
        // not a layer.
        ("torch_skips_script", "nodes that read"),
        ("torch_images_script", "(Conv): found no layer of the notation"),
        ("sklearn_classes", "(Softmax): found no layer of the notation"),
    ] {
        let error =
            OnnxModel::<f32>::read(file(name)).unwrap().to_dynamic().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn models_have_gradients() {
    let case = cases().into_iter().find(|case| case.name == "torch_skips_script").unwrap();
    let model = OnnxModel::<f64>::read(file(&case.name)).unwrap();
    let inputs: Vec<Tensor<f64>> = case
        .inputs
        .iter()
        .map(|x| {
            let values = x.to_vec().into_iter().map(f64::from).collect();
            Tensor::from_vec(values, x.shape()).unwrap()
        })
        .collect();
    let names: Vec<String> = model.parameters().map(|(name, _)| name.to_owned()).collect();
    assert!(names.iter().any(|name| name == "block.1.weight"), "{names:?}");
    // The sum of all outputs, after a change of a parameter's first number.
    let sum = |changed: &str, by: f64| {
        let tape = Tape::no_grad();
        let mut value = model.parameters().find(|(name, _)| *name == changed).unwrap().1.to_vec();
        let shape =
            model.parameters().find(|(name, _)| *name == changed).unwrap().1.shape().to_vec();
        value[0] += by;
        let variable = tape.constant(Tensor::from_vec(value, &shape[..]).unwrap());
        let inputs: Vec<_> = inputs.iter().map(|x| tape.constant(x.clone())).collect();
        let outputs = model.record(&tape, &[(changed, variable)], &inputs).unwrap();
        outputs.iter().map(|y| y.value().to_vec().iter().sum::<f64>()).sum::<f64>()
    };
    let tape = Tape::new();
    let variables: Vec<_> =
        model.parameters().map(|(name, value)| (name, tape.parameter(value.clone()))).collect();
    let on_tape: Vec<_> = inputs.iter().map(|x| tape.parameter(x.clone())).collect();
    let outputs = model.record(&tape, &variables, &on_tape).unwrap();
    let total = outputs[0].sum().unwrap().add(outputs[1].sum().unwrap()).unwrap();
    let gradients = total.backward().unwrap();
    let mut compared = 0;
    for (name, variable) in &variables {
        let Some(gradient) = gradients.get(*variable) else { continue };
        let step = 1e-5;
        let slope = (sum(name, step) - sum(name, -step)) / (2.0 * step);
        let found = gradient.to_vec()[0];
        assert!((found - slope).abs() < 1e-6, "{name}: {found}, not {slope}");
        compared += usize::from(slope != 0.0);
    }
    assert!(compared >= 8, "{compared}");
    assert!(gradients.get(on_tape[0]).is_some());
    let error = model.record(&tape, &[("none", on_tape[0])], &on_tape).unwrap_err().to_string();
    assert!(error.contains("found `none`, expected one of"), "{error}");
    let error = model.record(&tape, &[], &on_tape[..1]).unwrap_err().to_string();
    assert!(error.contains("found 1, expected 2: `x`, `y`"), "{error}");
    let error = model.record(&tape, &[], &[on_tape[1], on_tape[0]]).unwrap_err().to_string();
    assert!(error.contains("shape of input `x`: found [3, 2], expected [any, 3]"), "{error}");
}

#[test]
fn a_model_is_trained_on_by_the_loop() {
    let model = OnnxModel::<f32>::read(file("sklearn_numbers")).unwrap();
    let tensors = model.tensors();
    let names: Vec<&str> = tensors.named().iter().map(|tensor| &tensor.name[..]).collect();
    assert_eq!(names, ["coefficient", "intercepts", "coefficient1", "intercepts1"]);
    let data: Dataset<[f32; 4], [f32; 1]> = (0..64)
        .map(|i| [0.3, 0.7, 1.1, 1.9].map(|step| (step * i as f32).sin()))
        .map(|x| (x, [x[0] * x[1]]))
        .collect();
    let outputs = model.run(&[Tensor::from_vec(data.inputs().concat(), [64, 4]).unwrap()]).unwrap();
    let mut trained = TapeModel::new(tensors, move |p, x| model.forward(p, x), |y, t| y.mse(t));
    assert_eq!(trained.predict(data.inputs()).unwrap(), outputs[0]);
    let run = fit(&mut trained, &data).epochs(150).learning_rate(0.02).show(Show::Nothing);
    let losses: Vec<f64> = run.run().unwrap().epochs.iter().map(|epoch| epoch.loss).collect();
    assert!(losses[149] < 0.5 * losses[0], "{} to {}", losses[0], losses[149]);
    // Running statistics have no gradient, and bounds are not weights.
    let images = OnnxModel::<f32>::read(file("torch_images_script")).unwrap();
    let images = images.tensors();
    assert!(images.named().iter().all(|tensor| !tensor.name.contains("running")));
    assert!(images.get("out.weight").is_some());
}

/// `bytes` with every `from` replaced by another text of the same length.
fn changed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (mut bytes, mut count) = (bytes.to_vec(), 0);
    for at in 0..=bytes.len() - from.len() {
        let part = &mut bytes[at..at + from.len()];
        if part == from.as_bytes() {
            part.copy_from_slice(to.as_bytes());
            count += 1;
        }
    }
    assert!(count > 0, "{from} is not there");
    bytes
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = std::env::temp_dir().join(format!("nn-onnx-in-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("model.onnx");
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        OnnxModel::<f32>::read(&path).unwrap_err().to_string()
    };
    let images = fs::read(file("torch_images_script")).unwrap();
    let error = refused(&changed(&images, "LogSoftmax", "LogSoftmix"));
    assert!(error.contains("(LogSoftmix): found `LogSoftmix`, expected one of the"), "{error}");
    let error = refused(&images[..images.len() - 40]);
    assert!(
        error.contains("messages: found ") && error.contains("expected those of an ONNX model"),
        "{error}"
    );
    assert!(refused(b"").contains("graph: found none, expected one"));
    assert!(refused(b"hello world, this is a text").contains("expected those of an ONNX model"));
    let beside = fs::read(file("torch_beside")).unwrap();
    assert!(refused(&beside).contains("torch_beside.onnx.data"), "the file beside is not there");
    fs::write(folder.join("torch_beside.onnx.data"), b"short").unwrap();
    let error = refused(&beside);
    assert!(error.contains("in the external file of tensor"), "{error}");
    let error = refused(&changed(&beside, "torch_beside.onnx.data", "../../torch_beside.onn"));
    assert!(
        error.contains("expected the name of a file in the model's folder, without `..`"),
        "{error}"
    );
    let scaled = fs::read(file("sklearn_numbers")).unwrap();
    let error = refused(&changed(&scaled, "Scaler", "Sealer"));
    assert!(error.contains("found `ai.onnx.ml::Sealer`"), "{error}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn arrays_of_numpy_go_in_and_out() {
    let path = std::env::temp_dir().join(format!("nn-onnx-{}.npy", std::process::id()));
    let path = path.to_str().unwrap();
    for shape in [&[2, 3][..], &[6], &[], &[0, 4]] {
        let count = shape.iter().product();
        let tensor = Tensor::from_vec((0..count).map(|i| i as f32 / 3.0).collect(), shape).unwrap();
        npy::write(path, &tensor).unwrap();
        assert_eq!(npy::read::<f32>(path).unwrap(), tensor);
        assert_eq!((fs::metadata(path).unwrap().len() - 4 * count as u64) % 64, 0);
    }
    let bytes = fs::read(path).unwrap();
    for (from, to) in [("<f4", "<c8"), ("False", "True "), ("(0, 4", "(1, 4"), ("NUMPY", "LUMPY")] {
        fs::write(path, changed(&bytes, from, to)).unwrap();
        assert!(npy::read::<f32>(path).is_err(), "{to}");
    }
    fs::remove_file(path).unwrap();
}
