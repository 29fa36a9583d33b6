//! Networks with columns of tables as C: the outputs for a struct of a row have the bits of this
//! library.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use nn::c_source::CSource as _;
use nn::data::{Cell, Column, Dataset, Table};
use nn::layer::columns::TableRow as _;
use nn::prelude::*;

use crate::compiler::{compile, run};
use crate::table_cases::{TABLES, table, trained};
use crate::{Number, WAYS, folder};

/// The part of a program that predicts the rows of a table, and the bytes that it should write.
fn case<T: Number>(folder: &Path, name: &str, text: &str, target: &str) -> (String, Vec<u8>) {
    let (seen, new) = (table(1, 400, false), table(2, 200, true));
    let network = trained::<T>(text, target, &seen);
    let name = format!("{name}_{}", T::REAL);
    network.save_c(folder.join(format!("{name}.c"))).unwrap();
    let header = fs::read_to_string(folder.join(format!("{name}.h"))).unwrap();
    let says_words = header.contains("a word in UTF-8; NULL or \"\" if it is missing: `");
    assert_eq!(says_words, text.contains("category"), "{name}: {header}");
    let answers = network.predict_table(&new).unwrap();
    let rows = rows(text, &new.drop([target]).unwrap());
    let upper = name.to_uppercase();
    let part = format!(
        "    static const {name}_row {name}[] = {{\n{rows}    }};
    for (size_t i = 0; i < sizeof {name} / sizeof *{name}; i++) {{
        {real} y[{upper}_OUTPUTS];
        {name}_predict_row(&{name}[i], y);
        if (fwrite(y, sizeof *y, {upper}_OUTPUTS, stdout) != {upper}_OUTPUTS) return 1;
    }}\n",
        real = T::REAL
    );
    (part, answers.into_iter().flat_map(Number::bytes).collect())
}

/// The rows of a table as C initializers, with the columns that a network's declaration names, in
/// order.
fn rows(declaration: &str, table: &Table) -> String {
    let mut own: Vec<(usize, &Column)> = table
        .columns()
        .iter()
        .filter_map(|column| {
            let [plain, quoted] =
                [format!("{}: ", column.name()), format!("{:?}: ", column.name())];
            let at = |text: &str| {
                let found = declaration.match_indices(text).map(|(at, _)| at);
                found.into_iter().find(|&at| at == 0 || " {\n".contains(&declaration[at - 1..at]))
            };
            Some((at(&plain).or_else(|| at(&quoted))?, column))
        })
        .collect();
    own.sort_by_key(|(at, _)| *at);
    let mut text = String::new();
    for row in 0..table.len() {
        text += "        {";
        for (_, column) in &own {
            let cell = column.iter().nth(row).unwrap();
            let is_word = !column.words().is_empty();
            let _ = match (cell, cell.number()) {
                (Cell::Category(word), _) => write!(text, "{word:?}, "),
                (_, Some(number)) => write!(text, "{number:e}, "),
                _ if is_word => write!(text, "{}, ", ["NULL", "\"\""][row % 2]),
                _ => write!(text, "NAN, "),
            };
        }
        text += "},\n";
    }
    text
}

#[test]
fn rows_of_tables_in_c_answer_with_the_same_bits() {
    let folder = folder("tables");
    let (mut names, mut parts, mut expected) = (Vec::new(), String::new(), Vec::new());
    for (name, text, target) in TABLES {
        for (part, answers) in
            [case::<f32>(&folder, name, text, target), case::<f64>(&folder, name, text, target)]
        {
            parts += &part;
            expected.push(answers);
        }
        names.extend([format!("{name}_float"), format!("{name}_double")]);
    }
    let mut main = String::from("#include <math.h>\n#include <stdio.h>\n");
    names.iter().for_each(|name| writeln!(main, "#include \"{name}.h\"").unwrap());
    let _ = write!(main, "\nint main(void)\n{{\n{parts}    return 0;\n}}\n");
    fs::write(folder.join("main.c"), main).unwrap();
    for flags in WAYS {
        let mut files = vec![folder.join("main.c")];
        files.extend(names.iter().map(|name| folder.join(format!("{name}.c"))));
        let Some(program) = compile(&folder.join("program"), &files, flags) else { return };
        let output = run(&program, &[]);
        let mut from = 0;
        for (name, expected) in names.iter().zip(&expected) {
            let found = &output[from..][..expected.len()];
            from += expected.len();
            let wrong = found.chunks(4).zip(expected.chunks(4)).position(|(a, b)| a != b);
            assert_eq!(wrong, None, "{name} {flags:?}: other bits");
        }
        assert_eq!(from, output.len());
    }
}

network! {
    struct Flat(columns { area: number, int: category(2), sold: date }, dense(3, tanh));
    struct Offer {
        image: concat { pixels: input(2), flat: Flat },
        answer: dense(2, softmax),
    }
}

/// Columns in a branch are fields next to the numbers of the other branches, with valid C names.
#[test]
fn columns_in_a_branch_are_fields_of_the_row() {
    let folder = folder("branch");
    let seen = table(1, 300, false)
        .with(table(1, 300, false).column("city").unwrap().clone().renamed("int"));
    let flats = Flat::<f32>::rows(&seen.unwrap()).unwrap();
    let rows = flats.iter().map(|&flat| OfferInput { pixels: [0.5, 0.25], flat }.into());
    let rows: Vec<[f32; Offer::<f32>::INPUTS]> = rows.collect();
    let mut offer = Offer::<f32>::init(1);
    offer
        .adapt(&Dataset::new(rows, vec![nn::data::Class::<2>::new(0).unwrap(); 300]).unwrap())
        .unwrap();
    offer.save_c(folder.join("offer.c")).unwrap();
    let main = "#include <math.h>\n#include <stdio.h>\n#include \"offer.h\"\n\nint main(void)\n\
                {\n    \
                static const offer_row rows[] = {{{0.5f, 2}, 60, \"Rome\", 12000.5}, {{-1, 1e3f}, \
                NAN, \"Lima\", NAN}, {{0, 0}, 1e9, NULL, 3}};\n    \
                for (int i = 0; i < 3; i++) {\n        float y[OFFER_OUTPUTS];\n        \
                offer_predict_row(&rows[i], y);\n        \
                if (fwrite(y, sizeof *y, OFFER_OUTPUTS, stdout) != OFFER_OUTPUTS) return 1;\n    \
                }\n    return 0;\n}\n";
    fs::write(folder.join("main.c"), main).unwrap();
    let row = |area, int, sold| FlatRow { area, int, sold };
    let expected = [
        ([0.5, 2.0], row(Some(60.0), "Rome", Some(12000.5))),
        ([-1.0, 1e3], row(None, "Lima", None)),
        ([0.0, 0.0], row(Some(1e9), "", Some(3.0))),
    ];
    let expected =
        expected.iter().flat_map(|(pixels, flat)| offer.predict(pixels, &flat.numbers()));
    let expected: Vec<u8> = expected.flat_map(Number::bytes).collect();
    let files = ["main.c", "offer.c"].map(|name| folder.join(name));
    let Some(program) = compile(&folder.join("program"), &files, WAYS[0]) else { return };
    assert!(run(&program, &[]) == expected, "other bits");
}
