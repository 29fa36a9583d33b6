//! The networks of the cases that `network!` accepts (`ui/pass`), each with its run-time
//! counterpart.

use std::path::Path;

use nn::data::FlatTarget;
use nn::prelude::*;
use nn::{Adam, Dynamic, Registry, Row, Sgd, Threads};

use crate::dynamic::{STEPS, See, declaration, rows, same, steps};
use crate::rule::Rule;

/// The cases, each with its file, its networks, those without a counterpart, and the numbers that
/// they name.
macro_rules! cases {
    ($((
        $case:ident $file:literal: [$($name:ident)+]
        $(but [$($but:ident)+])? $(with [$($number:ident = $value:literal)+])?
    ))*) => {
        $(
            #[allow(unused, unreachable_pub)]
            #[path = $file]
            mod $case;
        )*

        /// File, networks, networks without a counterpart.
        const CASES: &[(&str, &[&str], &[&str])] =
            &[$(($file, &[$(stringify!($name)),+], &[$($(stringify!($but)),+)?])),*];

        /// Calls `see` with each of them.
        fn all_of_cases(see: &mut impl See) {
            $({
                let numbers: &[(&str, f64)] = &[$($((stringify!($number), $value)),+)?];
                $(
                    see.twin::<$case::$name<f32>>(
                        &|| read(include_str!($file), stringify!($name), numbers),
                    );
                    see.twin::<$case::$name<f64>>(
                        &|| read(include_str!($file), stringify!($name), numbers),
                    );
                )+
            })*
        }
    };
}

// Without a counterpart are widths and numbers that are expressions or parameters, and declarations
// in separate texts.
cases! {
    (activation_parameters "../ui/pass/activation_parameters.rs":
        [Leak Same] but [Numbers] with [SLOPE = 0.2])
    (activations "../ui/pass/activations.rs": [All])
    (activations_of_layers "../ui/pass/activations_of_layers.rs": [Digits Tuple])
    (attributes "../ui/pass/attributes.rs": [Digits Always] but [Never])
    (comments "../ui/pass/comments.rs": [Digits Other])
    (doubles "../ui/pass/doubles.rs": [Digits])
    (dropout_and_norms "../ui/pass/dropout_and_norms.rs": [Normed] but [Digits])
    (fields "../ui/pass/fields.rs": [Digits])
    (files "../ui/pass/files.rs": [Digits])
    (gates_and_groups "../ui/pass/gates_and_groups.rs":
        [Gated Front] but [Width] with [WIDTH = 12.0 GROUPS = 3.0])
    (heads "../ui/pass/heads.rs": [Classes Answers Numbers Positive])
    (inputs "../ui/pass/inputs.rs": [Place Unnamed] but [Text] with [PIXELS = 16.0])
    (options "../ui/pass/options.rs": [Digits] with [L2 = 1e-4])
    (own_layer "../ui/pass/own_layer.rs": [Digits] with [WIDTH = 4.0])
    (repetition "../ui/pass/repetition.rs": [Deep Inferred])
    (residual "../ui/pass/residual.rs": [Digits Front] with [WIDTH = 6.0])
    (several_heads "../ui/pass/several_heads.rs": [Scene Unnamed Only Both])
    (tape "../ui/pass/tape.rs": [Line])
    (tuple "../ui/pass/tuple.rs": [Digits])
}

/// Cases about the output of the macro, which have no run-time counterpart.
const OF_THE_MACRO: &[(&str, &str)] = &[
    ("attributes_everywhere", "attributes"),
    ("budget", "constants"),
    ("constants", "expressions as widths"),
    ("constants_of_networks", "constants"),
    ("deep", "the recursion limit"),
    ("deepest", "the recursion limit"),
    ("file", "`network_file!`; `Dynamic::read` has a test of its own"),
    ("hygiene", "names of types"),
    ("lints", "lints"),
    ("lints_of_layers", "lints"),
    ("local", "a declaration in a function"),
    ("macro_fragments", "macros that declare"),
    ("macro_rules", "macros that declare"),
    ("names", "names that are words of the language"),
    ("network_inside", "types; the gallery has networks inside one another"),
    ("own_activation", "types by paths; the gallery has an activation of its own"),
    ("parameters", "parameters of types"),
    ("several", "visibility"),
    ("text", "types"),
    ("types", "types"),
    ("types_of_users", "names of types"),
];

/// A network of a case, parsed from the text of the case.
fn read<T: Float>(source: &'static str, name: &str, numbers: &[(&str, f64)]) -> Dynamic<T> {
    let mut registry = Registry::new();
    for &(name, number) in numbers {
        registry.number(name, number);
    }
    registry.layer::<own_layer::Scale<4, 3>>("my::Scale");
    registry.layer::<own_layer::Scale<3, 3>>("Scale");
    registry.parse(declaration(source, name)).unwrap()
}

#[test]
fn every_passing_case_has_its_twins() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/pass");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let is_here = |case: &&(&str, _, _)| case.0 == format!("../ui/pass/{stem}.rs");
        let Some((_, twins, others)) = CASES.iter().find(is_here) else {
            assert!(OF_THE_MACRO.iter().any(|case| case.0 == stem), "{stem} has no twins");
            continue;
        };
        // Structs with a body, a text or parameters; not `struct Unit;`.
        let source = std::fs::read_to_string(&path).unwrap();
        let declared = source.split("struct ").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap();
            let is_network =
                ["(", " {", " =", "<const H"].iter().any(|mark| rest[end..].starts_with(mark));
            is_network.then_some(&rest[..end])
        });
        let mut listed: Vec<&str> = twins.iter().chain(*others).copied().collect();
        let mut declared: Vec<&str> = declared.collect();
        declared.sort_unstable();
        listed.sort_unstable();
        assert_eq!(declared, listed, "{stem}");
    }
    assert_eq!(CASES.len() + OF_THE_MACRO.len(), 40);
}

/// Weights, predictions on any number of threads, losses, and weights after training.
#[test]
fn twins_of_passing_cases_have_the_same_bits() {
    struct Numbers;
    impl See for Numbers {
        fn twin<N: Network<Target: FlatTarget<N::Float>> + Picture + Checkpoint + Evaluate>(
            &mut self,
            parse: &dyn Fn() -> Dynamic<N::Float>,
        ) {
            let (declared, dynamic) = (N::init(5), parse().init(5));
            same(N::NAME, dynamic.parameters(), declared.parameters().as_slice());
            let (data, flat) = rows::<N>(67);
            let expected = declared.predict_batch(data.inputs());
            for threads in [1, 2, 3].map(Threads::new) {
                let found = dynamic.predict_by(flat.inputs(), &threads).unwrap();
                same(N::NAME, &found, N::Output::flatten(&expected));
            }
            steps::<N>(parse, Rule::Sgd(Sgd::new(1e-4)), STEPS);
            steps::<N>(parse, Rule::Adam(Adam::new(0.003)), STEPS);
        }
    }
    all_of_cases(&mut Numbers);
}
