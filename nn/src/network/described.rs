//! What a network consists of, declared or read at run time: for those who write it in another form.

use tensor::Float;

use super::{Network, check_adapted, declaration, place_of_units, tensors_of};
use crate::error::Result;
use crate::head::{Activate, HeadInfo};
use crate::layer::Info;
use crate::parameters::NamedTensor;

/// A network without its type.
pub(crate) struct Described<'a, T> {
    pub(crate) name: &'a str,
    pub(crate) declaration: String,
    pub(crate) info: &'a Info,
    pub(crate) names: &'a [&'a str],
    pub(crate) heads: &'a HeadInfo,
    pub(crate) parameters: &'a [T],
    /// Where what is known of the target stands among the parameters, if its units are not those of the last layer.
    pub(crate) units: Option<usize>,
}

impl<'a, T: Float> Described<'a, T> {
    /// A declared one.
    pub(crate) fn of<N: Network<Float = T>>(network: &'a N) -> Self {
        Described {
            name: N::NAME,
            declaration: declaration::<N>().as_str().to_owned(),
            info: N::INFO,
            names: N::NAMES,
            heads: &<N::Head as Activate<T>>::INFO,
            parameters: network.parameters().as_slice(),
            units: place_of_units::<N>(),
        }
    }

    /// The tensors in the order of the flat buffer.
    ///
    /// # Errors
    ///
    /// If an encoder has found nothing yet.
    pub(crate) fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let tensors = tensors_of(self.info, self.names);
        check_adapted(self.name, &tensors, self.parameters)?;
        Ok(tensors)
    }

    /// The full name of the layer at `index`.
    pub(crate) fn layer_name(&self, index: usize) -> String {
        self.info.name(self.names, index).as_str().to_owned()
    }
}
