//! Tells cargo that the binary changes when the built client does.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
