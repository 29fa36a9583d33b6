//! Networks behind the columns of tables as C: a struct for a row answers with the bits of this library.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use nn::data::{Cell, Column, Table};

use crate::compiler::{compile, run};
use crate::table_cases::{TABLES, table, trained};
use crate::{Number, WAYS, folder};

/// A program's part that answers to the rows of a table, and the bytes that it should write.
fn case<T: Number>(folder: &Path, name: &str, text: &str, target: &str) -> (String, Vec<u8>) {
    let (seen, new) = (table(1, 400, false), table(2, 200, true));
    let network = trained::<T>(text, target, &seen);
    let name = format!("{name}_{}", T::REAL);
    network.save_c(folder.join(format!("{name}.c"))).unwrap();
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

/// The rows of a table as C writes them, of the columns that a network's declaration names, in their order.
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
