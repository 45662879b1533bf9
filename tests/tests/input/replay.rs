//! The corpus of the fuzz targets, read by the same code: what was once found stays mended, without a nightly compiler.

#[path = "../../../fuzz/src/parsers.rs"]
mod parsers;

use std::path::Path;

#[test]
fn the_corpus_of_every_fuzz_target_is_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut folders: Vec<_> =
        std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    let mut names: Vec<&str> = parsers::ALL.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(folders, names, "a folder for every parser");
    for (name, parser) in parsers::ALL {
        assert!(corpus.join(format!("../targets/{name}.rs")).exists(), "{name} has a target");
        let mut files = 0;
        for file in std::fs::read_dir(corpus.join(name)).unwrap() {
            let path = file.unwrap().path();
            println!("{}", path.display());
            parser(&std::fs::read(&path).unwrap());
            files += 1;
        }
        assert!(files >= 5, "{name} has {files} files");
    }
}
