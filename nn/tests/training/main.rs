//! Training: fitting, observing, stopping, saving, reproducing, and what is refused.

mod checkpoints;
mod distributed;
mod finding;
#[path = "../../../autograd/tests/fixture/mod.rs"]
mod fixture;
mod groups;
mod local_steps;
mod losses;
mod made_again;
mod measures;
mod micro_batches;
mod observers;
mod sam;
mod schedules;
mod shards;
mod solvers;
mod tape_model;
mod trainer;
mod training_faults;
mod weights;
