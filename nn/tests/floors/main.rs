//! The floors of each crate: which room may use which, as a test over the sources.
//!
//! A room is a module at the root of a crate. An arrow goes from a room to one that its code names.
//! Arrows go down: a room knows those on the floors below, and none above or beside it, so that
//! each can be read, tested and changed without what is built on it. [`plan`] has the floors and
//! the exceptions.

mod house;
mod inspect;
mod paths;
mod plan;
mod tokens;

use std::fmt::Write as _;
use std::path::Path;

use house::House;
use inspect::inspect;
use plan::PLANS;

#[test]
fn arrows_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut report = String::new();
    let mut inspected = 0;
    for plan in PLANS {
        let house = House::read(&root, plan.folder);
        let (summary, faults) = inspect(plan, &house);
        println!("{summary}");
        inspected += 1;
        for fault in faults {
            writeln!(report, "{}: {fault}", plan.folder).expect("a string takes everything");
        }
    }
    assert!(inspected > 2, "only {inspected} crates: is this the workspace?");
    assert!(report.is_empty(), "\n{report}");
}
