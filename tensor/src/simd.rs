//! Run-time detection of vector instructions, and dispatch to code compiled for them.
//!
//! CPU features are detected only here. Other modules write plain loops over slices, with
//! `mul_add` where a product is summed, and pass them to [`vectorize`]. The compiler then
//! generates one copy for each instruction set from the same source.

#[cfg(feature = "std")]
use core::sync::atomic::{AtomicU8, Ordering};

/// Whether this CPU has a feature. Without the standard library, which detects it: whether the
/// build target guarantees it.
#[cfg(target_arch = "x86_64")]
macro_rules! has {
    ($feature:tt) => {{
        #[cfg(feature = "std")]
        let has = is_x86_feature_detected!($feature);
        #[cfg(not(feature = "std"))]
        let has = cfg!(target_feature = $feature);
        has
    }};
}

/// A set of vector instructions that the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Isa {
    /// The instructions that the build target guarantees; no fused multiply-add is assumed.
    Portable = 1,
    /// AVX2 with FMA: 16 registers of 8 `f32`.
    Avx2 = 2,
    /// AVX-512: 32 registers of 16 `f32`.
    Avx512 = 3,
}

impl Isa {
    /// Every instruction set that this build knows, slowest first.
    pub const ALL: [Isa; 3] = [Isa::Portable, Isa::Avx2, Isa::Avx512];

    /// Returns the instruction set of this name, ignoring case.
    ///
    /// # Errors
    ///
    /// If the name is unknown, or this CPU cannot run it.
    #[cfg(feature = "std")]
    fn named(name: &str) -> Result<Isa, String> {
        let isa = Isa::ALL.into_iter().find(|isa| format!("{isa:?}").eq_ignore_ascii_case(name));
        let isa = isa.ok_or_else(|| format!("{name}: expected one of {:?}", Isa::ALL))?;
        match isa.is_available() {
            true => Ok(isa),
            false => Err(format!("{name}: this CPU does not have it; leave the variable unset")),
        }
    }

    /// Whether this CPU can run it.
    #[inline]
    // Without the standard library these are constants.
    #[cfg_attr(not(feature = "std"), allow(clippy::nonminimal_bool, clippy::eq_op))]
    pub fn is_available(self) -> bool {
        match self {
            Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => has!("avx2") && has!("fma"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                Isa::Avx2.is_available()
                    && has!("avx512f")
                    && has!("avx512bw")
                    && has!("avx512dq")
                    && has!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Whether a fused multiply-add is one instruction. Otherwise it is a call of a slow function,
    /// and matrix products round after each multiplication.
    #[inline]
    pub fn has_fma(self) -> bool {
        self != Isa::Portable || cfg!(any(target_feature = "fma", target_arch = "aarch64"))
    }

    /// Returns the best instruction set of this CPU, or the one that the environment variable
    /// `TENSOR_ISA` names (`portable`, `avx2` or `avx512`; for tests and benchmarks). Detected
    /// once, then cached.
    ///
    /// # Panics
    ///
    /// On the first call, if `TENSOR_ISA` names no instruction set that this CPU can run.
    #[cfg(feature = "std")]
    #[inline]
    pub fn best() -> Isa {
        match BEST.load(Ordering::Relaxed) {
            1 => Isa::Portable,
            2 => Isa::Avx2,
            3 => Isa::Avx512,
            _ => find(),
        }
    }

    /// The best one that the build target guarantees.
    #[cfg(not(feature = "std"))]
    #[inline(always)]
    pub fn best() -> Isa {
        if Isa::Avx512.is_available() {
            Isa::Avx512
        } else if Isa::Avx2.is_available() {
            Isa::Avx2
        } else {
            Isa::Portable
        }
    }
}

/// Zero means "not detected yet"; racing threads all store the same value.
#[cfg(feature = "std")]
static BEST: AtomicU8 = AtomicU8::new(0);

/// Reads the environment variable and detects the CPU's features.
#[cfg(feature = "std")]
#[cold]
fn find() -> Isa {
    let best = match std::env::var("TENSOR_ISA") {
        Ok(name) => Isa::named(&name)
            .unwrap_or_else(|message| panic!("the environment variable TENSOR_ISA is {message}")),
        Err(_) => Isa::ALL.into_iter().rfind(|isa| isa.is_available()).unwrap_or(Isa::Portable),
    };
    BEST.store(best as u8, Ordering::Relaxed);
    best
}

/// Runs `work` compiled for the best instruction set of this CPU.
///
/// `work` should be a loop over slices whose body is `#[inline(always)]` code or small enough to be
/// inlined; a call that is not inlined uses the instructions of the build target.
///
/// ```
/// let (x, mut y) = ([1.0_f32; 100], [2.0_f32; 100]);
/// tensor::simd::vectorize(|| {
///     for (y, x) in y.iter_mut().zip(&x) {
///         *y = x.mul_add(3.0, *y);
///     }
/// });
/// assert_eq!(y, [5.0; 100]);
/// ```
#[inline(always)]
pub fn vectorize<R>(work: impl FnOnce() -> R) -> R {
    run(Isa::best(), work)
}

/// Work that is inlined into its caller regardless of its size: implement [`Inline::run`] as
/// `#[inline(always)]`, which a closure cannot be.
pub trait Inline {
    /// The result.
    type Output;

    /// Does the work. Mark it `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// [`vectorize`] for work that the compiler would find too large to inline: a whole small network.
#[inline(always)]
pub fn vectorize_inline<W: Inline>(work: W) -> W::Output {
    match Isa::best() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::best` is available, so this CPU has the features.
        #[allow(unsafe_code)]
        Isa::Avx2 => unsafe { avx2_inline(work) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::best` is available, so this CPU has the features.
        #[allow(unsafe_code)]
        Isa::Avx512 => unsafe { avx512_inline(work) },
        _ => portable_inline(work),
    }
}

/// A separate function, so that its callers stay small enough to be inlined. Without the standard
/// library it may be the only one; it is then inlined where lengths are known and nothing can
/// panic.
#[cfg_attr(feature = "std", inline(never))]
#[cfg_attr(not(feature = "std"), inline(always))]
fn portable_inline<W: Inline>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2_inline<W: Inline>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512_inline<W: Inline>(work: W) -> W::Output {
    work.run()
}

/// Runs `work` compiled for `isa`, which must be available.
///
/// # Panics
///
/// If this CPU cannot run `isa`.
#[inline(always)]
pub fn vectorize_for<R>(isa: Isa, work: impl FnOnce() -> R) -> R {
    assert!(isa.is_available(), "{isa:?}: this CPU does not have it");
    run(isa, work)
}

#[inline(always)]
fn run<R>(isa: Isa, work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    match isa {
        Isa::Portable => work(),
        // SAFETY: both callers have asked the CPU for these features.
        #[allow(unsafe_code)]
        Isa::Avx2 => unsafe { avx2(work) },
        // SAFETY: both callers have asked the CPU for these features.
        #[allow(unsafe_code)]
        Isa::Avx512 => unsafe { avx512(work) },
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = isa;
        work()
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_available_and_what_ci_expects() {
        assert!(Isa::best().is_available());
        // CI names the instruction set that must have been tested, so that a machine without it
        // cannot pass by skipping.
        if let Ok(required) = std::env::var("REQUIRE_ISA")
            && let Err(message) = Isa::named(&required)
        {
            panic!("REQUIRE_ISA={message}");
        }
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let message = Isa::named("avx3").unwrap_err();
        assert_eq!(message, "avx3: expected one of [Portable, Avx2, Avx512]");
        assert_eq!(Isa::named("portable"), Ok(Isa::Portable));
    }

    #[test]
    fn every_available_set_computes_the_same() {
        let x: Vec<f32> = (0..37).map(|i| i as f32).collect();
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let sum: f32 = vectorize_for(isa, || x.iter().sum());
            assert_eq!(sum, 666.0, "{isa:?}");
        }
    }
}
