//! Where the outputs of layers lie in a network's working memory: places that are used again.

/// Free stretches of memory, and how much there must be.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Begin and length of each, in order, none beside another.
    free: Vec<(usize, usize)>,
    /// All that was ever in use.
    pub(super) len: usize,
}

impl Memory {
    /// A stretch that nothing else lies in: where it begins.
    pub(super) fn take(&mut self, len: usize) -> usize {
        if let Some(index) = self.free.iter().position(|&(_, free)| free >= len) {
            let (at, free) = self.free[index];
            match free == len {
                true => drop(self.free.remove(index)),
                false => self.free[index] = (at + len, free - len),
            }
            return at;
        }
        // What is free at the end grows.
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

    /// Gives a stretch back.
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
