//! Links the program that AWS runs.

#[path = "../.cargo/link.rs"]
mod link;

fn main() {
    link::tightly();
}
