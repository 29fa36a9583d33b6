//! Tests of `nn` that compile much and compute little: hundreds of networks, each trained for some steps. Cargo sets how much is
//! optimised for a package at a time, and for these little is enough (`profile.release.package.nn-checks` in the workspace).
