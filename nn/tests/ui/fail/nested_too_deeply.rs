//! Brackets that are nested too deeply: in tokens, in a text and in a width.

type InTokens = nn::network![dense(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((3)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) -> 2)];
nn::network! {
    struct InText = "dense(3 → 4), residual(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((dense(4)))";
}

fn main() {
    let _: Option<InTokens> = None;
    let _ = InText::init(1);
}
