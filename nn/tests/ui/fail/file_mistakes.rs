//! Mistakes in a file are shown with its name, line and column.

nn::network_file!("networks/mistakes.net");
type Small = nn::network_file!("networks/unclosed.net");

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _: Option<Small> = None;
}
