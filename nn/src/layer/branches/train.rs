//! Training parallel branches: columns are copied to each branch and back.

use autograd::{Var, ops};
use tensor::Float;

use crate::layer::residual::add_to;
use crate::layer::then::{add_penalties, pair_cut, pair_descend, pair_gradient, pair_penalty};
use crate::layer::workspace::take;
use crate::layer::{Concat, FoundColumn, Heads, Layer, OutputGrad, Pass, Seen, Sums};

/// The workspace of two branches: that of each, the joint outputs and their gradient, and each
/// branch's copy of its inputs and their gradient, where they are not those of both.
#[derive(Debug)]
pub struct BranchWorkspace<'a, A, B, T> {
    a: A,
    b: B,
    y: &'a mut [T],
    dy: &'a mut [T],
    x: [&'a mut [T]; 2],
    dx: [&'a mut [T]; 2],
}

/// Splits rows into the columns of `a` and those of `b`.
pub(crate) fn part_columns<T: Float>(
    joint: &[T],
    a: &mut [T],
    b: &mut [T],
    [of_a, of_b]: [usize; 2],
) {
    for ((row, a), b) in
        joint.chunks_exact(of_a + of_b).zip(a.chunks_exact_mut(of_a)).zip(b.chunks_exact_mut(of_b))
    {
        let (left, right) = row.split_at(of_a);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
    }
}

/// Joins the columns of `a` and those of `b` into rows.
pub(crate) fn join_columns<T: Float>(a: &[T], b: &[T], joint: &mut [T], [of_a, of_b]: [usize; 2]) {
    for ((row, a), b) in
        joint.chunks_exact_mut(of_a + of_b).zip(a.chunks_exact(of_a)).zip(b.chunks_exact(of_b))
    {
        let (left, right) = row.split_at_mut(of_a);
        left.copy_from_slice(a);
        right.copy_from_slice(b);
    }
}

impl<'a, A, B, T> BranchWorkspace<'a, A, B, T> {
    fn take(
        memory: &mut &'a mut [T],
        rows: usize,
        outputs: usize,
        x: [usize; 2],
        dx: [usize; 2],
        inner: impl FnOnce(&mut &'a mut [T]) -> (A, B),
    ) -> Self {
        let mut take = |width: usize| take(memory, rows * width);
        let (y, dy, x, dx) = (take(outputs), take(outputs), x.map(&mut take), dx.map(&mut take));
        let (a, b) = inner(memory);
        BranchWorkspace { a, b, y, dy, x, dx }
    }

    /// Splits into the first `at` of `rows` rows and the others. `inner` splits the workspaces of
    /// the branches.
    fn split(
        self,
        at: usize,
        rows: usize,
        inner: impl FnOnce(A, B) -> ((A, B), (A, B)),
    ) -> (Self, Self) {
        // The width of each slice is its length per row.
        let cut = |slice: &'a mut [T]| {
            let width = slice.len().checked_div(rows).unwrap_or(0);
            slice.split_at_mut(at * width)
        };
        let ((a, b), (a_rest, b_rest)) = inner(self.a, self.b);
        let ((y, y_rest), (dy, dy_rest)) = (cut(self.y), cut(self.dy));
        let [(x_a, x_a_rest), (x_b, x_b_rest)] = self.x.map(cut);
        let [(dx_a, dx_a_rest), (dx_b, dx_b_rest)] = self.dx.map(cut);
        (
            BranchWorkspace { a, b, y, dy, x: [x_a, x_b], dx: [dx_a, dx_b] },
            BranchWorkspace {
                a: a_rest,
                b: b_rest,
                y: y_rest,
                dy: dy_rest,
                x: [x_a_rest, x_b_rest],
                dx: [dx_a_rest, dx_b_rest],
            },
        )
    }
}

/// Writes, inside `impl Layer`, the code that both kinds of branches share. `$x` and `$dx` are the
/// widths of the copied inputs and of their gradients.
macro_rules! side_by_side {
    (x: $x:expr, dx: $dx:expr) => {
        const COUPLED: bool = A::COUPLED || B::COUPLED;

        type Workspace<'a, T: Float> =
            BranchWorkspace<'a, A::Workspace<'a, T>, B::Workspace<'a, T>, T>;
        type View<'a, T: Float> = (A::View<'a, T>, B::View<'a, T>);

        fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
            let (a, b) = parameters.split_at(A::LEN);
            (A::view(a), B::view(b))
        }

        fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
            let (a, b) = parameters.split_at_mut(A::LEN);
            A::init(a, seed, index);
            B::init(b, seed, index);
        }

        fn workspace_len<T: Float>(rows: usize) -> usize {
            let copied = $x[0] + $x[1] + $dx[0] + $dx[1];
            A::workspace_len::<T>(rows) + B::workspace_len::<T>(rows) + rows * (2 * OUT + copied)
        }

        fn workspace<'a, T: Float>(
            memory: &mut &'a mut [T],
            rows: usize,
        ) -> Self::Workspace<'a, T> {
            BranchWorkspace::take(memory, rows, OUT, $x, $dx, |memory| {
                (A::workspace(memory, rows), B::workspace(memory, rows))
            })
        }

        fn split<'a, T: Float>(
            workspace: Self::Workspace<'a, T>,
            at: usize,
        ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>) {
            let count = workspace.y.len() / OUT;
            workspace.split(at, count, |a, b| {
                let ((a, a_rest), (b, b_rest)) = (A::split(a, at), B::split(b, at));
                ((a, b), (a_rest, b_rest))
            })
        }

        fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T] {
            workspace.y
        }

        fn output_grad<'r, T: Float>(
            workspace: &'r mut Self::Workspace<'_, T>,
        ) -> OutputGrad<'r, T> {
            OutputGrad::linear(workspace.y, workspace.dy)
        }

        fn next_boundary(at: usize) -> usize {
            pair_cut::<A, B>(at)
        }

        fn penalty<T: Float>(parameters: &[T]) -> Option<T> {
            pair_penalty::<A, B, T>(parameters)
        }

        fn update_state<T: Float>(parameters: &mut [T], workspace: &Self::Workspace<'_, T>) {
            let (a, b) = parameters.split_at_mut(A::LEN);
            A::update_state(a, &workspace.a);
            B::update_state(b, &workspace.b);
        }

        fn record_penalty<'t, T: Float>(
            parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        ) -> autograd::Result<Option<Var<'t, T>>> {
            add_penalties(A::record_penalty(parameters)?, B::record_penalty(parameters)?)
        }
    };
}

/// Passes the gradient of the joint outputs to both branches.
fn backward_to_branches<A: Layer, B: Layer, T: Float>(
    workspace: &mut BranchWorkspace<'_, A::Workspace<'_, T>, B::Workspace<'_, T>, T>,
) {
    let (a, b) = (A::output_grad(&mut workspace.a), B::output_grad(&mut workspace.b));
    part_columns(workspace.dy, a.gradient, b.gradient, [A::OUTPUTS, B::OUTPUTS]);
    a.apply_derivative();
    b.apply_derivative();
}

impl<A: Layer, B: Layer, const OUT: usize> Layer for Concat<A, B, OUT> {
    side_by_side!(x: [A::INPUTS, B::INPUTS], dx: [A::INPUTS, B::INPUTS]);

    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        let (a, b) = parameters.split_at_mut(A::LEN);
        A::adapt(a, &seen.part(0, A::INPUTS), see);
        B::adapt(b, &seen.part(A::INPUTS, B::INPUTS), see);
    }

    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        let [x_a, x_b] = &mut workspace.x;
        part_columns(x, x_a, x_b, [A::INPUTS, B::INPUTS]);
        A::forward(a, x_a, &mut workspace.a, pass);
        B::forward(b, x_b, &mut workspace.b, pass.skip(A::INFO.count()));
        join_columns(
            A::outputs(&workspace.a),
            B::outputs(&workspace.b),
            workspace.y,
            [A::OUTPUTS, B::OUTPUTS],
        );
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; OUT] {
        use crate::row::Row as _;
        let ((a, b), (x_a, x_b)) = (parameters.split_at(A::LEN), x.split_at(A::INPUTS));
        let (a, b) = (A::predict(a, x_a), B::predict(b, x_b));
        let mut y = [T::zero(); OUT];
        join_columns(a.as_slice(), b.as_slice(), &mut y, [A::OUTPUTS, B::OUTPUTS]);
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        backward_to_branches::<A, B, T>(workspace);
        let Some(before) = before else {
            A::backward(a, &mut workspace.a, None);
            return B::backward(b, &mut workspace.b, None);
        };
        let ([x_a, x_b], [dx_a, dx_b]) = (&workspace.x, &mut workspace.dx);
        A::backward(a, &mut workspace.a, Some(OutputGrad::linear(x_a, dx_a)));
        B::backward(b, &mut workspace.b, Some(OutputGrad::linear(x_b, dx_b)));
        join_columns(dx_a, dx_b, before.gradient, [A::INPUTS, B::INPUTS]);
        before.apply_derivative();
    }

    fn gradient<T: Float>(
        parameters: &[T],
        _x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        let [x_a, x_b] = &workspace.x;
        pair_gradient::<A, B, T>(
            parameters,
            (x_a, &workspace.a),
            (x_b, &workspace.b),
            (from, sums),
            gradient,
        );
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        _x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        let [x_a, x_b] = &workspace.x;
        pair_descend::<A, B, T>(parameters, (x_a, &workspace.a), (x_b, &workspace.b), from, rate)
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        let parts = x.split(1, &[A::INPUTS, B::INPUTS])?;
        let a = A::record(parameters, parts[0], pass)?;
        let b = B::record(parameters, parts[1], pass.skip(A::INFO.count()))?;
        x.tape().apply(ops::Concat { axis: 1 }, [a, b])
    }
}

impl<A: Layer, B: Layer, const OUT: usize> Layer for Heads<A, B, OUT> {
    // Both branches read the same inputs; one of the two input gradients needs a separate buffer.
    side_by_side!(x: [0, 0], dx: [0, B::INPUTS]);

    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        A::forward(a, x, &mut workspace.a, pass);
        B::forward(b, x, &mut workspace.b, pass.skip(A::INFO.count()));
        join_columns(
            A::outputs(&workspace.a),
            B::outputs(&workspace.b),
            workspace.y,
            [A::OUTPUTS, B::OUTPUTS],
        );
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; OUT] {
        use crate::row::Row as _;
        let (a, b) = parameters.split_at(A::LEN);
        let (a, b) = (A::predict(a, x), B::predict(b, x));
        let mut y = [T::zero(); OUT];
        join_columns(a.as_slice(), b.as_slice(), &mut y, [A::OUTPUTS, B::OUTPUTS]);
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        backward_to_branches::<A, B, T>(workspace);
        let Some(before) = before else {
            A::backward(a, &mut workspace.a, None);
            return B::backward(b, &mut workspace.b, None);
        };
        let [_, dx_b] = &mut workspace.dx;
        A::backward(a, &mut workspace.a, Some(OutputGrad::linear(before.y, before.gradient)));
        B::backward(b, &mut workspace.b, Some(OutputGrad::linear(before.y, dx_b)));
        add_to(before.gradient, dx_b);
        before.apply_derivative();
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        pair_gradient::<A, B, T>(
            parameters,
            (x, &workspace.a),
            (x, &workspace.b),
            (from, sums),
            gradient,
        );
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        pair_descend::<A, B, T>(parameters, (x, &workspace.a), (x, &workspace.b), from, rate)
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        let x = x.tape().apply(crate::layer::same::Same, [x])?;
        let a = A::record(parameters, x, pass)?;
        let b = B::record(parameters, x, pass.skip(A::INFO.count()))?;
        x.tape().apply(ops::Concat { axis: 1 }, [a, b])
    }
}
