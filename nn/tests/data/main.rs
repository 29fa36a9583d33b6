//! Data sources, splits, and evaluation metrics.

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
