//! From the data files to Rust source: read, check, index the phrases, write.

#[path = "emit.rs"]
mod emit;
#[path = "index.rs"]
mod index;
#[path = "model.rs"]
mod model;
#[path = "phrase.rs"]
mod phrase;
#[path = "schema.rs"]
mod schema;
#[path = "source.rs"]
mod source;

use std::path::Path;

use source::{Problems, read_all};

/// Compiles the files of `data` into `tables.rs` in `out`.
///
/// # Errors
/// All problems of all files, one sentence each: file, line, entry and how to mend it.
pub(crate) fn compile(data: &Path, out: &Path) -> Result<(), Vec<String>> {
    let mut problems = Problems::default();
    let files = read_all(data, &mut problems);
    let model = model::Model::build(&files, &mut problems);
    problems.into_result()?;
    let tables = emit::tables(&model);
    std::fs::write(out.join("tables.rs"), tables).map_err(|e| vec![format!("{}: {e}", out.display())])
}
