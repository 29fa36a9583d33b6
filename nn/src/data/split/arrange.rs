//! Assigns rows to the parts of a split.

use tensor::random::Random;
use tensor::threads::Threads;

use super::super::batches::fisher_yates;
use super::super::{Source, all_targets};
use crate::error::{Error, Result};

/// How rows are assigned.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Arrangement {
    /// Shuffled.
    Shuffled,
    /// In order: the first rows in the first part.
    InOrder,
    /// Stratified: every label in every part, in proportion. Holds the label of each row.
    Stratified(Vec<usize>),
    /// Grouped: no group in two parts. Holds the group of each row.
    Groups(Vec<usize>),
}

impl Arrangement {
    /// Stratifies by `key` of the targets.
    pub(super) fn stratified<X, Y: Clone, K: Ord>(
        source: &dyn Source<X, Y>,
        key: impl Fn(&Y) -> K,
    ) -> Result<Self> {
        let targets = all_targets(source, &Threads::new(1))?;
        Ok(Self::labels(&targets.iter().map(key).collect::<Vec<K>>()))
    }

    /// Stratifies by a label of each row.
    pub(in super::super) fn labels<K: Ord>(labels: &[K]) -> Self {
        Arrangement::Stratified(numbered(labels))
    }

    /// Groups by a group of each row.
    pub(in super::super) fn groups<G: Ord>(groups: &[G], rows: usize) -> Result<Self> {
        if groups.len() == rows {
            return Ok(Arrangement::Groups(numbered(groups)));
        }
        Err(Error::value(
            "number of groups",
            groups.len().to_string(),
            format!("{rows}, one for each row"),
            "name the group of every row, in the order of the rows",
        ))
    }

    /// The part of each of `rows` rows, for parts of these fractions. `what` names a part in the
    /// message: a fold or a part.
    pub(super) fn parts(
        &self,
        rows: usize,
        shares: &[f64],
        random: &Random,
        what: &str,
    ) -> Result<Vec<usize>> {
        let mut order: Vec<usize> = (0..rows).collect();
        if *self != Arrangement::InOrder {
            fisher_yates(rows, random, |a, b| order.swap(a, b));
        }
        let mut part_of = vec![0; rows];
        match self {
            Arrangement::Shuffled | Arrangement::InOrder => {
                let (mut start, mut sum) = (0, 0.0);
                for (part, share) in shares.iter().enumerate() {
                    sum += share;
                    let is_last = part + 1 == shares.len();
                    let end = if is_last { rows } else { (sum * rows as f64).round() as usize };
                    let end = end.clamp(start, rows);
                    order[start..end].iter().for_each(|&row| part_of[row] = part);
                    start = end;
                }
            }
            Arrangement::Stratified(labels) => {
                // Labels are dealt like cards, one after the other: no part is more than a row
                // short of its fraction.
                order.sort_by_key(|&row| labels[row]);
                let mut dealt = vec![0.0; shares.len()];
                for (place, &row) in order.iter().enumerate() {
                    part_of[row] = most_behind(shares, &dealt, (place + 1) as f64);
                    dealt[part_of[row]] += 1.0;
                }
            }
            Arrangement::Groups(groups) => {
                let mut of_group: Vec<Vec<usize>> = Vec::new();
                let mut places = vec![None; different(groups)];
                for &row in &order {
                    let place = *places[groups[row]].get_or_insert_with(|| {
                        of_group.push(Vec::new());
                        of_group.len() - 1
                    });
                    of_group[place].push(row);
                }
                let mut dealt = vec![0.0; shares.len()];
                for group in of_group {
                    let part = most_behind(shares, &dealt, rows as f64);
                    dealt[part] += group.len() as f64;
                    group.iter().for_each(|&row| part_of[row] = part);
                }
            }
        }
        self.check(&part_of, shares.len(), what)?;
        Ok(part_of)
    }

    /// Refuses parts without rows, or without one of the labels.
    fn check(&self, part_of: &[usize], parts: usize, what: &str) -> Result<()> {
        let mut rows = vec![0_usize; parts];
        part_of.iter().for_each(|&part| rows[part] += 1);
        if let Some(empty) = rows.iter().position(|&rows| rows == 0) {
            let of = match self {
                Arrangement::Groups(groups) => {
                    format!("{} groups", different(groups))
                }
                _ => format!("{} rows", part_of.len()),
            };
            return Err(Error::value(
                format!("{what} {empty} (counted from 0) of {parts}"),
                format!("no rows, of {of}"),
                "at least one row",
                format!("make fewer {what}s, make this one larger, or give more rows"),
            ));
        }
        let Arrangement::Stratified(labels) = self else { return Ok(()) };
        let mut counts = vec![vec![0_usize; parts]; different(labels)];
        for (&label, &part) in labels.iter().zip(part_of) {
            counts[label][part] += 1;
        }
        for (label, counts) in counts.iter().enumerate() {
            if let Some(part) = counts.iter().position(|&count| count == 0) {
                return Err(Error::value(
                    format!("class {label} (counted from 0, of those that occur)"),
                    format!("{} rows, none of them in {what} {part}", counts.iter().sum::<usize>()),
                    format!("at least one in each of {parts} {what}s"),
                    format!("give more rows of the class, make fewer {what}s, or do not stratify"),
                ));
            }
        }
        Ok(())
    }
}

/// The part that is furthest below its fraction of these rows, the first of several.
fn most_behind(shares: &[f64], dealt: &[f64], rows: f64) -> usize {
    let behind = |part: usize| shares[part] * rows - dealt[part];
    // Numbers that differ only by rounding are equal.
    let more =
        |best: usize, next: usize| if behind(next) > behind(best) + 1e-9 { next } else { best };
    (1..shares.len()).fold(0, more)
}

/// The number of distinct keys, given the index of each.
fn different(numbered: &[usize]) -> usize {
    numbered.iter().max().map_or(0, |most| most + 1)
}

/// The index of each key among the distinct ones, in their order.
fn numbered<K: Ord>(keys: &[K]) -> Vec<usize> {
    let mut different: Vec<&K> = keys.iter().collect();
    different.sort();
    different.dedup();
    keys.iter().map(|key| different.partition_point(|&other| other < key)).collect()
}
