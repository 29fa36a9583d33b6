//! Matrix products of a BLAS in a shared library, opened when the program runs.

use benches::protocol::Product;
use libloading::{Library, Symbol};

use crate::products::check;

/// `cblas_sgemm` with integers of the type `I`.
type Sgemm<I> = unsafe extern "C" fn(
    i32,
    i32,
    i32,
    I,
    I,
    I,
    f32,
    *const f32,
    I,
    *const f32,
    I,
    f32,
    *mut f32,
    I,
);

const ROW_BY_ROW: i32 = 101;
const AS_IT_IS: i32 = 111;
const TRANSPOSED: i32 = 112;

/// A library, which takes its number of threads from the environment.
pub struct Blas(Library);

impl Blas {
    /// Opens `mkl` or `openblas`, whose file the environment variable `PEERS_MKL` or
    /// `PEERS_OPENBLAS` names.
    pub fn open(name: &str) -> Result<Self, String> {
        let variable = format!("PEERS_{}", name.to_uppercase());
        let path = std::env::var_os(&variable)
            .ok_or_else(|| format!("{variable} must name the shared library of {name}"))?;
        // SAFETY: what runs when these libraries are opened is their own set-up.
        let library = unsafe { Library::new(&path) };
        library.map(Blas).map_err(|error| error.to_string())
    }

    /// c = a·b.
    pub fn multiply(&self, product: Product, a: &[f32], b: &[f32], c: &mut [f32]) {
        check(product, a, b, c);
        let Product { m, k, n, transposed } = product;
        let [row, column] = product.strides();
        let (order, a_row) = if transposed { (TRANSPOSED, column) } else { (AS_IT_IS, row) };
        let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
        // The name that SciPy's build of OpenBLAS with integers of 64 bits gives it.
        // SAFETY: it is `cblas_sgemm`, and the lengths were checked.
        unsafe {
            let found: Result<Symbol<'_, Sgemm<i64>>, _> = self.0.get(b"scipy_cblas_sgemm64_");
            if let Ok(sgemm) = found {
                let [m, k, n, a_row] = [m, k, n, a_row].map(|size| size as i64);
                sgemm(ROW_BY_ROW, order, AS_IT_IS, m, n, k, 1.0, a, a_row, b, n, 0.0, c, n);
                return;
            }
        }
        // SAFETY: as above.
        unsafe {
            let sgemm: Symbol<'_, Sgemm<i32>> = self.0.get(b"cblas_sgemm").expect("a CBLAS");
            let [m, k, n, a_row] = [m, k, n, a_row].map(|size| size as i32);
            sgemm(ROW_BY_ROW, order, AS_IT_IS, m, n, k, 1.0, a, a_row, b, n, 0.0, c, n);
        }
    }
}
