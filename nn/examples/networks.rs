//! A gallery of declared networks, with their summary tables and diagrams.
//!
//! `cargo run --release --example networks -- --out DIR` writes a diagram of each into `DIR`.

use std::path::PathBuf;

use nn::autograd::elementwise;
use nn::init::Random;
use nn::layer::RowLayer;
use nn::prelude::*;
use tensor::math;

network! {
    /// 28×28 gray images to ten classes.
    pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));

    /// A function of the plane, smooth and hard to learn: depth by repetition.
    pub struct Deep {
        first: dense(2 -> 64, tanh),
        hidden: dense(64 -> 64, tanh) * 14,
        height: dense(1),
    }

    /// Residual blocks, as in transformers.
    pub struct ResidualMlp {
        stem: dense(16 -> 64),
        block: residual(layer_norm, dense(64 -> 64, gelu), dense(64)) * 6,
        output: dense(5, softmax),
    }

    /// Layers and options that reduce overfitting.
    pub struct Regularised {
        hidden: dense(784 -> 256, init = he_normal, bias = false, l2 = 1e-4),
        norm: batch_norm,
        bend: dense(128, relu),
        drop: dropout(0.2),
        output: dense(10, softmax),
    }

    /// Encodes an image as eight numbers.
    pub struct Encoder {
        wide: dense(784 -> 64, relu),
        code: dense(8),
    }

    /// Reconstructs an image from eight numbers: a nested network.
    pub struct Autoencoder {
        encoder: Encoder,
        decode: dense(8 -> 64, relu),
        pixels: dense(784, sigmoid),
    }

    /// The class of an object and its rotation: two heads.
    pub struct Pose {
        trunk: dense(100 -> 64, relu),
        answer: heads {
            class: dense(64 -> 10, softmax),
            angle: (dense(64 -> 16, relu), dense(1)),
        },
    }

    /// An image and its metadata: two inputs.
    pub struct Photo {
        input: concat {
            image: dense(784 -> 64, relu),
            meta: input(4),
        },
        mix: dense(32, relu),
        output: dense(3, softmax),
    }

    /// A custom activation and a custom layer, declared below.
    pub struct OwnParts {
        gate: Gate(12 -> 12),
        hidden: dense(16, Swish),
        output: dense(2),
    }
}

elementwise!(
    /// x·σ(x)
    pub Swish, "swish", |x: T| x * math::sigmoid(x)
);

/// y = x ∘ σ(s): every input has its own gate, which training opens and closes.
#[derive(Debug)]
pub struct Gate<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Gate<I, O> {
    const NAME: &'static str = "gate";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = I;
    type Outputs<T: Float> = [T; O];

    fn init<T: Float>(s: &mut [T], _: Random) {
        s.fill(T::zero());
    }

    fn forward<T: Float>(s: &[T], x: &[T], y: &mut [T]) {
        for i in 0..I {
            y[i] = x[i] * math::sigmoid(s[i]);
        }
    }

    fn backward<T: Float>(s: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        for i in 0..I {
            dx[i] = dy[i] * math::sigmoid(s[i]);
        }
    }

    fn gradient<T: Float>(s: &[T], x: &[T], _y: &[T], dy: &[T], ds: &mut [T]) {
        for i in 0..I {
            let open = math::sigmoid(s[i]);
            ds[i] = ds[i] + dy[i] * x[i] * open * (T::one() - open);
        }
    }
}

/// A network's file name, table and diagram.
#[derive(Debug)]
pub struct Entry {
    /// The name of the diagram's file.
    pub file: &'static str,
    /// The table.
    pub summary: &'static str,
    /// The diagram.
    pub svg: String,
    /// Whether the two drivers agree to the last bit.
    pub check: nn::Result<()>,
}

fn entry<N: Network>(file: &'static str) -> Entry {
    Entry { file, summary: N::SUMMARY, svg: N::svg(), check: N::init(1).self_check(2) }
}

/// All networks of the gallery.
pub fn gallery() -> Vec<Entry> {
    vec![
        entry::<Digits>("digits.svg"),
        entry::<Deep>("deep.svg"),
        entry::<ResidualMlp>("residual.svg"),
        entry::<Regularised>("regularised.svg"),
        entry::<Autoencoder>("autoencoder.svg"),
        entry::<Pose>("pose.svg"),
        entry::<Photo>("photo.svg"),
        entry::<OwnParts>("own_parts.svg"),
    ]
}

const HELP: &str = "\
Prints the tables of some networks and writes their diagrams.

Options:
  --out DIR      directory for the SVG files, created if necessary (default: `networks` in the
                 system's directory for temporary files)
  --help         this text";

/// The directory for the diagrams; `None` after `--help`.
fn options() -> Result<Option<PathBuf>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut out = std::env::temp_dir().join("networks");
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("out") => out = parser.value()?.into(),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(out))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(out) = options()? else {
        println!("{HELP}");
        return Ok(());
    };
    std::fs::create_dir_all(&out)?;
    for Entry { file, summary, svg, check } in gallery() {
        check?;
        println!("{summary}");
        std::fs::write(out.join(file), svg)?;
    }
    println!("diagrams written to {}", out.display());
    Ok(())
}
