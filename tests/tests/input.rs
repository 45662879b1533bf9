//! What comes from outside: every limit at its edge, whatever an attacker makes up, and the fuzzers' corpus once more.

mod input {
    mod anything;
    mod edges;
    mod listed;
    mod replay;
}
