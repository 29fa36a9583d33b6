//! Names that a text can use beyond the words of the notation.

use std::collections::BTreeMap;
use std::fmt;

use tensor::Float;
use tensor::activation::Activation;

use super::Dynamic;
use super::build::{Settings, dense_plan};
use super::plan::LayerPlan;
use crate::layer::{DenseFormula, Formula, Info, Leaf};

/// Custom layers, activations, networks and numbers, under the names that a text uses for them.
///
/// A declared network takes them from the program around it; a text takes them from the registry.
///
/// ```
/// use nn::activation::{Activation, Silu};
/// use nn::{Dynamic, Float, Registry};
///
/// /// x·σ(1.702 x)
/// #[derive(Clone, Copy, Debug, Default)]
/// struct QuickGelu;
///
/// impl Activation for QuickGelu {
///     const NAME: &'static str = "quick_gelu";
///     const KEEPS_INPUT: bool = true;
///     fn value<T: Float>(&self, x: T) -> T {
///         Silu.value(T::of(1.702) * x) / T::of(1.702)
///     }
///     fn derivative<T: Float>(&self, x: T, _y: T) -> T {
///         let z = T::of(1.702) * x;
///         Silu.derivative(z, Silu.value(z))
///     }
/// }
///
/// let mut registry = Registry::new();
/// registry.activation::<QuickGelu>("QuickGelu").number("WIDE", 32);
/// let network: Dynamic = registry.parse("dense(4 -> WIDE, QuickGelu), dense(2, softmax)")?;
/// assert_eq!(network.parameters().len(), 4 * 32 + 32 + 32 * 2 + 2 + 14); // 14 are gaps
/// # Ok::<(), nn::Error>(())
/// ```
pub struct Registry<T: Float = f32> {
    pub(super) numbers: BTreeMap<String, f64>,
    pub(super) activations: BTreeMap<String, OwnActivation<T>>,
    pub(super) layers: BTreeMap<String, OwnLayer<T>>,
    pub(super) networks: BTreeMap<String, Dynamic<T>>,
}

/// Builds a dense layer with a custom activation.
pub(super) type OwnActivation<T> = fn([usize; 2], Settings) -> (Box<dyn Formula<T>>, LayerPlan);

/// The formulas of a layer, its description, and whether rows depend on one another in training.
pub(super) type Made<T> = (Box<dyn Formula<T>>, LayerPlan, bool);

/// A custom layer.
pub(super) struct OwnLayer<T> {
    pub(super) widths: [usize; 2],
    pub(super) make: fn() -> Made<T>,
}

impl<T: Float> Registry<T> {
    /// An empty registry.
    pub fn new() -> Self {
        Registry {
            numbers: BTreeMap::new(),
            activations: BTreeMap::new(),
            layers: BTreeMap::new(),
            networks: BTreeMap::new(),
        }
    }

    /// Registers a number: a width, or an option of a layer.
    pub fn number(&mut self, name: impl Into<String>, number: impl Into<f64>) -> &mut Self {
        self.numbers.insert(name.into(), number.into());
        self
    }

    /// Registers an activation.
    pub fn activation<A: Activation>(&mut self, name: impl Into<String>) -> &mut Self {
        self.activations.insert(name.into(), |widths, settings| {
            let settings = Settings { gain: A::GAIN, ..settings };
            let plan =
                LayerPlan { own: [false, A::IS_OWN], ..dense_plan(widths, A::NAME, &settings) };
            (Box::new(DenseFormula::new(widths, A::default(), settings)), plan)
        });
        self
    }

    /// Registers a layer. The widths in the text must match those of its type.
    pub fn layer<L: Leaf>(&mut self, name: impl Into<String>) -> &mut Self {
        self.layers.insert(
            name.into(),
            OwnLayer {
                widths: [L::INPUTS, L::OUTPUTS],
                make: || (Box::new(L::formula::<T>()), own_plan::<L>(), L::COUPLED),
            },
        );
        self
    }

    /// Registers a network that other networks can use as a layer.
    pub fn network(&mut self, name: impl Into<String>, network: Dynamic<T>) -> &mut Self {
        self.networks.insert(name.into(), network);
        self
    }

    /// Lists the registered names, for messages.
    pub(super) fn listed<V>(what: &BTreeMap<String, V>) -> String {
        match what.is_empty() {
            true => "none is registered".into(),
            false => {
                let names: Vec<&str> = what.keys().map(String::as_str).collect();
                format!("registered are {}", names.join(", "))
            }
        }
    }
}

/// The description of a layer, from its type.
fn own_plan<L: Leaf>() -> LayerPlan {
    let Info::Layer(info) = &L::INFO else { panic!("{}: a leaf is one layer", L::INFO.count()) };
    let tensors = info.tensors.iter().map(|tensor| {
        let (name, shape) = (tensor.name.to_owned(), tensor.shape.to_vec());
        (name, shape, tensor.offset, tensor.kind, tensor.trained)
    });
    LayerPlan {
        kind: info.kind.to_owned(),
        widths: [info.inputs, info.outputs],
        activation: info.activation.to_owned(),
        option: info.option.to_owned(),
        len: info.len,
        tensors: tensors.collect(),
        flops: info.flops,
        weight: info.weight,
        encodes: info.encodes,
        own: [info.is_own, info.has_own_activation],
        columns: info.columns,
    }
}

impl<T: Float> Default for Registry<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the names.
impl<T: Float> fmt::Debug for Registry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("numbers", &self.numbers)
            .field("activations", &self.activations.keys())
            .field("layers", &self.layers.keys())
            .field("networks", &self.networks.keys())
            .finish()
    }
}
