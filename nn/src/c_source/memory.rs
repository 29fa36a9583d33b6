//! Allocation of a network's workspace for the outputs of layers; freed ranges are reused.

/// Free ranges of the workspace, and its total length.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Start and length of each, in order, no two adjacent.
    free: Vec<(usize, usize)>,
    /// The largest extent so far.
    pub(super) len: usize,
}

impl Memory {
    /// Allocates a range and returns its start.
    pub(super) fn take(&mut self, len: usize) -> usize {
        if let Some(index) = self.free.iter().position(|&(_, free)| free >= len) {
            let (at, free) = self.free[index];
            match free == len {
                true => drop(self.free.remove(index)),
                false => self.free[index] = (at + len, free - len),
            }
            return at;
        }
        // Extends a free range at the end.
        let at = match self.free.last() {
            Some(&(at, free)) if at + free == self.len => {
                self.free.pop();
                at
            }
            _ => self.len,
        };
        self.len = at + len;
        at
    }

    /// Frees a range.
    pub(super) fn give(&mut self, at: usize, len: usize) {
        let index = self.free.partition_point(|&(other, _)| other < at);
        self.free.insert(index, (at, len));
        for index in [index + 1, index] {
            if let [Some(&(before, long)), Some(&(behind, more))] =
                [index.checked_sub(1).and_then(|index| self.free.get(index)), self.free.get(index)]
                && before + long == behind
            {
                self.free[index - 1] = (before, long + more);
                self.free.remove(index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_never_twice_at_once() {
        let mut memory = Memory::default();
        let (a, b, c) = (memory.take(3), memory.take(5), memory.take(2));
        assert_eq!((a, b, c, memory.len), (0, 3, 8, 10));
        memory.give(b, 5);
        assert_eq!((memory.take(2), memory.take(3)), (3, 5));
        memory.give(8, 2);
        memory.give(5, 3);
        memory.give(0, 3);
        assert_eq!(memory.free, [(0, 3), (5, 5)]);
        assert_eq!((memory.take(9), memory.len), (5, 14));
        memory.give(3, 2);
        memory.give(5, 9);
        assert_eq!(memory.free, [(0, 14)]);
    }
}
