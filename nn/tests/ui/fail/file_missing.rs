//! A missing file, and an argument that is not a path.

type Digits = nn::network_file!("no/such.net");
type Other = nn::network_file!(model.net);

fn main() {

}
