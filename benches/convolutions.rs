//! The convolution and pooling workloads: those of LeNet and of a block of a residual network.

/// One layer of an image network: windows over images of some channels.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// The network that it is part of.
    pub name: &'static str,
    /// `[images, channels, height, width]`
    pub images: [usize; 4],
    /// Output channels; none for max pooling, whose windows do not overlap.
    pub outputs: Option<usize>,
    /// Rows and columns of a window.
    pub window: usize,
    /// Padding at each edge.
    pub padding: usize,
}

impl Convolution {
    /// All of them.
    pub const ALL: [Convolution; 5] = [
        Convolution::new("LeNet 1", [64, 1, 28, 28], Some(6), 5, 2),
        Convolution::new("LeNet pool", [64, 6, 28, 28], None, 2, 0),
        Convolution::new("LeNet 2", [64, 6, 14, 14], Some(16), 5, 0),
        Convolution::new("ResNet 64", [8, 64, 56, 56], Some(64), 3, 1),
        Convolution::new("ResNet 256", [8, 256, 14, 14], Some(256), 3, 1),
    ];

    const fn new(
        name: &'static str,
        images: [usize; 4],
        outputs: Option<usize>,
        window: usize,
        padding: usize,
    ) -> Self {
        Convolution { name, images, outputs, window, padding }
    }

    /// The shape of the weight, if there is one.
    pub fn weight(&self) -> Option<[usize; 4]> {
        self.outputs.map(|outputs| [outputs, self.images[1], self.window, self.window])
    }

    /// The number of its output elements.
    pub fn output_len(&self) -> usize {
        let [images, channels, height, width] = self.images;
        let places = |len: usize| match self.outputs {
            Some(_) => len + 2 * self.padding - self.window + 1,
            None => len / self.window,
        };
        images * self.outputs.unwrap_or(channels) * places(height) * places(width)
    }
}
