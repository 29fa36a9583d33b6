//! The floors of each crate: which room may use which, as a test over the sources.
//!
//! A room is a module at the root of a crate. An arrow goes from a room to one that its code names. Arrows go
//! down: a room knows those on the floors below, and none above or beside it, so that each can be read, tested and
//! changed without what is built on it. [`plan`] has the floors and the exceptions.

mod house;
mod paths;
mod plan;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use house::{Arrow, House};
use plan::{PLANS, Plan};

/// What is wrong in the crate, sentence by sentence, and what is in it.
fn inspect(plan: &Plan, house: &House) -> (String, Vec<String>) {
    let mut faults = Vec::new();
    let floors = floors(plan, &mut faults);

    let planned: BTreeSet<&str> = floors.keys().copied().collect();
    let built: BTreeSet<&str> = house.rooms.iter().map(String::as_str).collect();
    for room in built.difference(&planned) {
        faults.push(format!("the room `{room}` is on no floor of the plan: write it there"));
    }
    for room in planned.difference(&built) {
        faults.push(format!("the plan has the room `{room}`, and src has not: take it out"));
    }
    faults.extend(house.lost.iter().map(|lost| format!("{lost} is in no room that this test finds")));
    if house.pairs().len() < plan.least_arrows {
        faults.push("there are too few arrows: does this test still read the sources?".into());
    }

    let is_up = |arrow: &&Arrow| {
        let floor = |room: &String| floors.get(room.as_str());
        let natural = plan.circles.iter().any(|(circle, _)| {
            circle.contains(&arrow.from.as_str()) && circle.contains(&arrow.to.as_str())
        });
        !natural && floor(&arrow.from) <= floor(&arrow.to)
    };
    let mut up = BTreeMap::<_, BTreeSet<_>>::new();
    for arrow in house.arrows.iter().filter(is_up) {
        up.entry((arrow.from.as_str(), arrow.to.as_str())).or_default().insert(&arrow.place);
    }
    for ((from, to), places) in &up {
        if !plan.up.iter().any(|allowed| (allowed.0, allowed.1) == (*from, *to)) {
            let places: String = places.iter().fold(String::new(), |mut text, place| {
                write!(text, "\n    {place}").expect("a string takes everything");
                text
            });
            faults.push(format!("`{from}` is below or beside `{to}` and must not use it:{places}"));
        }
    }
    for (from, to, _) in plan.up {
        if !up.contains_key(&(*from, *to)) {
            faults.push(format!("`{from}` no longer uses `{to}`: take that out of the plan"));
        }
    }
    if up.len() > plan.most_up {
        faults.push(format!("{} arrows go up, {} may", up.len(), plan.most_up));
    }

    let circles = house.circles();
    let natural = |circle: &[&str]| plan.circles.iter().any(|(planned, _)| *planned == circle);
    for circle in circles.iter().filter(|circle| !natural(circle)) {
        faults.push(format!("these rooms use each other in a circle: {}", circle.join(" ")));
    }
    for (circle, _) in plan.circles {
        if !circles.iter().any(|found| found == circle) {
            faults.push(format!("no circle of `{}` any more: change the plan", circle.join(" ")));
        }
    }

    faults.extend(broken_nevers(plan, house));
    let summary = format!(
        "{}: {} rooms, {} arrows, {} up, {} circles",
        plan.name,
        house.rooms.len(),
        house.pairs().len(),
        up.len(),
        circles.len()
    );
    (summary, faults)
}

/// The floor of each room, counted from below.
fn floors<'a>(plan: &'a Plan, faults: &mut Vec<String>) -> BTreeMap<&'a str, usize> {
    let mut floors = BTreeMap::new();
    for (floor, rooms) in plan.floors.iter().enumerate() {
        for room in *rooms {
            if floors.insert(*room, floor).is_some() {
                faults.push(format!("the plan has the room `{room}` twice"));
            }
        }
    }
    floors
}

/// Arrows that the plan forbids by name, whatever the floors are.
fn broken_nevers(plan: &Plan, house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for never in plan.nevers {
        for room in never.rooms.iter().chain(never.know) {
            if !house.rooms.contains(*room) {
                faults.push(format!("\"{}\" is about the room `{room}`, which is not there", never.why));
            }
        }
        for arrow in &house.arrows {
            let broken = never.rooms.contains(&arrow.from.as_str())
                && never.know.contains(&arrow.to.as_str());
            if broken {
                let Arrow { from, to, place } = arrow;
                faults.push(format!("{}; `{from}` uses `{to}`:\n    {place}", never.why));
            }
        }
    }
    faults
}

#[test]
fn arrows_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut report = String::new();
    let mut inspected = 0;
    // The plans of the macro's crates are those of the day when the notation is a crate of its own.
    let has_grammar = root.join("nn-macros/grammar").exists();
    for plan in PLANS.iter().filter(|plan| has_grammar || !plan.folder.starts_with("nn-macros")) {
        let house = House::read(&root, plan.folder, plan.name);
        let (summary, faults) = inspect(plan, &house);
        println!("{summary}");
        inspected += 1;
        for fault in faults {
            writeln!(report, "{}: {fault}", plan.name).expect("a string takes everything");
        }
    }
    assert!(inspected > 2, "only {inspected} crates: is this the workspace?");
    assert!(report.is_empty(), "\n{report}");
}
