//! The example `embedded`: trained networks without the standard library, one called from C, and
//! one for rows of a table.
//!
//! Linking is part of the proof: the programs have no allocator, and a reachable panic would call a
//! function that does not exist.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use nn::data::fashion_mnist;
use nn::network;

use super::columns::{Price, PriceRowOwned, table};

network! { struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/embedded");

/// A file of the example.
pub(super) fn example(name: &str) -> PathBuf {
    Path::new(EXAMPLE).join(name)
}

/// The directory with `classify`, `value` and `libdigits.a`, built once.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedded");
        let build = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--manifest-path"])
            .arg(example("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            .status()
            .expect("cargo runs");
        assert!(build.success(), "nn/examples/embedded does not build, or a panic can be reached");
        target.join("release")
    })
}

/// Images of the sample as bytes, and the outputs of the network with the standard library.
fn images() -> (Vec<u8>, Vec<[f32; 10]>) {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/fashion-mnist-sample");
    let data = fashion_mnist::load(Some(&sample)).expect("the sample");
    let bytes: Vec<[u8; 784]> =
        data.test.inputs()[..50].iter().map(|x| x.map(|x| (x * 255.0).round() as u8)).collect();
    let digits = Digits::load(example("digits.safetensors")).expect("the weights");
    let answers =
        bytes.iter().map(|image| digits.predict(&image.map(|b| f32::from(b) / 255.0))).collect();
    (bytes.into_flattened(), answers)
}

/// The output of `program` for this `input`.
fn run(program: &Path, input: Vec<u8>) -> String {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("all input is read");
    assert!(output.status.success(), "{}: {}", program.display(), output.status);
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_program_without_std_answers_with_the_same_bits() {
    let (bytes, answers) = images();
    same_bits(&run(&built().join("classify"), bytes), &answers);
}

/// Checks that a program's output has the bits of these predictions.
#[track_caller]
fn same_bits<const N: usize>(output: &str, answers: &[[f32; N]]) {
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), answers.len());
    for (line, answer) in lines.iter().zip(answers) {
        let expected = answer.map(|number| format!("{:08x}", number.to_bits())).join(" ");
        assert_eq!(*line, expected);
    }
}

/// Rows of a table: missing values, words that are known, rare or new, yes, no and neither, and
/// dates.
#[test]
fn a_row_of_a_table_has_the_same_bits_without_std() -> nn::Result<()> {
    let mut rows = PriceRowOwned::read(&table())?;
    let blank = PriceRowOwned {
        area: None,
        rooms: None,
        city: String::new(),
        street: String::new(),
        garden: None,
        sold: None,
    };
    rows.push(blank.clone());
    rows.push(PriceRowOwned { area: Some(f64::INFINITY), rooms: Some(-1e300), ..blank.clone() });
    rows.push(PriceRowOwned { city: "Zürich".into(), street: "street 1".into(), ..blank });
    let mut bytes = Vec::new();
    for row in &rows {
        for number in [row.area, row.rooms, row.sold] {
            bytes.extend(number.unwrap_or(f64::NAN).to_le_bytes());
        }
        bytes.push(row.garden.map_or(b'?', u8::from));
        for word in [&row.city, &row.street] {
            let mut field = [0; 12];
            field[..word.len()].copy_from_slice(word.as_bytes());
            bytes.extend(field);
        }
    }
    let price = Price::load(example("price.safetensors"))?;
    let answers: Vec<[f32; 1]> = rows.iter().map(|row| price.predict(row)).collect();
    same_bits(&run(&built().join("value"), bytes), &answers);
    Ok(())
}

/// A C program linked with the library, `libdigits.a` or `libdigits.so`.
fn compiled(source: PathBuf, library: &str) -> PathBuf {
    let name = source.file_stem().expect("a file").display();
    let program = built().join(format!("{name}-{library}"));
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let status = Command::new(&compiler)
        .args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2", "-I", EXAMPLE])
        .arg(&source)
        .arg(built().join(library))
        .arg(format!("-Wl,--gc-sections,-rpath,{}", built().display()))
        .args(["-pthread", "-o"])
        .arg(&program)
        .status()
        .unwrap_or_else(|error| {
            panic!("{compiler:?}, the C compiler that Rust links with: {error}")
        });
    assert!(status.success(), "{} does not compile and link", source.display());
    program
}

#[test]
fn a_prediction_needs_the_stack_that_is_said() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embedded/stack.c");
    let output = run(&compiled(source, "libdigits.a"), Vec::new());
    let numbers: Vec<usize> =
        output.split_whitespace().map(|n| n.parse().expect("bytes")).collect();
    let [touched, said] = numbers[..] else { panic!("two numbers, not {output}") };
    // The numbers themselves, and a frame with saved registers for each of a few calls.
    assert!((said..said + 1024).contains(&touched), "{touched} bytes touched, {said} said");
}

#[test]
fn a_c_program_answers_the_same() {
    c_program_answers_the_same("libdigits.a");
}

#[cfg(target_os = "linux")]
#[test]
fn a_c_program_with_the_shared_library_answers_the_same() {
    c_program_answers_the_same("libdigits.so");
}

fn c_program_answers_the_same(library: &str) {
    let (bytes, answers) = images();
    let program = compiled(example("main.c"), library);
    let names = [
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ];
    let output = run(&program, bytes);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), answers.len());
    for (line, answer) in lines.iter().zip(&answers) {
        let (name, number) = line.rsplit_once(' ').expect("a name and a number");
        let best = (1..10).fold(0, |best, i| if answer[i] > answer[best] { i } else { best });
        assert_eq!((name, hexadecimal(number)), (names[best], f64::from(answer[best])));
    }
}

/// Parses the output of C's `%a`, `0x1.8p-1`, for 0 < x ≤ 1.
fn hexadecimal(text: &str) -> f64 {
    let (digits, exponent) = text.trim_start_matches("0x").split_once('p').expect("an exponent");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let value = |digits: &str| u64::from_str_radix(digits, 16).expect("hexadecimal") as f64;
    let fraction = match fraction {
        "" => 0.0,
        digits => value(digits) / 16_f64.powi(digits.len() as i32),
    };
    (value(whole) + fraction) * 2_f64.powi(exponent.parse().expect("an exponent"))
}
