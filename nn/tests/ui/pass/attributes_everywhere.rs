//! The effect of a network's attributes on the items next to its struct.

#![deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations)]

mod inside {
    nn::network! {
        // A deprecated network is used by its own code, which must not cause a warning.
        #[deprecated(note = "use another")]
        pub(crate) struct Deprecated { a: concat(dense(2 -> 2), input(2)), b: heads(dense(2), dense(3)) }
        #[cfg_attr(all(), deprecated = "use another")]
        pub(crate) struct DeprecatedToo(dense(4 -> 4));
        #[allow(deprecated)]
        pub(crate) struct Around(dense(4 -> 4), DeprecatedToo, dense(1));
        #[expect(deprecated)]
        pub(crate) struct AroundToo(dense(4 -> 4), DeprecatedToo, dense(1));

        // Lints: of the struct, of the structs next to it, of methods.
        #[allow(unreachable_pub, non_snake_case, missing_docs)]
        pub struct Allowed { Aa: concat(dense(2 -> 2), input(2)), b: heads(dense(2), dense(3)) }
        #[expect(unreachable_pub, non_snake_case)]
        #[allow(missing_docs)]
        pub struct Expected { Aa: concat(dense(2 -> 2), input(2)), b: heads(dense(2), dense(3)) }
        #[expect(unreachable_pub)]
        #[allow(missing_docs)]
        pub struct ExpectedToo(concat(dense(2 -> 2), input(2)), heads(dense(2), dense(3)));
        #[allow(non_camel_case_types)]
        pub(crate) struct small(concat(dense(2 -> 2), input(2)), dense(1));
        #[forbid(unsafe_code, dead_code)]
        pub(crate) struct Forbidden(dense(2 -> 2));
        #[warn(unused)]
        #[deny(missing_docs)]
        pub(crate) struct Denied(dense(2 -> 2));

        // Derived by the user, by the macro, or by the macro only if the user does not.
        #[cfg_attr(all(), derive(Clone))]
        pub(crate) struct Clone1(dense(2 -> 2));
        #[cfg_attr(not(all()), derive(Clone))]
        pub(crate) struct Clone2(dense(2 -> 2));
        #[cfg_attr(all(), cfg_attr(any(), derive(Clone, Debug)), must_use)]
        pub(crate) struct Clone3(dense(2 -> 2));
        #[cfg_attr(all(), cfg_attr(all(), derive(Debug, PartialEq, Clone)), doc(hidden))]
        pub(crate) struct Clone4(dense(2 -> 2), heads(dense(2), dense(2)));
        #[cfg_attr(any(), derive(Clone))]
        #[cfg_attr(all(), derive(Clone))]
        pub(crate) struct Clone5(dense(2 -> 2));
        #[derive(::core::clone::Clone, std::fmt::Debug)]
        pub(crate) struct Clone6(dense(2 -> 2));

        // Conditional items.
        #[cfg_attr(all(), cfg(any()))]
        pub(crate) struct Never(dense(2 -> 2), heads(dense(2), dense(sizes::THERE)));
        #[cfg_attr(all(), cfg(any()))]
        pub(crate) struct Once(dense(2 -> 2));
        #[cfg_attr(all(), cfg(all()), cfg(not(any())))]
        pub(crate) struct Once(dense(2 -> 2));

        // The rest.
        #[doc(hidden)]
        #[doc(alias = "rest")]
        #[repr(C)]
        #[must_use]
        #[non_exhaustive]
        #[rustfmt::skip]
        #[allow(clippy::all)]
        pub(crate) struct Rest(concat(dense(2 -> 2), input(2)), dense(2));
        #[repr(transparent)]
        pub(crate) struct Transparent(dense(2 -> 2));
    }
}
use inside::*;

fn shown<N: nn::Network + std::fmt::Debug>() -> String {
    format!("{:?}", N::init(1).clone())
}

#[derive(Debug)]
struct Holder {
    _network: Clone1,
    _type: nn::network![dense(3 -> 4, relu), dense(2)],
}

#[allow(deprecated)]
pub(crate) fn main() {
    assert_eq!(shown::<Deprecated>(), "Deprecated { layers: 4, parameters: 31 }");
    assert_eq!(shown::<DeprecatedToo>(), "DeprecatedToo { layers: 1, parameters: 20 }");
    let _ = (shown::<Around>(), shown::<AroundToo>(), shown::<Allowed>(), shown::<Expected>());
    let _ = (shown::<ExpectedToo>(), shown::<small>(), shown::<Forbidden>(), shown::<Denied>());
    let _ = (shown::<Once>(), shown::<Rest>(), shown::<Transparent>(), shown::<Clone5>());
    for by_macro in [shown::<Clone1>(), shown::<Clone2>(), shown::<Clone3>()] {
        assert!(by_macro.ends_with(" { layers: 1, parameters: 6 }"), "{by_macro}");
    }
    for by_user in [shown::<Clone4>(), shown::<Clone6>()] {
        assert!(by_user.contains("{ parameters: Parameters {"), "{by_user}");
    }
    let holder = Holder { _network: Clone1::init(1), _type: nn::Network::init(1) };
    assert_eq!(
        format!("{holder:?}"),
        "Holder { _network: Clone1 { layers: 1, parameters: 6 }, _type: Sequential { layers: 2, parameters: 26 } }"
    );
    let error = Clone1::load("no/such/file").unwrap_err();
    assert!(error.to_string().contains("no/such/file"), "{error}");
    assert_eq!(shown::<Clone1<f64>>(), shown::<Clone1>());
}
