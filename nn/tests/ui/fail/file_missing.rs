//! A file that is not there, and a path that is none.

type Digits = nn::network_file!("no/such.net");
type Other = nn::network_file!(model.net);

fn main() {

}
