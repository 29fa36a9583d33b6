//! Models on the tape are trained, saved and evaluated like declared networks.

use std::sync::Mutex;

use nn::autograd::{Op, Result as TapeResult};
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::tensor::random::Random;
use nn::{Adam, Show, TapeFunction, TapeModel, Tensors, Threads, Trainer, Variables, init};

network! { struct Twin(dense(4 -> 8, tanh), dense(3, softmax)); }

type Rows = Dataset<[f32; 4], Class<3>>;

fn data() -> Rows {
    let random = Random::new(3, 9);
    let rows = (0..600_u64).map(|row| {
        let input: [f32; 4] = std::array::from_fn(|i| random.normal(row * 4 + i as u64));
        let class = usize::from(input[0] > 0.0) + usize::from(input[1] * input[2] > 0.0);
        (input, Class::new(class).unwrap())
    });
    rows.collect()
}

/// A dense network with the initial weights of `twin`.
fn by_hand(twin: &Twin) -> TapeModel<impl TapeFunction<f32> + use<>, [f32; 4], Class<3>> {
    let flat = |tensor: &nn::NamedTensor| &twin.parameters().as_slice()[tensor.range()];
    let tensors = nn::Model::tensors(twin);
    let tensors = tensors
        .iter()
        .fold(Tensors::new(1), |all, tensor| all.values(&tensor.name, &tensor.shape, flat(tensor)));
    TapeModel::new(
        tensors,
        |p, x| {
            let hidden = x.matmul(p["layer1.weight"])?.add(p["layer1.bias"])?.tanh()?;
            hidden.matmul(p["layer2.weight"])?.add(p["layer2.bias"])
        },
        |logits, targets| logits.soft_cross_entropy(targets),
    )
}

#[test]
fn a_network_by_hand_learns_as_its_declared_twin_does() {
    let (data, mut twin) = (data(), Twin::init(5));
    let mut model = by_hand(&twin);
    let (train, test) = data.split(0.8, 1).unwrap();
    let declared = fit(&mut twin, &train).validation(&test).epochs(20).show(Show::Nothing);
    let declared = declared.learning_rate(0.01).run().unwrap();
    let on_tape = fit(&mut model, &train).validation(&test).epochs(20).show(Show::Nothing);
    let on_tape = on_tape.learning_rate(0.01).run().unwrap();
    for (a, b) in declared.epochs.iter().zip(&on_tape.epochs) {
        let (a_test, b_test) = (a.validation.unwrap(), b.validation.unwrap());
        assert!((a.loss - b.loss).abs() < 1e-4 * a.loss, "{a:?} {b:?}");
        assert!((a_test.loss - b_test.loss).abs() < 1e-4 * a_test.loss, "{a:?} {b:?}");
        assert!((a_test.accuracy.unwrap() - b_test.accuracy.unwrap()).abs() < 0.02);
    }
    assert!(on_tape.last().validation.unwrap().accuracy.unwrap() > 0.6, "{on_tape}");
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    let data = data();
    let trained = |threads| {
        let threads = Threads::new(threads);
        let mut model = by_hand(&Twin::init(2));
        let run = fit(&mut model, &data).validation(&data).epochs(2).threads(&threads);
        let report = run.show(Show::Nothing).run().unwrap();
        (nn::Model::flat(&model).to_vec(), report.last().validation)
    };
    let one = trained(1);
    assert_eq!(trained(2), one);
    assert_eq!(trained(3), one);
}

#[test]
fn what_was_saved_comes_back_and_another_model_is_refused() {
    let path =
        std::env::temp_dir().join(format!("nn-tape-model-{}.safetensors", std::process::id()));
    let saved = by_hand(&Twin::init(5)).named("ByHand");
    saved.save(&path).unwrap();
    let mut loaded = by_hand(&Twin::init(6));
    loaded.load(&path).unwrap();
    assert_eq!(nn::Model::flat(&loaded), nn::Model::flat(&saved));
    let x = [[0.3, -1.0, 2.0, 0.0]];
    assert_eq!(loaded.predict(&x).unwrap().to_vec(), saved.predict(&x).unwrap().to_vec());

    let tensors = Tensors::new(1).bias("bias", 3);
    let mut other: TapeModel<_, [f32; 4], Class<3>> =
        TapeModel::new(tensors, |p, _| Ok(p["bias"]), |y, t| y.add(t)?.mean());
    let error = other.load(&path).unwrap_err().to_string();
    assert!(error.contains("architecture"), "{error}");
    assert_eq!(other.tensors().get("bias"), Some(&[0.0; 3][..]));
    std::fs::remove_file(&path).unwrap();
}

/// y = a·x for a number, with its gradient by hand: a custom operation.
struct Times;

impl Op<f32, 2> for Times {
    fn name(&self) -> &'static str {
        "times"
    }
    fn forward(&mut self, [a, x]: [&Tensor<f32>; 2]) -> TapeResult<Tensor<f32>> {
        let a = a.item()?;
        Ok(x.map(|x| a * x))
    }
    fn backward(
        &self,
        call: &nn::autograd::Call<'_, f32, 2>,
        dy: &Tensor<f32>,
    ) -> TapeResult<[Option<Tensor<f32>>; 2]> {
        let [a, x] = call.inputs;
        let slope: f32 = x.to_vec().iter().zip(dy.to_vec()).map(|(x, dy)| x * dy).sum();
        let a = a.item()?;
        Ok([Some(Tensor::scalar(slope)), Some(dy.map(|dy| a * dy))])
    }
}

/// A function of a type with a setting, which contains a custom operation.
struct Slope {
    seen: Mutex<Vec<bool>>,
}

impl TapeFunction<f32> for Slope {
    fn outputs<'t>(
        &self,
        p: &Variables<'t, f32>,
        x: nn::autograd::Var<'t, f32>,
    ) -> TapeResult<nn::autograd::Var<'t, f32>> {
        self.seen.lock().unwrap().push(p.is_training());
        x.tape().apply(Times, [p["slope"], p.dropout(x, 0.0, 1)?])
    }
    fn loss<'t>(
        &self,
        y: nn::autograd::Var<'t, f32>,
        t: nn::autograd::Var<'t, f32>,
    ) -> TapeResult<nn::autograd::Var<'t, f32>> {
        y.mse(t)
    }
}

#[test]
fn an_operation_of_ones_own_is_trained() {
    let tensors = Tensors::new(1).values("slope", &[], &[0.0]);
    let mut model: TapeModel<_, [f32; 1], [f32; 1]> =
        TapeModel::of(tensors, Slope { seen: Mutex::default() });
    let data: Dataset<_, _> = (0..8).map(|x| ([x as f32 / 8.0], [x as f32 / 4.0])).collect();
    fit(&mut model, &data).epochs(300).learning_rate(0.05).show(Show::Nothing).run().unwrap();
    assert!((model.tensors().get("slope").unwrap()[0] - 2.0).abs() < 1e-3, "{model:?}");
    model.predict(&[[1.0]]).unwrap();
    let seen = model.function().seen.lock().unwrap();
    assert!(seen[..300].iter().all(|&training| training) && seen.last() == Some(&false));
}

#[test]
fn what_goes_wrong_is_said_by_name() {
    let data = data();
    let tensors = || Tensors::new(1).weight("w", [4, 3], init::HeNormal).bias("unused", 2);
    let error = |mut model: TapeModel<_, [f32; 4], Class<3>>| {
        let error = fit(&mut model, &data).show(Show::Nothing).run().unwrap_err();
        error.to_string()
    };
    fn unused(
        tensors: Tensors,
        function: impl TapeFunction<f32> + 'static,
    ) -> TapeModel<Box<dyn TapeFunction<f32>>, [f32; 4], Class<3>> {
        TapeModel::of(tensors, Box::new(function) as Box<dyn TapeFunction<f32>>)
    }
    struct Chosen(bool);
    impl TapeFunction<f32> for Chosen {
        fn outputs<'t>(
            &self,
            p: &Variables<'t, f32>,
            x: nn::autograd::Var<'t, f32>,
        ) -> TapeResult<nn::autograd::Var<'t, f32>> {
            x.matmul(p["w"])
        }
        fn loss<'t>(
            &self,
            y: nn::autograd::Var<'t, f32>,
            t: nn::autograd::Var<'t, f32>,
        ) -> TapeResult<nn::autograd::Var<'t, f32>> {
            if self.0 { y.sub(t)?.square() } else { y.mse(t) }
        }
    }
    let text = error(unused(tensors(), Chosen(false)));
    assert!(text.starts_with("gradient of tensor `unused` of TapeModel: found none"), "{text}");
    let text = error(unused(tensors(), Chosen(true)));
    assert!(text.starts_with("loss of TapeModel: found a tensor of shape [64, 3]"), "{text}");
    let text = error(unused(Tensors::new(1).weight("w", [5, 3], init::HeNormal), Chosen(false)));
    assert!(text.contains("matmul"), "{text}");

    let rows = vec![[0.0, 1.0, f32::INFINITY, 0.0]];
    let wrong = Dataset::new(rows, vec![Class::new(0).unwrap()]).unwrap();
    let mut model = unused(tensors(), Chosen(false));
    let text = fit(&mut model, &wrong).run().unwrap_err().to_string();
    assert!(text.starts_with("input of row 0 (counted from 0): found inf in column 2"), "{text}");
}

#[test]
#[should_panic(expected = "tensor `weigth`: the model has none of this name, but weight, bias")]
fn a_name_that_is_not_there_panics_with_those_that_are() {
    let tensors = Tensors::new(1).weight("weight", [4, 3], init::HeNormal).bias("bias", 3);
    let model: TapeModel<_, [f32; 4], Class<3>> =
        TapeModel::new(tensors, |p, x| x.matmul(p["weigth"]), |y, t| y.mse(t));
    let _ = model.predict(&[[0.0; 4]]);
}

#[test]
fn a_trainer_takes_single_steps() {
    let (data, mut model) = (data(), by_hand(&Twin::init(1)));
    let mut trainer = Trainer::new(Adam::new(0.01));
    let first = trainer.step(&mut model, data.inputs(), data.targets()).unwrap();
    for _ in 0..30 {
        trainer.step(&mut model, data.inputs(), data.targets()).unwrap();
    }
    let metrics = trainer.evaluate(&model, &data).unwrap();
    assert!(metrics.loss < f64::from(first) && metrics.accuracy.is_some());
}
