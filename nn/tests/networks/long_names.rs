//! Names and declarations that are longer than their buffers.

use nn::prelude::*;

network! {
    struct Named {
        loooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong_one:
            dense(2 -> 3, tanh),
        loooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong_two:
            dense(3 -> 3, tanh),
        last: dense(1),
    }
}

#[test]
fn what_is_saved_is_loaded() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("long_names.safetensors");
    let named = Named::init(1);
    named.save(&path).unwrap();
    assert_eq!(Named::load(&path).unwrap().parameters(), named.parameters());
    let names: Vec<String> =
        nn::Model::tensors(&named).into_iter().map(|tensor| tensor.name).collect();
    assert!(names.iter().all(|name| name.len() < 1024 && name.ends_with(['t', 's'])), "{names:?}");
}

mod first {
    nn::network! {
        pub(crate) struct Deep(dense(4 -> 4, hard_sigmoid) * 950, dense(4, relu), dense(1));
    }
}
mod second {
    nn::network! {
        pub(crate) struct Deep(dense(4 -> 4, hard_sigmoid) * 950, dense(4, tanh), dense(1));
    }
}

/// They differ after the first 24 KiB.
#[test]
fn another_declaration_is_refused_however_long_it_is() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("deep.safetensors");
    let deep = first::Deep::init(1);
    deep.save(&path).unwrap();
    assert_eq!(first::Deep::load(&path).unwrap().parameters(), deep.parameters());
    let error = second::Deep::load(&path).unwrap_err().to_string();
    assert!(error.contains("architecture of network `Deep`: found"), "{error}");
}
