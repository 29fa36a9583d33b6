//! A width that is a variable.

fn main() {
    let h: usize = 16;
    let sizes = [16, 32];
    nn::network! { struct Net(dense(30 -> h, relu), dense(2, softmax)); }
    nn::network! { struct Sum(dense(30 -> (2 * h + 1), relu), dense({ sizes[0] } -> 2, softmax)); }
    let _: Option<nn::network![dense(h -> 4), dense(1)]> = None;
    let _ = (Net::init(1), Sum::init(1));
}
