//! Where rows come from, how they are divided, and how outputs are judged.

mod augmented;
mod augmented_images;
mod csv;
mod data_errors;
mod images;
mod npy;
mod parquet;
mod row_file;
mod sklearn;
mod splits;
