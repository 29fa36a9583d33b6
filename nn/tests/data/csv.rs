//! Tables from text: guessed kinds, and the full text of every error.

use std::fmt::Debug;
use std::fs;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use nn::data::csv::Csv;
use nn::data::{Cell, Class, Dataset, Kind, Table};

#[track_caller]
fn says<T: Debug>(result: nn::Result<T>, text: &str) {
    assert_eq!(result.expect_err("this must be an error").to_string(), text);
}

/// Names and kinds of the columns.
fn kinds(table: &Table) -> String {
    let columns =
        table.columns().iter().map(|column| format!("{} {}", column.name(), column.kind()));
    columns.collect::<Vec<_>>().join(", ")
}

/// A file with `rows` numbers, some of which are replaced.
fn numbers_but(rows: usize, others: &[(usize, &str)]) -> String {
    let mut lines = vec!["x,y".to_string()];
    for row in 0..rows {
        let other = others.iter().find(|(at, _)| *at == row);
        lines.push(format!("{},{row}", other.map_or("1.5", |(_, text)| text)));
    }
    lines.join("\n")
}

#[test]
fn kinds_follow_from_all_values() {
    let text = "n,when,city,is,code,empty,mixed,late\n\
                1,2026-11-28,Rome,yes,7,,1,\n\
                2.5e3, 2026-11-29 12:00 ,\"Oslo, N\",No,A7,NA,x,4\n\
                ?,,,TRUE,8,,2,5\n";
    let table = Csv::new().parse("table", text).unwrap();
    assert_eq!(
        kinds(&table),
        "n number, when date, city category, is yes/no, code category, empty number, mixed \
         category, late number"
    );
    let cell = |name, row| table.column(name).unwrap().get(row).unwrap().to_string();
    assert_eq!([cell("n", 1), cell("n", 2)], ["2500", ""]);
    assert_eq!(cell("when", 1), "2026-11-29 12:00:00");
    assert_eq!(cell("city", 1), "Oslo, N");
    assert_eq!(cell("is", 1), "no");
    assert_eq!([cell("code", 0), cell("code", 1)], ["7", "A7"], "words as they stand in the file");
    assert_eq!(table.column("empty").unwrap().missing(), 3);
    assert_eq!(table.column("late").unwrap().get(2), Some(Cell::Number(5.0)));
}

#[test]
fn what_stands_in_the_file_is_what_the_options_say() {
    let text = "# made by hand\nsize;price;class\n'1,5';-999;1\n2;n.a.;0\n";
    let csv = Csv::new().separator(b';').quote(b'\'').comment(b'#').decimal_comma();
    let csv = csv.missing("n.a.").missing("-999").kind("class", Kind::YesNo);
    let table = csv.parse("table", text).unwrap();
    assert_eq!(kinds(&table), "size number, price number, class yes/no");
    assert_eq!(table.column("size").unwrap().as_numbers(), Some(&[1.5, 2.0][..]));
    assert_eq!(table.column("price").unwrap().missing(), 2);
    assert_eq!(table.column(2).unwrap().get(0), Some(Cell::YesNo(true)));

    let bare = Csv::new().header(false).parse("table", "1,a\n2,b\n").unwrap();
    assert!(bare.names().eq(["column0", "column1"]));
    let named = Csv::new().header(false).names(["n", "c"]).kind(0, Kind::Category);
    let named = named.parse("table", "1,a\n2,b\n").unwrap();
    assert_eq!(kinds(&named), "n category, c category");
    let skipped = Csv::new().skip(2).parse("table", "made today\nby me\na,b\n1,2\n").unwrap();
    assert_eq!(skipped.len(), 1);
    let nothing = Csv::new().missing_only(["-"]).parse("table", "a,b\nNA,1\n-,2\n").unwrap();
    assert_eq!(nothing.column("a").unwrap().words(), ["NA"]);
    let tabs = Csv::new().separator(b'\t').quote(None).parse("table", "a\tb\n\"x\t5\"\n").unwrap();
    assert_eq!(tabs.column("a").unwrap().words(), ["\"x"]);
    let lines = Csv::new().parse("table", "a,b\n\"x\ny\",1\n\n\"say \"\"no\"\"\",2\n").unwrap();
    assert_eq!(lines.column("a").unwrap().words(), ["say \"no\"", "x\ny"]);
}

#[test]
fn wrong_fields_are_counted_and_the_first_are_shown() {
    const MOST: &str = "nearly all values of the column fit: correct the others, declare them as \
                        missing values with `missing`, or set another kind with `kind`";
    says(
        Csv::new().parse("numbers.csv", numbers_but(100, &[(4, "-"), (50, "1.5.2")])),
        &format!(
            "numbers.csv: line 6 in column `x`, line 52 in column `x`: found `-`, `1.5.2` (2 \
             errors in 100 rows), expected a number; {MOST}"
        ),
    );
    // The first value does not decide the kind.
    says(
        Csv::new().parse("numbers.csv", numbers_but(100, &[(0, "-")])),
        &format!(
            "numbers.csv: line 2 in column `x`: found `-`, expected a number or a date; {MOST}"
        ),
    );
    let many: Vec<(usize, &str)> = (0..40).map(|row| (row * 2, "-")).collect();
    let table = Csv::new().parse("table", numbers_but(100, &many)).unwrap();
    assert_eq!(kinds(&table), "x category, y number");
    let number = Csv::new().kind("x", Kind::Number);
    says(
        number.parse("numbers.csv", numbers_but(100, &many)),
        "numbers.csv: line 2 in column `x`, line 4 in column `x`, line 6 in column `x`, …: found \
         `-`, `-`, `-`, … (\
         40 errors in 100 rows), expected a number; correct the file, or declare the text as a \
         missing value with `missing`",
    );
    assert_eq!(
        number
            .missing("-")
            .parse("t", numbers_but(100, &many))
            .unwrap()
            .column(0)
            .unwrap()
            .missing(),
        40
    );
    says(
        Csv::new().kind("when", Kind::Date).parse("dates.csv", "when\n2026-11-28\n28.11.2026\n"),
        "dates.csv: line 3 in column `when`: found `28.11.2026`, expected a date such as \
         2026-11-28; correct the file, or declare the text as a missing value with `missing`",
    );
}

#[test]
fn a_file_that_is_no_such_table_is_an_error_that_says_why() {
    const COUNT: &str = "quote fields that contain a separator, skip lines above the table with \
                         `skip`, or write `.separator(…)` or `.header(false)` if the first line is \
                         not the header of this table";
    let parse = |text: &str| Csv::new().parse("t.csv", text);
    says(
        parse(""),
        "t.csv: lines: found none, expected at least one; the file is empty, get it again",
    );
    says(
        parse("569,30,malignant,benign\n1,2,3,4,5\n1,2,3,4,5\n"),
        &format!(
            "t.csv: line 2, line 3: found 5 fields, 5 fields (2 errors in 2 rows), expected 4, as \
             in the first line; {COUNT}"
        ),
    );
    says(
        parse("5.1,3.5\n4.9,3.0\n"),
        "t.csv: line 1: found only numbers, the first is `5.1`, expected the names of the columns; \
         write `.header(false)` if the file does not name them",
    );
    says(
        parse("a\tb\n1\t2\n"),
        "t.csv: line 1: found no `,` but 1 times `\\t`, expected fields separated by `,`; write \
         `.separator(b'\\t')`, or `.separator(b',')` if there is one column",
    );
    says(
        parse("a,b\n1,\"x\n2,y\n3,z\n"),
        "t.csv: line 2: found an opening quote without a closing one, expected a closing quote at \
         the end of the field; close it, or write `.quote(None)` if quotes are ordinary characters",
    );
    says(
        parse("a,b,a\n"),
        "t.csv: line 1: found the column `a` twice, expected a unique name for each column; set \
         other names with `names`",
    );
    says(
        Csv::new().kind("c", Kind::Number).parse("t.csv", "a,b\n1,2\n"),
        "column: found `c`, expected one of `a`, `b`; `names` gives the names of all columns; \
         positions are counted from 0",
    );
    says(
        Csv::new().names(["a"]).parse("t.csv", "a,b\n1,2\n"),
        "t.csv: line 1: found 2 fields, expected 1, as many as `names` has; name every column",
    );
    says(
        Csv::new().skip(3).parse("t.csv", "a,b\n1,2\n"),
        "t.csv: lines to skip: found only 2 lines, expected more than 3; pass a smaller number to \
         `skip`",
    );
    says(
        Csv::new().decimal_comma().parse("t.csv", "a\n1,5\n"),
        "separator: found a comma, which is also the decimal separator, expected another \
         character; write `.separator(b';')`, for example",
    );
    says(
        Csv::new().parse("t.csv", b"name\nJos\xe9\nAnn\n"),
        "t.csv: line 2 in column `name`: found `Jos\u{fffd}`, expected text in UTF-8; convert the \
         file, for example with `iconv -f LATIN1 -t UTF-8`",
    );
    let error = Table::read_csv("no/such/file.csv").unwrap_err().to_string();
    assert!(error.starts_with("no/such/file.csv: cannot open: "), "{error}");
}

#[test]
fn a_compressed_file_is_read_as_it_is() {
    let path = std::env::temp_dir().join(format!("nn-csv-{}.csv.gz", std::process::id()));
    let text = numbers_but(5000, &[]);
    let mut gzip = GzEncoder::new(fs::File::create(&path).unwrap(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap();
    let table = Table::read_csv(&path).unwrap();
    assert_eq!(table, Csv::new().parse("text", &text).unwrap());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = Table::read_csv(&path).unwrap_err().to_string();
    assert!(error.contains("gzip stream: found"), "{error}");
    fs::remove_file(&path).unwrap();
    let data: Dataset<[f32; 1], [f32; 1]> = table.target("y").dataset().unwrap();
    assert_eq!(data.get(4999), Some((&[1.5], &[4999.0])));
    let classes = Csv::new().parse("text", "a,c\n1,x\n2,y\n3,x\n").unwrap();
    let data: Dataset<[f32; 1], Class<2>> = classes.target("c").dataset().unwrap();
    assert_eq!(data.targets()[1].index(), 1);
}
