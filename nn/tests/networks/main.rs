//! Computations of networks: every layer, head and form.

mod class_names;
mod columns;
mod custom_op;
mod drivers;
mod dynamic;
mod embedded;
mod encoder;
mod gallery;
mod heads;
mod layers;
mod layers_in_training;
mod long_names;
mod networks;
mod passing;
mod proof;
#[path = "../bits/rule.rs"]
mod rule;
mod tape_form;
mod vocabulary;
