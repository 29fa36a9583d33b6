//! Measures the limits of this machine: the roofs of the roofline model.

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Instant;

use tensor::simd::{Inline, Isa, vectorize, vectorize_inline};
use tensor::threads::Threads;

/// The peak floating-point operations per second that `threads` threads reach with `f32`
/// multiply-adds on registers; measured at the first call.
pub fn fma_peak(threads: usize) -> f64 {
    static PEAKS: [OnceLock<f64>; 2] = [const { OnceLock::new() }; 2];
    match PEAKS.get(threads.wrapping_sub(1)) {
        Some(peak) => *peak.get_or_init(|| measured_peak(threads)),
        None => measured_peak(threads),
    }
}

/// Independent sums; more than the latency of a multiply-add times the units that compute one.
const SUMS: usize = 12;

fn measured_peak(count: usize) -> f64 {
    const TURNS: usize = 41;
    const ROUNDS: usize = 200_000;
    let threads = Threads::new(count);
    let (run, lanes): (fn(usize), usize) = match Isa::best() {
        Isa::Avx512 => (|rounds| vectorize_inline(MultiplyAdds::<16, true> { rounds }), 16),
        Isa::Avx2 => (|rounds| vectorize_inline(MultiplyAdds::<8, true> { rounds }), 8),
        // Where the CPU has no fused instruction, `mul_add` would be a call of a function.
        _ => {
            const FUSED: bool = cfg!(not(target_arch = "x86_64"));
            (|rounds| vectorize_inline(MultiplyAdds::<4, FUSED> { rounds }), 4)
        }
    };
    let seconds = (0..TURNS).map(|_| {
        let start = Instant::now();
        threads.for_each(0..count, |_| run(ROUNDS));
        start.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::MAX, f64::min);
    (2 * count * ROUNDS * SUMS * lanes) as f64 / best
}

/// `rounds` multiply-adds on each of [`SUMS`] vectors of `W` numbers.
struct MultiplyAdds<const W: usize, const FUSED: bool> {
    rounds: usize,
}

impl<const W: usize, const FUSED: bool> Inline for MultiplyAdds<W, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (x, y) = (black_box([0.999_f32; W]), black_box([0.001_f32; W]));
        let mut sums = black_box([[1.0_f32; W]; SUMS]);
        for _ in 0..self.rounds {
            // Unrolled by hand: a sum in a loop that is not unrolled would be stored in memory.
            macro_rules! each { ($($i:literal)*) => {$(
                for j in 0..W {
                    sums[$i][j] = if FUSED {
                        sums[$i][j].mul_add(x[j], y[j])
                    } else {
                        sums[$i][j] * x[j] + y[j]
                    };
                }
            )*}}
            each!(0 1 2 3 4 5 6 7 8 9 10 11);
        }
        black_box(sums);
    }
}

/// Bytes per second that one thread reads from a block of `bytes`, which is in the smallest cache
/// that can hold it.
pub fn read_bandwidth(bytes: usize) -> f64 {
    const LANES: usize = 128;
    let block: Vec<[f32; LANES]> = vec![[1.0; LANES]; bytes / (4 * LANES)];
    let read = |block: &[[f32; LANES]]| {
        vectorize(|| {
            let mut sums = [0.0_f32; LANES];
            for line in block {
                for j in 0..LANES {
                    sums[j] += line[j];
                }
            }
            black_box(sums);
        });
    };
    let repeats = (1 << 26) / bytes + 1;
    let seconds = (0..9).map(|_| {
        let start = Instant::now();
        (0..repeats).for_each(|_| read(black_box(&block)));
        start.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::MAX, f64::min);
    (repeats * size_of_val(&block[..])) as f64 / best
}
