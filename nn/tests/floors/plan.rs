//! The floors of every crate and what is excepted from them, each with the reason.

/// The plan of one crate.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its folder, seen from the workspace's root.
    pub(crate) folder: &'static str,
    /// The rooms, floor by floor, the lowest first.
    pub(crate) floors: &'static [&'static [&'static str]],
    /// Arrows that go up or to the side, and why they may.
    pub(crate) up: &'static [(&'static str, &'static str, &'static str)],
    /// How many of these there may be.
    pub(crate) most_up: usize,
    /// Rooms that use each other in a circle, in alphabetic order, and why that is their nature.
    pub(crate) circles: &'static [(&'static [&'static str], &'static str)],
    /// Arrows that are forbidden regardless of the floors.
    pub(crate) nevers: &'static [Never],
    /// Fewer arrows than this mean that the sources were not read.
    pub(crate) least_arrows: usize,
}

/// `rooms` that never use one of those that they must not `know`.
#[derive(Debug)]
pub(crate) struct Never {
    pub(crate) rooms: &'static [&'static str],
    pub(crate) know: &'static [&'static str],
    pub(crate) why: &'static str,
}

pub(crate) const PLANS: &[Plan] = &[TENSOR, AUTOGRAD, GRAMMAR, MACROS, NN];

/// Nothing but rooms and floors.
pub(crate) const PLAIN: Plan = Plan {
    folder: "",
    floors: &[],
    up: &[],
    most_up: 0,
    circles: &[],
    nevers: &[],
    least_arrows: 3,
};

const TENSOR: Plan = Plan {
    folder: "tensor",
    floors: &[
        &["cache", "decimal", "embedded", "error", "float", "simd", "threads"],
        &["buffer", "math", "shape"],
        &["activation", "product", "random"],
        &["tensor"],
        &[
            "elementwise",
            "format",
            "indexing",
            "matmul",
            "reduce",
            "scan",
            "sort",
            "trigonometry",
            "windows",
        ],
        &["arrays", "convolution", "pooling"],
    ],
    nevers: &[Never {
        rooms: &["activation", "math", "product"],
        know: &["tensor", "shape"],
        why: "arithmetic works on slices, which a network without tensors has, too",
    }],
    least_arrows: 30,
    ..PLAIN
};

const AUTOGRAD: Plan = Plan {
    folder: "autograd",
    floors: &[
        &["error", "names", "recycled", "trace"],
        &["axis", "dual", "list", "op"],
        &["elementwise", "record"],
        &["gradients", "section", "tape", "var"],
        &["higher", "ops"],
        &["composed"],
        &["gradcheck"],
    ],
    circles: &[(
        &["gradients", "section", "tape", "var"],
        "a `Var` points to the tape that it is recorded on, and gradients are looked up by it",
    )],
    nevers: &[Never {
        rooms: &["ops"],
        know: &["record", "tape"],
        why: "an operation is a formula and its derivative; the tape calls it",
    }],
    least_arrows: 30,
    ..PLAIN
};

const GRAMMAR: Plan = Plan {
    folder: "nn-macros/grammar",
    floors: &[
        &["tokens", "vocabulary"],
        &["attribute"],
        &["ast"],
        &["network", "parse"],
        &["check", "leaves"],
        &["read"],
    ],
    nevers: &[
        Never {
            rooms: &["parse"],
            know: &["check", "network"],
            why: "the parser knows how a declaration is written, not what it means",
        },
        Never {
            rooms: &["vocabulary"],
            know: &["ast", "tokens"],
            why: "the words are rows of a table",
        },
    ],
    least_arrows: 10,
    ..PLAIN
};

const MACROS: Plan = Plan {
    folder: "nn-macros",
    floors: &[&["source"], &["anchors", "expand", "mistakes"], &["declare"], &["file"]],
    most_up: 1,
    least_arrows: 5,
    ..PLAIN
};

const NN: Plan = Plan {
    folder: "nn",
    floors: &[
        &["error", "row", "text"],
        &["labels"],
        &["words"],
        &["parameters"],
        &["distributed", "head", "optim"],
        &["data", "layer", "loss"],
        &["network"],
        &["file", "metric", "picture"],
        &["train"],
        &["solve", "tabular"],
        &["dynamic", "tape"],
        &["c_source", "keras", "onnx", "sequential"],
        &["private"],
        &["declare"],
    ],
    most_up: 0,
    nevers: &[
        Never {
            rooms: &["head"],
            know: &["layer", "loss", "network"],
            why: "a head is a function of the last layer's values; which loss fits it is the \
                  loss's to say",
        },
        Never {
            rooms: &["optim"],
            know: &["data", "head", "layer", "loss", "network"],
            why: "an optimizer sees stretches of numbers and their gradient",
        },
        Never {
            rooms: &["layer"],
            know: &["data", "loss", "metric", "network", "optim", "train"],
            why: "a layer maps rows to rows and gradients to gradients",
        },
        Never {
            rooms: &["loss"],
            know: &["data", "layer", "network", "optim", "train"],
            why: "a loss sees the outputs and the targets of a row",
        },
        Never {
            rooms: &["data"],
            know: &["layer", "loss", "metric", "network", "train"],
            why: "data are there before the network is",
        },
        Never {
            rooms: &["network"],
            know: &["data", "file", "metric", "optim", "picture", "tape", "train"],
            why: "what is done with a network is a trait of the room that does it",
        },
        Never {
            rooms: &["file", "picture"],
            know: &["data", "loss", "metric", "optim", "tape", "train"],
            why: "a trained network is kept, shown and used without what trained it",
        },
        Never {
            rooms: &["metric"],
            know: &["optim", "train"],
            why: "a network is judged the same way whoever trained it",
        },
        Never {
            rooms: &["file", "head", "layer", "network", "parameters", "private", "row", "text"],
            know: &["metric", "optim", "tape", "train"],
            why: "what is left without the standard library knows no training",
        },
    ],
    least_arrows: 30,
    ..PLAIN
};
