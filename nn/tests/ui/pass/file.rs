//! Networks in files.

use nn::network_file;

network_file!("networks/digits.net");
type Small = network_file!("networks/small.net");

mod inside {
    type Same = nn::network_file!("networks/small.net");
    pub fn seven() -> Same {
        nn::Network::init(7)
    }
}

pub(crate) fn main() {
    assert_eq!(Digits::PARAMS, 101_770);
    let zero: [f32; 1] = Zero::init(1).predict(&[0.0; 784]);
    assert!((0.0..1.0).contains(&zero[0]));
    assert_eq!(Small::init(7).predict(&[0.5; 784]), inside::seven().predict(&[0.5; 784]));
    assert_eq!(Digits::init(1).hidden().bias, &[0.0; 128]);
}
