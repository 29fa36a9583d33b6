//! Compares the plan of a crate with its sources.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{Arrow, House};
use crate::plan::Plan;

/// The faults of the crate, one per sentence, and a listing of the crate.
pub(crate) fn inspect(plan: &Plan, house: &House) -> (String, Vec<String>) {
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
    faults
        .extend(house.lost.iter().map(|lost| format!("{lost} is in no room that this test finds")));
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
    let up = by_pair(house.arrows.iter().filter(is_up));
    for ((from, to), places) in &up {
        if !plan.up.iter().any(|allowed| (allowed.0, allowed.1) == (*from, *to)) {
            faults.push(format!(
                "`{from}` is below or beside `{to}` and must not use it:{}",
                listed(places)
            ));
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
        plan.folder,
        house.rooms.len(),
        house.pairs().len(),
        up.len(),
        circles.len()
    );
    (summary, faults)
}

/// The places of the arrows from one room to another.
fn by_pair<'a>(
    arrows: impl Iterator<Item = &'a Arrow>,
) -> BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>> {
    let mut pairs = BTreeMap::<_, BTreeSet<_>>::new();
    for arrow in arrows {
        let places = pairs.entry((arrow.from.as_str(), arrow.to.as_str())).or_default();
        places.insert(arrow.place.as_str());
    }
    pairs
}

/// Each place on a line of its own.
fn listed(places: &BTreeSet<&str>) -> String {
    places.iter().flat_map(|place| ["\n    ", place]).collect()
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
                faults.push(format!(
                    "\"{}\" is about the room `{room}`, which is not there",
                    never.why
                ));
            }
        }
        let is_broken = |arrow: &&Arrow| {
            never.rooms.contains(&arrow.from.as_str()) && never.know.contains(&arrow.to.as_str())
        };
        for ((from, to), places) in by_pair(house.arrows.iter().filter(is_broken)) {
            faults.push(format!("{}; `{from}` uses `{to}`:{}", never.why, listed(&places)));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Never, PLAIN};

    const PLAN: Plan = Plan {
        folder: "home",
        floors: &[&["cellar"], &["kitchen", "pantry"], &["attic"]],
        least_arrows: 1,
        ..PLAIN
    };

    /// A house of the planned rooms with these arrows.
    fn house(arrows: &[(&str, &str)]) -> House {
        let arrow = |&(from, to): &(&str, &str)| Arrow {
            from: from.into(),
            to: to.into(),
            place: format!("{from}.rs:7"),
        };
        House {
            rooms: ["attic", "cellar", "kitchen", "pantry"].map(String::from).into(),
            arrows: arrows.iter().map(arrow).collect(),
            lost: Vec::new(),
        }
    }

    fn faults(plan: &Plan, arrows: &[(&str, &str)]) -> Vec<String> {
        inspect(plan, &house(arrows)).1
    }

    #[test]
    fn arrows_down_are_right() {
        let arrows = [("attic", "kitchen"), ("attic", "cellar"), ("attic", "cellar")];
        let (summary, faults) = inspect(&PLAN, &house(&arrows));
        assert_eq!(summary, "home: 4 rooms, 2 arrows, 0 up, 0 circles");
        assert_eq!(faults, [""; 0]);
    }

    #[test]
    fn an_arrow_up_is_named_by_its_line() {
        let faults = faults(&PLAN, &[("cellar", "attic"), ("kitchen", "pantry")]);
        assert_eq!(
            faults,
            [
                "`cellar` is below or beside `attic` and must not use it:\n    cellar.rs:7",
                "`kitchen` is below or beside `pantry` and must not use it:\n    kitchen.rs:7",
                "2 arrows go up, 0 may",
            ]
        );
    }

    #[test]
    fn an_exception_is_planned_and_needed() {
        let plan = Plan { up: &[("kitchen", "attic", "it is warm there")], most_up: 1, ..PLAN };
        assert_eq!(faults(&plan, &[("kitchen", "attic")]), [""; 0]);
        let unused = faults(&plan, &[("attic", "kitchen")]);
        assert_eq!(unused, ["`kitchen` no longer uses `attic`: take that out of the plan"]);
    }

    #[test]
    fn a_circle_is_planned_and_needed() {
        let arrows = [("kitchen", "pantry"), ("pantry", "kitchen")];
        let found = faults(&PLAN, &arrows);
        assert!(
            found.iter().any(|fault| fault.ends_with("in a circle: kitchen pantry")),
            "{found:?}"
        );
        let plan = Plan { circles: &[(&["kitchen", "pantry"], "they share a door")], ..PLAN };
        assert_eq!(faults(&plan, &arrows), [""; 0]);
        assert_eq!(
            faults(&plan, &arrows[..1]),
            ["no circle of `kitchen pantry` any more: change the plan"]
        );
    }

    #[test]
    fn what_is_forbidden_by_name_is_forbidden_downwards_too() {
        let never =
            [Never { rooms: &["attic"], know: &["kitchen", "barn"], why: "no smell upstairs" }];
        let plan = Plan { nevers: Vec::leak(never.into()), ..PLAN };
        assert_eq!(
            faults(&plan, &[("attic", "kitchen")]),
            [
                "\"no smell upstairs\" is about the room `barn`, which is not there",
                "no smell upstairs; `attic` uses `kitchen`:\n    attic.rs:7",
            ]
        );
    }

    #[test]
    fn plan_and_sources_have_the_same_rooms() {
        let plan = Plan { floors: &[&["cellar", "kitchen", "barn"], &["attic"]], ..PLAN };
        assert_eq!(
            faults(&plan, &[("attic", "cellar")]),
            [
                "the room `pantry` is on no floor of the plan: write it there",
                "the plan has the room `barn`, and src has not: take it out",
            ]
        );
    }

    #[test]
    fn sources_that_were_not_read_are_a_fault() {
        let found = inspect(&PLAN, &House::default()).1;
        assert!(found.iter().any(|fault| fault.contains("still read the sources")), "{found:?}");
    }
}
