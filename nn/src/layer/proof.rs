//! Tests that every layer of the list has to pass.

use nn_grammar::vocabulary::{self, LayerOption};
use tensor::random::Random;
use tensor::{Buffer, Float};

use super::{Formula, Layer, Leaf, OutputGrad, Pass, Sums, Workspace, check, simple_formula};
use crate::row::Row as _;

/// Rows of a batch: two parts of unequal size.
const ROWS: usize = 11;
const FIRST_PART: usize = 4;

const TRAINING: Pass = Pass::Training { seed: 5, step: 3, first_row: 0, layer: 1, dropout: 1.0 };

/// First parameters of `L` and a random batch, with the gradient at its outputs.
struct Sample<T: Float> {
    parameters: Buffer<T>,
    x: Vec<T>,
    dy: Vec<T>,
}

impl<T: Float> Sample<T> {
    fn of<L: Layer>() -> Self {
        let numbers = |count: usize, stream: u64| {
            let mut numbers = vec![T::zero(); count];
            Random::new(9, stream).fill_normal(&mut numbers, T::zero(), T::one());
            numbers
        };
        let mut parameters = Buffer::zeroed(L::LEN);
        L::init(&mut parameters, 3, &mut 0);
        Sample { parameters, x: numbers(ROWS * L::INPUTS, 0), dy: numbers(ROWS * L::OUTPUTS, 1) }
    }
}

/// The same pass for rows of the batch from `row` on.
fn from_row(pass: Pass, row: usize) -> Pass {
    match pass {
        Pass::Training { seed, step, layer, dropout, .. } => {
            Pass::Training { seed, step, first_row: row as u64, layer, dropout }
        }
        Pass::Evaluation => pass,
    }
}

/// Outputs, gradient of the inputs, gradient of the parameters, and the parameters after a change
/// of state.
type Outcome<T> = [Vec<T>; 4];

/// A batch through `L` in two parts. Its gradient is computed in as many slices as `next_boundary`
/// allows.
fn in_parts<L: Layer, T: Float>(sample: &Sample<T>, pass: Pass) -> Outcome<T> {
    let Sample { parameters, x, dy } = sample;
    let mut memory = vec![T::nan(); L::workspace_len::<T>(ROWS)];
    let mut dx = vec![T::nan(); x.len()];
    let at = if L::COUPLED { ROWS } else { FIRST_PART };
    let mut outputs = Vec::new();
    {
        let workspace = L::workspace(&mut &mut memory[..], ROWS);
        let (mut first, mut second) = L::split(workspace, at);
        let (x_parts, dy_parts) = (x.split_at(at * L::INPUTS), dy.split_at(at * L::OUTPUTS));
        let (dx_first, dx_second) = dx.split_at_mut(at * L::INPUTS);
        let parts = [
            (&mut first, x_parts.0, dy_parts.0, dx_first, 0),
            (&mut second, x_parts.1, dy_parts.1, dx_second, at),
        ];
        for (workspace, x, dy, dx, row) in parts.into_iter().filter(|part| !part.1.is_empty()) {
            L::forward(parameters, x, workspace, from_row(pass, row));
            outputs.extend_from_slice(L::outputs(workspace));
            let end = L::output_grad(workspace);
            end.gradient.copy_from_slice(dy);
            end.apply_derivative();
            L::backward(parameters, workspace, Some(OutputGrad::linear(x, dx)));
        }
    }
    let workspace = L::workspace(&mut &mut memory[..], ROWS);
    let mut gradient = vec![T::nan(); L::LEN];
    let mut from = 0;
    while from < L::LEN {
        let to = L::next_boundary(from + 1).min(L::LEN);
        L::gradient(
            &parameters[from..to],
            x,
            &workspace,
            from,
            &mut gradient[from..to],
            Sums::WHOLE,
        );
        from = to;
    }
    let mut after = parameters.to_vec();
    if matches!(pass, Pass::Training { .. }) {
        L::update_state(&mut after, &workspace);
    }
    [outputs, dx, gradient, after]
}

/// The gradient of a batch in micro-batches, each with its own forward and backward pass.
fn in_portions<L: Layer, T: Float>(sample: &Sample<T>, pass: Pass) -> Vec<T> {
    let Sample { parameters, x, dy } = sample;
    let mut gradient = vec![T::nan(); L::LEN];
    for (first, end) in [(0, 1), (1, FIRST_PART), (FIRST_PART, ROWS)] {
        let (x, rows) = (&x[first * L::INPUTS..end * L::INPUTS], end - first);
        let mut memory = vec![T::nan(); L::workspace_len::<T>(rows)];
        let mut workspace = L::workspace(&mut &mut memory[..], rows);
        L::forward(parameters, x, &mut workspace, from_row(pass, first));
        let output = L::output_grad(&mut workspace);
        output.gradient.copy_from_slice(&dy[first * L::OUTPUTS..end * L::OUTPUTS]);
        output.apply_derivative();
        let mut dx = vec![T::nan(); x.len()];
        L::backward(parameters, &mut workspace, Some(OutputGrad::linear(x, &mut dx)));
        let sums = Sums::of_rows(first, rows, ROWS);
        L::gradient(parameters, x, &workspace, 0, &mut gradient, sums);
    }
    gradient
}

/// Gradients against differences; parts against the whole; one row against many; every form of a
/// prediction.
pub(super) fn prove<L: Layer>() {
    check::<L>(1).unwrap_or_else(|error| panic!("{error}"));
    same_bits::<L, f32>();
    same_bits::<L, f64>();
}

fn same_bits<L: Layer, T: Float>() {
    let sample = Sample::<T>::of::<L>();
    let Sample { parameters, x, dy } = &sample;
    for pass in [Pass::Evaluation, TRAINING] {
        let [outputs, dx, gradient, _] = in_parts::<L, T>(&sample, pass);
        // The whole at once.
        let mut memory = vec![T::nan(); L::workspace_len::<T>(ROWS)];
        let mut workspace = L::workspace(&mut &mut memory[..], ROWS);
        let mut whole_dx = vec![T::nan(); x.len()];
        L::forward(parameters, x, &mut workspace, pass);
        assert_eq!(L::outputs(&workspace), outputs, "outputs of parts");
        let end = L::output_grad(&mut workspace);
        end.gradient.copy_from_slice(dy);
        end.apply_derivative();
        L::backward(parameters, &mut workspace, Some(OutputGrad::linear(x, &mut whole_dx)));
        assert_eq!(whole_dx, dx, "input gradient of parts");
        let mut whole = vec![T::nan(); L::LEN];
        L::gradient(parameters, x, &workspace, 0, &mut whole, Sums::WHOLE);
        assert_eq!(whole, gradient, "gradient in slices");
        if !L::COUPLED {
            assert_eq!(whole, in_portions::<L, T>(&sample, pass), "gradient over micro-batches");
        }
        let (mut descended, mut stepped) = (parameters.to_vec(), parameters.to_vec());
        let rate = T::of(0.25);
        L::descend(&mut descended, x, &workspace, 0, rate);
        crate::parameters::descend(&mut stepped, &whole, rate);
        assert_eq!(descended, stepped, "descent");
        if pass == Pass::Evaluation {
            for (x, y) in x.chunks(L::INPUTS).zip(outputs.chunks(L::OUTPUTS)) {
                assert_eq!(L::predict(parameters, x).as_slice(), y, "predict");
                assert_eq!(L::predict_inline(parameters, x).as_slice(), y, "predict_inline");
            }
        }
    }
    assert_eq!(L::INFO.len(), L::LEN);
    assert_eq!((L::INFO.inputs(), L::INFO.outputs()), (L::INPUTS, L::OUTPUTS));
}

/// Compares the constants of a single layer with its formula.
fn says_the_same<L: Layer, T: Float>(formula: &dyn Formula<T>) {
    assert_eq!(formula.widths(), [L::INPUTS, L::OUTPUTS]);
    assert_eq!(formula.len(), L::LEN);
    assert_eq!(formula.flops(), L::INFO.flops());
    let constant = L::INFO.layer(0).0.tensors.iter().map(|tensor| tensor.named(tensor.name, 0));
    assert!(formula.tensors().into_iter().eq(constant), "{:?}", formula.tensors());
}

/// The formulas of a single layer agree with its type.
pub(super) fn prove_leaf<L: Leaf>() {
    prove::<L>();
    says_the_same::<L, f32>(&L::formula::<f32>());
}

/// The simple layer `word` has the same bits with a width that is known at run time.
pub(super) fn same_at_run_time<L: Layer>(word: &str, options: &[f64]) {
    fn check<L: Layer, T: Float>(word: &str, options: &[f64]) {
        let sample = Sample::<T>::of::<L>();
        let formula = simple_formula::<T>(word, L::OUTPUTS, options).expect("the layer's options");
        says_the_same::<L, T>(&*formula);
        for pass in [Pass::Evaluation, TRAINING] {
            let found = at_run_time(&*formula, &sample, pass);
            // A layer whose rows do not depend on one another is declared in two parts.
            assert_eq!(found, in_parts::<L, T>(&sample, pass), "{word}");
        }
        let mut y = vec![T::nan(); ROWS * L::OUTPUTS];
        formula.predict(&sample.parameters, &sample.x, &mut y);
        assert_eq!(y, in_parts::<L, T>(&sample, Pass::Evaluation)[0], "{word}");
    }
    check::<L, f32>(word, options);
    check::<L, f64>(word, options);
    let rules = || vocabulary::layer(word).into_iter().flat_map(|layer| layer.options);
    let is_right = |given: &[f64]| {
        let fits = |(option, &x): (&LayerOption, &f64)| option.number().unwrap().allows(x);
        given.len() == options.len() && rules().zip(given).all(fits)
    };
    let wrong =
        [vec![0.5; options.len() + 1], vec![f64::NAN; options.len()], vec![-1.0; options.len()]];
    for wrong in wrong.into_iter().filter(|given| !is_right(given)) {
        let refused = simple_formula::<f32>(word, 3, &wrong).err();
        assert!(refused.is_some_and(|error| error.to_string().contains(word)), "{word} {wrong:?}");
    }
}

/// The encoder `word` computes the same declared and at run time, is the identity as a layer, and
/// has no statistics before.
pub(super) fn prove_encoder<L: Leaf>(word: &str, options: &[f64]) {
    let sample = Sample::<f64>::of::<L>();
    let formula = simple_formula::<f64>(word, L::INPUTS, options).expect("the layer's options");
    let visit = |see: &mut dyn FnMut(&[f64])| see(&sample.x);
    let seen = super::Seen::new(&visit, ROWS, L::INPUTS);
    let (mut declared, mut read) = (sample.parameters.to_vec(), sample.parameters.to_vec());
    assert_eq!(L::is_adapted(&declared), L::LEN == 0);
    let mut found = 0;
    L::adapt(&mut declared, &seen, &mut |columns| found += columns.len());
    assert_eq!(found, if L::LEN == 0 { 0 } else { L::INPUTS });
    formula.adapt(&mut read, &seen);
    assert_eq!(declared, read);
    assert!(L::is_adapted(&declared) && formula.is_adapted(&declared) && formula.encodes());
    let (mut rows, mut encoded) = (sample.x.clone(), vec![f64::NAN; sample.x.len()]);
    rows.chunks_exact_mut(L::INPUTS).for_each(|row| L::encode(&declared, row));
    formula.encode(&declared, &sample.x, &mut encoded);
    assert_eq!(rows, encoded);
    assert_ne!(rows, sample.x);
    // The rows that it was found from come out at a size of about one.
    assert!(rows.iter().all(|y| y.abs() < 3.5), "{rows:?}");
    let row = &rows[..L::INPUTS];
    assert_eq!(L::predict(&declared, row).as_slice(), row);
}

fn at_run_time<T: Float>(formula: &dyn Formula<T>, sample: &Sample<T>, pass: Pass) -> Outcome<T> {
    let [_, outputs] = formula.widths();
    let mut parameters = vec![T::nan(); formula.len()];
    formula.init(&mut parameters, 3, &mut 0);
    assert_eq!(parameters, sample.parameters.to_vec());
    let len = Workspace::<T>::len(ROWS, outputs, formula.extra());
    let mut memory = vec![T::nan(); len];
    let mut workspace = Workspace::take(&mut &mut memory[..], ROWS, outputs, formula.extra());
    formula.forward(&parameters, &sample.x, &mut workspace, pass);
    let y = workspace.y.to_vec();
    let end = formula.output_grad(&mut workspace);
    end.gradient.copy_from_slice(&sample.dy);
    end.apply_derivative();
    let mut dx = vec![T::nan(); sample.x.len()];
    formula.backward(&parameters, &mut workspace, OutputGrad::linear(&sample.x, &mut dx));
    let mut gradient = vec![T::nan(); formula.len()];
    formula.gradient(&parameters, &sample.x, &workspace, 0, &mut gradient, Sums::WHOLE);
    if matches!(pass, Pass::Training { .. }) {
        formula.update_state(&mut parameters, &workspace);
    }
    [y, dx, gradient, parameters]
}
