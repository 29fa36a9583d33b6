//! The solvers, compared with PyTorch's and MINPACK's on the same problems as in `make.py`; and
//! what they refuse.

use std::f64::consts::PI;
use std::ops::ControlFlow;

use crate::fixture::Case;
use nn::data::{Class, Dataset};
use nn::loss::huber;
use nn::model::{Batch, Model, Run};
use nn::prelude::*;
use nn::solve::{self, LeastSquares, RowWidths, Solution, Stopped};
use nn::{Dynamic, ErrorKind, NamedTensor, Result, Threads};

network! { struct Six(dense(1 -> 6, tanh), dense(1)); }
network! { struct Two(dense(1 -> 2, tanh), dense(1)); }
network! { struct Deep(dense(1 -> 20, tanh), dense(20, tanh), dense(1)); }
network! { struct Plane(dense(2 -> 5, tanh), dense(3)); }

type Curve = Dataset<[f64; 1], [f64; 1]>;

fn cases(solver: &str) -> Vec<Case> {
    let mut files = crate::fixture::read_each("../../nn/tests/solvers");
    let cases: Vec<Case> = files.remove("solvers").unwrap();
    let cases: Vec<Case> = cases.into_iter().filter(|case| case.op == solver).collect();
    assert!(cases.len() >= 2, "{solver}: {} cases", cases.len());
    cases
}

/// The parameters, without the gaps between tensors.
fn parameters<M: Model>(model: &M) -> Vec<M::Float> {
    model.tensors().iter().flat_map(|tensor| model.flat()[tensor.range()].to_vec()).collect()
}

fn set<M: Model>(model: &mut M, numbers: &[M::Float]) {
    let places: Vec<usize> = model.tensors().iter().flat_map(NamedTensor::range).collect();
    assert_eq!(places.len(), numbers.len());
    places.iter().zip(numbers).for_each(|(&at, &number)| model.flat_mut()[at] = number);
}

/// Σ 100(b − a²)² + (1 − a)² over pairs: an objective without data.
#[derive(Clone)]
struct Rosenbrock(Vec<f64>);

impl Model for Rosenbrock {
    type Float = f64;
    type Input = ();
    type Target = ();
    type Loss = ();
    type Workspace = ();

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("x", &[self.0.len()], 0)]
    }
    fn flat(&self) -> &[f64] {
        &self.0
    }
    fn flat_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
    fn outputs(&self, _: &[()], _: &Threads) -> Vec<f64> {
        Vec::new()
    }
    fn differentiate(
        &self,
        _: Batch<'_, Self>,
        (): &mut (),
        (): &mut (),
        _: &Run<'_>,
    ) -> Result<f64> {
        let pair = |x: &[f64]| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
        Ok(self.0.chunks(2).map(pair).sum())
    }
    fn gradient(&self, _: Batch<'_, Self>, (): &mut (), gradient: &mut [f64]) {
        for (x, g) in self.0.chunks(2).zip(gradient.chunks_mut(2)) {
            let off = x[1] - x[0] * x[0];
            g[0] = -400.0 * off * x[0] - 2.0 * (1.0 - x[0]);
            g[1] = 200.0 * off;
        }
    }
}

/// y = a·e^(b·x) + c
struct Decay([f64; 3]);

impl Model for Decay {
    type Float = f64;
    type Input = f64;
    type Target = f64;
    type Loss = ();
    type Workspace = ();

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("abc", &[3], 0)]
    }
    fn flat(&self) -> &[f64] {
        &self.0
    }
    fn flat_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
    fn outputs(&self, inputs: &[f64], _: &Threads) -> Vec<f64> {
        let [a, b, c] = self.0;
        inputs.iter().map(|x| a * (b * x).exp() + c).collect()
    }
    fn differentiate(
        &self,
        batch: Batch<'_, Self>,
        (): &mut (),
        (): &mut (),
        run: &Run<'_>,
    ) -> Result<f64> {
        let outputs = self.outputs(batch.inputs, run.threads);
        let squares = outputs.iter().zip(batch.targets).map(|(y, t)| (y - t).powi(2));
        Ok(squares.sum::<f64>() / outputs.len() as f64)
    }
    fn gradient(&self, _: Batch<'_, Self>, (): &mut (), _: &mut [f64]) {
        unreachable!("Levenberg–Marquardt asks for the derivatives of the residuals")
    }
}

impl LeastSquares for Decay {
    fn widths(&self) -> Result<RowWidths> {
        Ok(RowWidths { inputs: 1, targets: 1, outputs: 1 })
    }
    fn residuals(&self, inputs: &[f64], targets: &[f64], residuals: &mut [f64], threads: &Threads) {
        let outputs = self.outputs(inputs, threads);
        residuals.iter_mut().zip(outputs).zip(targets).for_each(|((r, y), t)| *r = y - t);
    }
    fn jacobian(&self, inputs: &[f64], _: &[f64], jacobian: &mut [f64]) -> Result<()> {
        let [a, b, _] = self.0;
        for (row, x) in jacobian.chunks_mut(3).zip(inputs) {
            let e = (b * x).exp();
            row.copy_from_slice(&[e, a * x * e, 1.0]);
        }
        Ok(())
    }
}

/// The largest relative error of losses and parameters after each iteration.
fn follow<M>(case: &Case, start: &M, data: &dyn nn::data::Source<M::Input, M::Target>) -> f64
where
    M: Model<Float = f64> + Clone,
{
    let (places, losses) = (&case.outputs[0], &case.outputs[1]);
    let (mut seen, mut model) = (Vec::new(), start.clone());
    set(&mut model, &case.input(0).values);
    let watch = |model: &M, iteration: &solve::Iteration| {
        seen.push((iteration.loss, parameters(model)));
        ControlFlow::Continue(())
    };
    let solution = solve::lbfgs(&mut model, data)
        .memory(case.integer("memory", 0) as usize)
        .iterations(losses.values.len())
        .watch(watch)
        .run()
        .unwrap();
    assert_eq!(solution.stopped, Stopped::Iterations, "{}", case.name);
    assert_eq!(seen.len(), losses.values.len(), "{}", case.name);
    let width = places.shape[1];
    let mut worst = 0.0_f64;
    for (at, (loss, place)) in seen.iter().enumerate() {
        let expected = &places.values[at * width..][..width];
        let size = expected.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        let errors = place.iter().zip(expected).map(|(found, x)| (found - x).abs() / size);
        let of_loss = (loss - losses.values[at]).abs() / losses.values[at];
        for error in errors.chain([of_loss]) {
            worst = if error <= worst { worst } else { error };
        }
    }
    println!("{:<24} {:<32} {worst:.1e}", case.name, case.word("reference").unwrap_or_default());
    worst
}

/// y = sin(3x) + 0.2·x² at 24 points.
fn wave() -> Curve {
    (0..24)
        .map(|i| f64::from(i) / 12.0 - 1.0)
        .map(|x| ([x], [(3.0 * x).sin() + 0.2 * x * x]))
        .collect()
}

#[test]
fn lbfgs_goes_where_pytorch_goes() {
    for case in cases("lbfgs") {
        let worst = match case.name.as_str() {
            "lbfgs.network" => follow(&case, &Six::<f64>::init(0), &wave()),
            _ => {
                follow(&case, &Rosenbrock(vec![0.0; 6]), &Dataset::new(vec![()], vec![()]).unwrap())
            }
        };
        assert!(worst < 1e-8, "{}: off by {worst:e}", case.name);
    }
}

#[test]
fn levenberg_marquardt_ends_where_minpack_ends() {
    for case in cases("levenberg_marquardt") {
        let values = |at: usize| case.input(at).values.clone();
        let (x, y, start) = (values(0), values(1), values(2));
        let (solution, place) = match case.name.as_str() {
            "lm.decay" => {
                let mut decay = Decay(start.try_into().unwrap());
                let data = Dataset::new(x, y).unwrap();
                let solution = solve::levenberg_marquardt(&mut decay, &data).run().unwrap();
                (solution, decay.0.to_vec())
            }
            _ => {
                let data: Curve = x.into_iter().zip(y).map(|(x, y)| ([x], [y])).collect();
                let mut two = Two::<f64>::init(0);
                set(&mut two, &start);
                let solution = solve::levenberg_marquardt(&mut two, &data).run().unwrap();
                (solution, parameters(&two))
            }
        };
        println!("{} {solution}", case.name);
        let expected = case.number("loss", 0.0);
        let error = (solution.loss - expected).abs() / expected;
        assert!(error < 1e-9, "{}: {solution}, not {expected:e}", case.name);
        for (found, expected) in place.iter().zip(&case.outputs[0].values) {
            let error = (found - expected).abs();
            assert!(error < 1e-4 * expected.abs(), "{}: {found}, not {expected}", case.name);
        }
    }
}

/// y = sin(2πx)·e^−x + x/2 at 100 points from −1 to 1.
fn smooth() -> Curve {
    let places = (0..100).map(|i| f64::from(i) / 49.5 - 1.0);
    places.map(|x| ([x], [(2.0 * PI * x).sin() * (-x).exp() + x / 2.0])).collect()
}

#[test]
fn levenberg_marquardt_fits_a_smooth_function_to_ten_digits() {
    let data = smooth();
    for seed in 1..4 {
        let mut deep = Deep::<f64>::init(seed);
        let solution = solve::levenberg_marquardt(&mut deep, &data).goal(1e-10).run().unwrap();
        println!("seed {seed}: {solution}");
        assert_eq!(solution.stopped, Stopped::Goal, "seed {seed}: {solution}");
        assert!(solution.loss <= 1e-10, "seed {seed}: {solution}");
        let loss = deep.evaluate(&data).unwrap().loss;
        assert!((loss - solution.loss).abs() <= 1e-6 * loss, "seed {seed}: {loss:e}, {solution}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = smooth();
    let solved = |count: usize, by_lbfgs: bool| {
        let (mut deep, threads) = (Deep::<f64>::init(3), Threads::new(count).for_any_work());
        let solution = match by_lbfgs {
            true => solve::lbfgs(&mut deep, &data).threads(&threads).iterations(20).run().unwrap(),
            false => {
                let solver = solve::levenberg_marquardt(&mut deep, &data);
                solver.threads(&threads).iterations(5).run().unwrap()
            }
        };
        (solution, parameters(&deep).into_iter().map(f64::to_bits).collect::<Vec<_>>())
    };
    for by_lbfgs in [true, false] {
        let one = solved(1, by_lbfgs);
        for count in [2, 3] {
            assert_eq!(solved(count, by_lbfgs), one, "{count} threads, {by_lbfgs}");
        }
    }
}

/// JᵀJ and JJᵀ give the same steps: five rows are fewer than the parameters, and the same rows
/// twenty times are more.
#[test]
fn fewer_rows_than_parameters_take_the_same_steps_as_more() {
    let few: Curve = smooth().into_iter().step_by(20).collect();
    let many: Curve = (0..20).flat_map(|_| few.clone()).collect();
    let step = |data: &Curve| {
        let mut six = Six::<f64>::init(5);
        let solution = solve::levenberg_marquardt(&mut six, data).iterations(3).run().unwrap();
        assert_eq!(solution.iterations, 3);
        parameters(&six)
    };
    for (a, b) in step(&few).iter().zip(step(&many)) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

#[test]
fn a_network_of_several_outputs_is_solved_alike_at_run_time() {
    let rows = (0..36).map(|i| [f64::from(i % 6) / 3.0 - 1.0, f64::from(i / 6) / 3.0 - 1.0]);
    let rows = rows.map(|[x, y]| ([x, y], [x * y, (x + y).sin(), x - y * y]));
    let data: Dataset<[f64; 2], [f64; 3]> = rows.collect();
    let mut plane = Plane::<f64>::init(2);
    let mut same: Dynamic<f64> = Dynamic::parse("dense(2 -> 5, tanh), dense(3)").unwrap().init(2);
    let solution = solve::levenberg_marquardt(&mut plane, &data).iterations(40).run().unwrap();
    println!("{solution}");
    assert!(solution.loss < 1e-3 && solution.loss < solution.first_loss / 100.0, "{solution}");
    let flat = data.flat();
    let at_run_time = solve::levenberg_marquardt(&mut same, &flat).iterations(40).run().unwrap();
    assert_eq!(at_run_time, solution);
    assert_eq!(parameters(&same), parameters(&plane));
}

/// In `f32` nothing is exact to 1e-10, and both stop at the rounding error.
#[test]
fn small_floats_end_at_their_precision() {
    let data: Dataset<[f32; 1], [f32; 1]> =
        wave().into_iter().map(|(x, y)| ([x[0] as f32], [y[0] as f32])).collect();
    let check = |solution: Solution, six: &Six<f32>| {
        println!("{solution}");
        assert!(solution.loss < 1e-4, "{solution}");
        assert_ne!(solution.stopped, Stopped::Iterations, "{solution}");
        let loss = six.evaluate(&data).unwrap().loss;
        assert!((loss - solution.loss).abs() <= 1e-3 * loss, "{loss:e}: {solution}");
    };
    let mut six = Six::<f32>::init(1);
    let solver = solve::lbfgs(&mut six, &data).iterations(100_000);
    check(solver.run().unwrap(), &six);
    let mut six = Six::<f32>::init(1);
    let solver = solve::levenberg_marquardt(&mut six, &data).iterations(100_000);
    check(solver.run().unwrap(), &six);
}

#[test]
fn a_solver_says_why_it_stopped() {
    let data = wave();
    let mut watched = 0;
    let mut six = Six::<f64>::init(1);
    let solver = solve::lbfgs(&mut six, &data).watch(|_, iteration| {
        watched = iteration.number;
        if iteration.number == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let solution = solver.run().unwrap();
    assert_eq!((solution.stopped, solution.iterations), (Stopped::Watcher, 7));
    let again = solve::lbfgs(&mut six, &data).goal(solution.loss).run().unwrap();
    assert_eq!((again.stopped, again.iterations, again.loss), (Stopped::Goal, 0, solution.loss));
    assert_eq!(watched, 7);
    let flat =
        solve::lbfgs(&mut Rosenbrock(vec![1.0; 4]), &Dataset::new(vec![()], vec![()]).unwrap())
            .run();
    assert_eq!(flat.unwrap().stopped, Stopped::Gradient);
    let mut six = Six::<f64>::init(1);
    let slow = solve::levenberg_marquardt(&mut six, &data).change_below(0.5).run().unwrap();
    assert_eq!(slow.stopped, Stopped::Change);
    let few =
        solve::levenberg_marquardt(&mut Six::<f64>::init(1), &data).iterations(2).run().unwrap();
    assert_eq!((few.stopped, few.iterations), (Stopped::Iterations, 2));
    assert!(few.to_string().ends_with("the maximum number of iterations is reached"), "{few}");
}

#[test]
fn lbfgs_takes_any_loss_and_any_head() {
    network! { struct Sides(dense(2 -> 6, tanh), dense(2, softmax)); }
    let inputs: Vec<[f64; 2]> =
        (0..50).map(f64::from).map(|i| [i.sin(), (2.0 * i).cos()]).collect();
    let labels: Vec<u8> = inputs.iter().map(|x| u8::from(x[0] * x[1] > 0.0)).collect();
    let data = Dataset::new(inputs, Class::<2>::from_labels(&labels).unwrap()).unwrap();
    let mut sides = Sides::<f64>::init(2);
    let solution = solve::lbfgs(&mut sides, &data).goal(1e-3).run().unwrap();
    assert_eq!(solution.stopped, Stopped::Goal, "{solution}");
    assert_eq!(sides.evaluate(&data).unwrap().accuracy, Some(1.0));
    let mut six = Six::<f64>::init(1);
    let solution = solve::lbfgs(&mut six, &wave()).loss(huber(0.1)).goal(1e-5).run().unwrap();
    assert_eq!(solution.stopped, Stopped::Goal, "{solution}");
}

#[test]
fn what_cannot_be_solved_is_refused_by_name() {
    network! { struct Dropped(dense(1 -> 6, tanh), dropout(0.5), dense(1)); }
    network! { struct Normed(dense(1 -> 6, tanh), batch_norm, dense(1)); }
    network! { struct Punished(dense(1 -> 6, tanh, l2 = 0.01), dense(1)); }
    let data = wave();
    let says = |result: Result<Solution>, expected: &str| {
        let text = result.unwrap_err().to_string();
        assert!(text.contains(expected), "{text}\nwithout: {expected}");
    };
    let mut dropped = Dropped::<f64>::init(1);
    let expected = "a function of the parameters alone; leave out layers that draw random numbers, \
                    such as dropout";
    says(solve::lbfgs(&mut dropped, &data).run(), expected);
    says(solve::levenberg_marquardt(&mut dropped, &data).run(), expected);
    let mut normed = Normed::<f64>::init(1);
    says(solve::lbfgs(&mut normed, &data).run(), "expected parameters that are all trained");
    says(
        solve::levenberg_marquardt(&mut normed, &data).run(),
        "expected parameters that are all trained",
    );
    let mut punished = Punished::<f64>::init(1);
    says(
        solve::levenberg_marquardt(&mut punished, &data).run(),
        "expected the squared error alone",
    );
    assert!(solve::lbfgs(&mut punished, &data).run().is_ok());
    let mut dynamic: Dynamic<f64> = Dynamic::parse("dense(1 -> 2, softmax)").unwrap().init(1);
    let classes = Dataset::new(vec![[0.0]], vec![[1.0]]).unwrap();
    says(
        solve::levenberg_marquardt(&mut dynamic, &classes.flat()).run(),
        "trained with the squared error",
    );

    let six = &mut Six::<f64>::init(1);
    let before = parameters(six);
    says(solve::lbfgs(six, &data).iterations(0).run(), "iterations of lbfgs: found 0");
    says(solve::lbfgs(six, &data).memory(0).run(), "memory of lbfgs: found 0");
    says(solve::lbfgs(six, &data).goal(f64::NAN).run(), "goal of lbfgs: found NaN");
    says(solve::lbfgs(six, &data).gradient_below(-1.0).run(), "gradient bound of lbfgs: found -1");
    let solver = solve::levenberg_marquardt(six, &data).change_below(f64::INFINITY);
    says(solver.run(), "change bound of levenberg_marquardt: found inf");
    let solver = solve::levenberg_marquardt(six, &data).damping(0.0);
    says(solver.run(), "damping of levenberg_marquardt: found 0");
    let wrong: Curve = [([0.0], [1.0]), ([f64::NAN], [2.0])].into_iter().collect();
    says(solve::lbfgs(six, &wrong).run(), "NaN");
    says(solve::levenberg_marquardt(six, &wrong).run(), "NaN");
    let large: Curve = [([0.0], [1e200]), ([1.0], [2.0])].into_iter().collect();
    says(solve::lbfgs(six, &large).run(), "loss before the first iteration: found inf");
    says(
        solve::levenberg_marquardt(six, &large).run(),
        "loss before the first iteration: found inf",
    );
    assert_eq!(parameters(six), before);
    six.parameters_mut().as_mut_slice()[0] = f64::NAN;
    let error = solve::levenberg_marquardt(six, &data).run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Diverged, "{error}");
}
