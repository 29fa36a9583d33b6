//! Operators of the domain `ai.onnx.ml`, which scikit-learn's models use before and after their
//! layers.

use tensor::Tensor;

operators! { node:
    "Scaler" => {
        let number = |name: &str, none: f32| {
            let given = node.floats(name)?.filter(|list| !list.is_empty());
            let list: Vec<T> = given.unwrap_or(&[none]).iter().map(|&x| T::of(x.into())).collect();
            let count = list.len();
            Ok::<_, crate::Error>(node.tape.constant(Tensor::from_vec(list, [count])?))
        };
        node.input(0)?.sub(number("offset", 0.0)?)?.mul(number("scale", 1.0)?)?
    };
    "ArrayFeatureExtractor" => {
        let x = node.input(0)?;
        let Some(last) = x.shape().len().checked_sub(1) else {
            return Err(node.wrong("shape", "a number", "at least one axis"));
        };
        let length = x.shape()[last];
        let place = |&at: &i64| node.place("index", at, length);
        let places = node.whole(1)?.iter().map(place).collect::<crate::Result<Vec<_>>>()?;
        let y = x.index_select(last, &places)?;
        // A vector of features is one row of a table.
        if last == 0 { y.unsqueeze(0)? } else { y }
    };
}
