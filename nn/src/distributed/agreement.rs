//! Agreement between ranks: whether all can continue, and what rank 0 has decided.

use super::World;
use crate::error::{Error, Result};

impl World {
    /// The bytes of rank `root`, on every rank.
    pub(crate) fn bytes_of(&self, root: usize, bytes: Vec<u8>) -> Vec<u8> {
        let mut length = (bytes.len() as u64).to_le_bytes();
        self.collective.broadcast(root, &mut length);
        let mut all = bytes;
        all.resize(u64::from_le_bytes(length) as usize, 0);
        self.collective.broadcast(root, &mut all);
        all
    }

    /// The text of each rank, in order.
    fn texts(&self, text: &str) -> Vec<String> {
        let of = |root| {
            let own = if root == self.rank() { text.as_bytes().to_vec() } else { Vec::new() };
            String::from_utf8_lossy(&self.bytes_of(root, own)).into_owned()
        };
        (0..self.size()).map(of).collect()
    }

    /// Returns `result` if every rank has `Ok`. Otherwise returns the error: its own, or that of
    /// the first rank that has one.
    pub(crate) fn agree<R>(&self, result: Result<R>) -> Result<R> {
        let own = result.as_ref().err().map(|error| format!("!{error}")).unwrap_or_default();
        let texts = self.texts(&own);
        let result = result?;
        match texts.iter().enumerate().find(|(_, text)| !text.is_empty()) {
            None => Ok(result),
            Some((rank, text)) => Err(elsewhere(rank, &text[1..])),
        }
    }

    /// Runs `work` on rank 0 only, and returns its result on every rank.
    pub(crate) fn by_first(&self, work: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let own = if self.is_first() { work() } else { Ok(Vec::new()) };
        let message = match &own {
            Ok(bytes) => [b"=", &bytes[..]].concat(),
            Err(error) => format!("!{error}").into_bytes(),
        };
        let message = self.bytes_of(0, message);
        own?;
        match message.split_first() {
            Some((b'=', bytes)) => Ok(bytes.to_vec()),
            Some((_, text)) => Err(elsewhere(0, &String::from_utf8_lossy(text))),
            None => Ok(Vec::new()),
        }
    }

    /// Rejects ranks whose lines `name: value` differ from those of rank 0. The error, on every
    /// rank, lists the differences.
    pub(crate) fn check_same(&self, lines: &str) -> Result<()> {
        let texts = self.texts(lines);
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        for (rank, text) in texts.iter().enumerate().skip(1) {
            for (name, value) in pairs(&texts[0]) {
                let other =
                    pairs(text).find(|(other, _)| *other == name).map_or("none", |pair| pair.1);
                if other != value {
                    found.push(format!("rank {rank} with {name} {other}"));
                    let wanted = format!("{name} {value}");
                    if !expected.contains(&wanted) {
                        expected.push(wanted);
                    }
                }
            }
        }
        match found.is_empty() {
            true => Ok(()),
            false => Err(Error::value(
                "ranks of one training",
                found.join(", "),
                format!("{}, as rank 0", expected.join(", ")),
                "start every rank with the same program, data and options",
            )),
        }
    }
}

fn pairs(lines: &str) -> impl Iterator<Item = (&str, &str)> {
    lines.lines().filter_map(|line| line.split_once(": "))
}

/// The error of another rank.
fn elsewhere(rank: usize, text: &str) -> Error {
    let advice = "no rank can continue without it";
    Error::value(format!("rank {rank}"), text, "no error on any rank", advice)
}

#[cfg(test)]
mod tests {
    use super::super::threads;
    use super::*;

    #[test]
    fn an_error_of_one_is_an_error_of_all() {
        let found = threads::run(4, |world| {
            let result = match world.rank() {
                2 => Err(Error::value("data", "nothing", "rows", "give some")),
                rank => Ok(rank),
            };
            world.agree(result).unwrap_err().to_string()
        });
        assert_eq!(found[2], "data: found nothing, expected rows; give some");
        let others =
            "rank 2: found data: found nothing, expected rows; give some, expected no error";
        for rank in [0, 1, 3] {
            assert!(found[rank].starts_with(others), "{}", found[rank]);
        }
        assert_eq!(threads::run(2, |world| world.agree(Ok(world.rank())).unwrap()), [0, 1]);
    }

    #[test]
    fn what_the_first_finds_all_have() {
        let found = threads::run(2, |world| {
            let bytes = world.by_first(|| Ok(vec![world.rank() as u8, 7])).unwrap();
            let error = world.by_first(|| Err(Error::value("a", "b", "c", "d"))).unwrap_err();
            (bytes, error.to_string().contains("a: found b, expected c; d"))
        });
        assert_eq!(found, [(vec![0, 7], true), (vec![0, 7], true)]);
    }

    #[test]
    fn what_differs_is_named_on_every_rank() {
        let found = threads::run(3, |world| {
            let seed = if world.rank() == 1 { 4 } else { 3 };
            world.check_same(&format!("seed: {seed}\nepochs: 2\n")).unwrap_err().to_string()
        });
        for error in found {
            assert_eq!(
                error,
                "ranks of one training: found rank 1 with seed 4, expected seed 3, as rank 0; \
                 start every rank with the same program, data and options"
            );
        }
    }
}
