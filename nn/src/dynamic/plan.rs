//! A description of the layers of a network that is read at run time, as the compiler has it for a
//! declared one.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::head::HeadInfo;
use crate::layer::columns::{ColumnForm, ColumnsInfo};
use crate::layer::{Info, LayerInfo, TensorInfo};
use crate::parameters::TensorKind;

/// The layers of a network, in a tree of the same form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Plan {
    Layer(LayerPlan),
    Then(Box<[Plan; 2]>),
    Residual(Box<Plan>),
    Inputs(Box<[Plan; 2]>),
    Heads(Box<[Plan; 2]>),
    Nested { name: String, names: Vec<String>, layers: Box<Plan> },
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LayerPlan {
    pub(super) kind: String,
    pub(super) widths: [usize; 2],
    pub(super) activation: String,
    pub(super) option: String,
    pub(super) len: usize,
    /// Name, shape, offset, kind, and whether it is trained.
    pub(super) tensors: Vec<(String, Vec<usize>, usize, TensorKind, bool)>,
    pub(super) flops: usize,
    pub(super) weight: Option<[usize; 2]>,
    pub(super) encodes: bool,
    /// Whether the layer, and whether its activation, is user-defined.
    pub(super) own: [bool; 2],
    pub(super) columns: ColumnsInfo,
}

/// A head, or a pair of heads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum HeadPlan {
    One(&'static str),
    Both(Box<[HeadPlan; 2]>),
}

/// Cache of leaked descriptions. A program that reads the same network repeatedly, such as a
/// search, creates its description once. For each distinct network about 1 KB per layer stays
/// allocated until the program ends.
static MADE: LazyLock<Mutex<HashMap<Plan, &'static Info>>> = LazyLock::new(Mutex::default);
static HEADS: LazyLock<Mutex<HashMap<HeadPlan, &'static HeadInfo>>> = LazyLock::new(Mutex::default);
static FORMS: LazyLock<Mutex<HashMap<Vec<ColumnForm>, &'static [ColumnForm]>>> =
    LazyLock::new(Mutex::default);
static NAMES: LazyLock<Mutex<HashMap<Vec<String>, &'static [&'static str]>>> =
    LazyLock::new(Mutex::default);

fn kept<K: Clone + Eq + std::hash::Hash, V: Copy>(
    all: &Mutex<HashMap<K, V>>,
    key: &K,
    make: impl FnOnce() -> V,
) -> V {
    let find = || all.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied();
    if let Some(made) = find() {
        return made;
    }
    // Outside the lock, because `make` looks up parts of a plan.
    let made = make();
    *all.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_insert(made)
}

fn text(text: &str) -> &'static str {
    if text.is_empty() { "" } else { String::leak(text.to_owned()) }
}

fn leaked<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// The same columns with a static lifetime.
pub(super) fn forms(forms: Vec<ColumnForm>) -> &'static [ColumnForm] {
    kept(&FORMS, &forms, || Vec::leak(forms.clone()))
}

/// The same names with a static lifetime.
pub(super) fn names(names: &[String]) -> &'static [&'static str] {
    kept(&NAMES, &names.to_vec(), || {
        Vec::leak(names.iter().map(|name| text(name)).collect::<Vec<_>>())
    })
}

impl Plan {
    /// Layers in sequence, as a balanced tree.
    pub(super) fn chain(mut plans: Vec<Plan>) -> Option<Plan> {
        if plans.len() < 2 {
            return plans.pop();
        }
        let after = plans.split_off(plans.len().div_ceil(2));
        Some(Plan::Then(Box::new([Plan::chain(plans)?, Plan::chain(after)?])))
    }

    /// The same as static data.
    pub(super) fn info(&self) -> &'static Info {
        kept(&MADE, self, || {
            let pair = |pair: &[Plan; 2]| (pair[0].info(), pair[1].info());
            leaked(match self {
                Plan::Layer(layer) => Info::Layer(layer.info()),
                Plan::Then(parts) => {
                    let (a, b) = pair(parts);
                    Info::Then(a, b)
                }
                Plan::Residual(inner) => Info::Residual(inner.info()),
                Plan::Inputs(parts) => {
                    let (a, b) = pair(parts);
                    Info::Concat(a, b)
                }
                Plan::Heads(parts) => {
                    let (a, b) = pair(parts);
                    Info::Heads(a, b)
                }
                Plan::Nested { name, names, layers } => Info::Nested {
                    name: text(name),
                    names: self::names(names),
                    layers: layers.info(),
                },
            })
        })
    }
}

impl LayerPlan {
    fn info(&self) -> LayerInfo {
        let [inputs, outputs] = self.widths;
        let tensors = self.tensors.iter().map(|(name, shape, offset, kind, trained)| TensorInfo {
            name: text(name),
            shape: Vec::leak(shape.clone()),
            offset: *offset,
            kind: *kind,
            trained: *trained,
        });
        let tensors: Vec<TensorInfo> = tensors.collect();
        LayerInfo {
            kind: text(&self.kind),
            inputs,
            outputs,
            activation: text(&self.activation),
            option: text(&self.option),
            params: tensors.iter().filter(|tensor| tensor.trained).map(TensorInfo::len).sum(),
            flops: self.flops,
            len: self.len,
            weight: self.weight,
            encodes: self.encodes,
            is_own: self.own[0],
            has_own_activation: self.own[1],
            columns: self.columns,
            tensors: Vec::leak(tensors),
        }
    }
}

impl HeadPlan {
    /// The same as static data.
    pub(super) fn info(&self) -> &'static HeadInfo {
        kept(&HEADS, self, || {
            leaked(match self {
                HeadPlan::One(name) => HeadInfo::One(name),
                HeadPlan::Both(pair) => HeadInfo::Both(pair[0].info(), pair[1].info()),
            })
        })
    }
}
