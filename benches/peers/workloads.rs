//! The workloads on which frameworks are compared, by another framework: `--peer candle`, `burn` or
//! `dfdx`, or, for matrix products, `gemm`, `faer` or `matrixmultiply`, or a BLAS, `mkl` or
//! `openblas`, whose shared library the environment variable `PEERS_MKL` or `PEERS_OPENBLAS` names.
//!
//! [`benches::protocol`] describes the command line and the numbers.

use std::process::ExitCode;

use benches::protocol::{self, Options, Product, Task, Workload};
use nn::Row;
use nn::data::fashion_mnist;
use peers::blas::Blas;
use peers::{FRAMEWORKS, products};

fn main() -> ExitCode {
    protocol::main("candle", run)
}

fn run(name: &str, options: &Options) -> Result<(), String> {
    if let Some(product) = Product::named(name) {
        let threads = options.threads;
        if let "mkl" | "openblas" = options.peer.as_str() {
            let blas = Blas::open(&options.peer)?;
            options.product(name, product, |a, b, c| blas.multiply(product, a, b, c));
            return Ok(());
        }
        let (_, compute) = products::ALL
            .into_iter()
            .find(|(library, _)| *library == options.peer)
            .ok_or_else(|| format!("there is no matrix product {}", options.peer))?;
        options.product(name, product, |a, b, c| compute(product, threads, a, b, c));
        return Ok(());
    }
    let (_, open) = FRAMEWORKS
        .into_iter()
        .find(|(framework, _)| *framework == options.peer)
        .ok_or_else(|| format!("there is no framework {}", options.peer))?;
    let workload = Workload::named(name).ok_or_else(|| format!("there is no workload {name}"))?;
    let width = workload.widths[0];
    let (inputs, classes) = match width {
        784 => {
            let data = fashion_mnist::load(options.data.as_deref()).map_err(|e| e.to_string())?;
            let classes = data.train.targets().iter().map(|class| class.index() as u32).collect();
            (Row::flatten(data.train.inputs()).to_vec(), classes)
        }
        _ => {
            let class = |row| protocol::class(row, 1000) as u32;
            let classes = if workload.has_classes() { workload.rows() } else { 0 };
            (protocol::inputs(workload.rows() * width), (0..classes).map(class).collect())
        }
    };
    let rows = inputs.len() / width;
    let mut network = open(&workload, inputs, classes);
    match workload.task {
        // As many rows as stay in the cache, as for everyone.
        Task::Predict => options.predict(&workload, rows.min(4096), |rows| network.predict(rows)),
        _ => options.train(&workload, rows, network),
    }
    Ok(())
}
