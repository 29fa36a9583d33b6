//! Reads a CSV file and prints its size, for `peers/read_csv.py`, which measures the process.

fn main() -> nn::Result<()> {
    for path in std::env::args_os().skip(1) {
        let table = nn::data::Table::read_csv(path)?;
        println!("{} rows of {} columns", table.len(), table.columns().len());
    }
    Ok(())
}
