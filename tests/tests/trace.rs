//! A generation's logs are its story: every stage is told with all its fields, and of one that stopped short the last stage is
//! named with what it means. `docs/troubleshooting.md` shows the same table.

mod trace {
    mod docs;
    mod stages;
    mod stopped;
}
