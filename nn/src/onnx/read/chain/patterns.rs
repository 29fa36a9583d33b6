//! Layers that consist of several operators.

use tensor::Float;

use super::{Chain, Layer, shortest};
use crate::error::Result;
use crate::onnx::proto;

impl<'m, T: Float> Chain<'m, T> {
    /// The number at an input of a node, as the shortest decimal that is equal in the model's type.
    fn number(&self, node: &'m proto::Node, input: usize) -> Option<f64> {
        let constant = self.constant(node, input).ok()?;
        let number = (constant.len() == 1).then(|| constant.to_vec()[0].as_f64())?;
        Some(if size_of::<T>() == size_of::<f32>() { shortest(number) } else { number })
    }

    /// The only node that reads a value, if it is this operator.
    fn then(&self, value: &'m str, op: &str) -> Option<&'m proto::Node> {
        let mut readers = self.model.nodes.iter().filter(|node| reads(node, value));
        let node = readers.next().filter(|node| node.op_type.as_deref() == Some(op))?;
        (readers.next().is_none() && node.output.len() == 1).then_some(node)
    }

    /// Of two nodes that read the current value, the one of this operator and the other.
    fn by_operator(
        [a, b]: [&'m proto::Node; 2],
        op: &str,
    ) -> Option<(&'m proto::Node, &'m proto::Node)> {
        let is = |node: &proto::Node| node.op_type.as_deref() == Some(op) && node.output.len() == 1;
        if is(a) { Some((a, b)) } else { is(b).then_some((b, a)) }
    }

    /// Matches z/√(m + ε) for a value z, by the node that divides: m is the mean of z² along a row.
    /// Returns ε and the nodes between.
    fn divided_by_root(
        &self,
        z: &'m str,
        readers: [&'m proto::Node; 2],
    ) -> Option<(&'m proto::Node, f64, Vec<&'m proto::Node>)> {
        let (divided, square) = Self::by_operator(readers, "Div")?;
        let is_square = match square.op_type.as_deref()? {
            "Mul" => square.input.iter().all(|name| name == z),
            "Pow" => {
                square.input.first().is_some_and(|name| name == z)
                    && self.number(square, 1) == Some(2.0)
            }
            _ => false,
        };
        let mean = self.then(square.output.first()?, "ReduceMean")?;
        let sum = self.then(&mean.output[0], "Add")?;
        let epsilon = self.number(sum, usize::from(sum.input.first() == mean.output.first()))?;
        let root = self.then(&sum.output[0], "Sqrt")?;
        let is_quotient =
            divided.input.len() == 2 && divided.input[0] == z && divided.input[1] == root.output[0];
        let fits = is_square && self.is_mean_of_row(mean) && is_quotient;
        fits.then(|| (divided, epsilon, vec![square, mean, sum, root]))
    }

    /// Whether a mean is taken along a row and keeps its axis.
    fn is_mean_of_row(&self, node: &'m proto::Node) -> bool {
        let attribute =
            |name: &str| node.attribute.iter().find(|one| one.name.as_deref() == Some(name));
        let keeps = attribute("keepdims").and_then(|one| one.i).unwrap_or(1) == 1;
        let axes = match (attribute("axes"), self.constant(node, 1)) {
            (Some(axes), _) => axes.ints.clone(),
            (None, Ok(axes)) => axes.to_vec().iter().map(|axis| axis.as_f64() as i64).collect(),
            (None, Err(_)) => Vec::new(),
        };
        keeps && matches!(axes[..], [-1 | 1])
    }

    /// Matches a norm along rows that is written in its steps; returns whether there is one.
    pub(super) fn norm_in_steps(&mut self, readers: [&'m proto::Node; 2]) -> Result<bool> {
        let x = self.at;
        if let Some((divided, epsilon, between)) = self.divided_by_root(x, readers) {
            return self.scaled_norm("rms_norm", epsilon, divided, between);
        }
        // x − mean, and the same divided by its root.
        let Some((mean, distance)) = Self::by_operator(readers, "ReduceMean") else {
            return Ok(false);
        };
        let is_distance = distance.op_type.as_deref() == Some("Sub")
            && distance.input[..] == [x, &mean.output[0][..]].map(str::to_owned);
        let [z] = &distance.output[..] else { return Ok(false) };
        let of_z: Vec<&'m proto::Node> =
            self.model.nodes.iter().filter(|node| reads(node, z)).collect();
        let &[a, b] = &of_z[..] else { return Ok(false) };
        match self.divided_by_root(z, [a, b]) {
            Some((divided, epsilon, mut between)) if is_distance && self.is_mean_of_row(mean) => {
                between.extend([mean, distance]);
                self.scaled_norm("layer_norm", epsilon, divided, between)
            }
            _ => Ok(false),
        }
    }

    /// Matches the scale after the norm with these nodes, and the shift if there is one; returns
    /// whether they are there.
    fn scaled_norm(
        &mut self,
        word: &'static str,
        epsilon: f64,
        divided: &'m proto::Node,
        between: Vec<&'m proto::Node>,
    ) -> Result<bool> {
        let Some(width) = self.width else { return Ok(false) };
        let by_column = |chain: &Self, value: &'m str, op: &str| {
            let node = chain.then(value, op)?;
            let input = usize::from(node.input.first().is_some_and(|name| name == value));
            let numbers = chain.constant(node, input).ok()?.broadcast_to([1, width]).ok()?;
            Some((node, numbers.to_vec()))
        };
        let Some((last, scale)) = by_column(self, &divided.output[0], "Mul") else {
            return Ok(false);
        };
        let (mut last, mut tensors) = (last, vec![scale]);
        if word == "layer_norm" {
            let Some((sum, shift)) = by_column(self, &last.output[0], "Add") else {
                return Ok(false);
            };
            self.used.insert(&last.output[0]);
            tensors.push(shift);
            last = sum;
        }
        let between = between.into_iter().chain([divided]);
        self.used.extend(between.flat_map(|node| &node.output).map(|name| &name[..]));
        let details = vec![format!("epsilon = {}", written(epsilon))];
        self.layers.push(Layer { word, details, tensors, is_open: false });
        self.pass(last)?;
        Ok(true)
    }

    /// Matches an encoder from this node on, where one is allowed; returns whether there is one.
    pub(super) fn encoder(&mut self, node: &'m proto::Node) -> Result<bool> {
        let is_front = self.is_front && self.layers.is_empty() && self.depth == 0;
        let Some(width) = self.width.filter(|_| is_front) else { return Ok(false) };
        let at = usize::from(node.input.first().is_some_and(|name| name == self.at));
        if node.op_type.as_deref() == Some("Mul") {
            let Some(factor) = self.number(node, at).filter(|&factor| factor > 0.0) else {
                return Ok(false);
            };
            let details = vec![written(factor)];
            self.layers.push(Layer { word: "scale", details, tensors: Vec::new(), is_open: false });
            self.pass(node)?;
            return Ok(true);
        }
        if node.op_type.as_deref() == Some("Scaler") {
            // Scikit-learn's scaler: the same as the two operators below.
            let settings = self.settings(node);
            let by_column = |name: &str, none: f32| {
                let list = settings.floats(name)?.filter(|list| !list.is_empty());
                let none = [none];
                let list = list.unwrap_or(&none[..]);
                let number = |column: usize| list.get(if list.len() == 1 { 0 } else { column });
                let numbers = (0..width).map(|column| number(column).map(|&x| T::of(x.into())));
                Ok::<_, crate::Error>(numbers.collect::<Option<Vec<T>>>())
            };
            let (Some(center), Some(scale)) = (by_column("offset", 0.0)?, by_column("scale", 1.0)?)
            else {
                return Ok(false);
            };
            self.standardize("standardize", center, scale);
            self.pass(node)?;
            return Ok(true);
        }
        // (x − center)·scale
        let by_column = |chain: &Self, node: &'m proto::Node| {
            let numbers = chain.constant(node, 1).ok()?.broadcast_to([1, width]).ok()?;
            Some(numbers.to_vec())
        };
        let (Some("Sub"), [distance], 1) = (node.op_type.as_deref(), &node.output[..], at) else {
            return Ok(false);
        };
        let product = self.then(distance, "Mul").or_else(|| self.then(distance, "Div"));
        let product = product.filter(|product| product.input.first() == Some(distance));
        let Some(product) = product else { return Ok(false) };
        let (Some(center), Some(mut scale)) = (by_column(self, node), by_column(self, product))
        else {
            return Ok(false);
        };
        if product.op_type.as_deref() == Some("Div") {
            scale.iter_mut().for_each(|scale| *scale = T::one() / *scale);
        }
        if !scale.iter().all(|scale| scale.is_finite()) {
            return Ok(false);
        }
        self.used.insert(distance);
        self.pass(product)?;
        let word = if self.smooth_clip() { "robust" } else { "standardize" };
        self.standardize(word, center, scale);
        Ok(true)
    }

    /// Adds an encoder of this word with its parameters of each column.
    fn standardize(&mut self, word: &'static str, center: Vec<T>, scale: Vec<T>) {
        // The count is 1, as after fitting one row.
        let tensors = vec![vec![T::one()], center, scale];
        self.layers.push(Layer { word, details: Vec::new(), tensors, is_open: false });
    }

    /// Moves past z/√(1 + (z/3)²), if that follows the current value z.
    fn smooth_clip(&mut self) -> bool {
        let (z, readers) = (self.at, self.readers());
        let &[a, b] = &readers[..] else { return false };
        let found = Self::by_operator([a, b], "Div").and_then(|(divided, share)| {
            let third = self.number(share, 1).filter(|third| (third - 1.0 / 3.0).abs() < 1e-7);
            let is_share = share.op_type.as_deref() == Some("Mul") && third.is_some();
            let square = self.then(share.output.first()?, "Mul")?;
            let sum = self.then(&square.output[0], "Add")?;
            let root = self.then(&sum.output[0], "Sqrt")?;
            let fits = is_share
                && square.input.iter().all(|name| *name == share.output[0])
                && self.number(sum, 1) == Some(1.0)
                && divided.input[..] == [z.to_owned(), root.output[0].clone()];
            fits.then_some((divided, [share, square, sum, root]))
        });
        let Some((divided, between)) = found else { return false };
        self.used.extend(between.into_iter().chain([divided]).map(|node| &node.output[0][..]));
        self.at = &divided.output[0];
        true
    }

    /// Matches ln σ(x) as −softplus(−x) from this node on; returns whether it is there.
    pub(super) fn log_sigmoid(&mut self, node: &'m proto::Node) -> Result<bool> {
        let (Some("Neg"), [negative]) = (node.op_type.as_deref(), &node.output[..]) else {
            return Ok(false);
        };
        let softplus = self.then(negative, "Softplus");
        let last = softplus.and_then(|softplus| self.then(&softplus.output[0], "Neg"));
        let (Some(softplus), Some(last)) = (softplus, last) else { return Ok(false) };
        self.activate(last, "log_sigmoid".into())?;
        self.used.extend([&negative[..], &softplus.output[0][..]]);
        Ok(true)
    }
}

/// Whether a node reads a value.
fn reads(node: &proto::Node, value: &str) -> bool {
    node.input.iter().any(|name| name == value)
}

/// A number as text that parses to the same number.
pub(super) fn written(number: f64) -> String {
    tensor::decimal::Written::number(number).as_str().to_owned()
}
