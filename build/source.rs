//! The data files as read from disk, and what is wrong with them.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::schema::{BlocklistFile, CatalogFile, CategoryFile, RuleFile, TimeFile};

/// What is wrong, in the words that the person who edits the data will read.
#[derive(Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    pub(crate) fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    pub(crate) fn into_result(self) -> Result<(), Vec<String>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// One parsed file, its name for messages and its text to count lines in.
pub(crate) struct File<T> {
    pub(crate) name: String,
    text: String,
    pub(crate) content: T,
}

impl<T> File<T> {
    /// `data/phrases.toml:12`, for a byte offset into the file.
    pub(crate) fn place(&self, offset: usize) -> String {
        let line = self.text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
        format!("{}:{line}", self.name)
    }
}

pub(crate) struct Files {
    pub(crate) categories: Option<File<CategoryFile>>,
    pub(crate) registry: Option<File<CatalogFile>>,
    pub(crate) replies: Option<File<CatalogFile>>,
    pub(crate) exchange_online: Option<File<CatalogFile>>,
    pub(crate) blocklists: Option<File<BlocklistFile>>,
    pub(crate) phrases: Option<File<RuleFile>>,
    pub(crate) times: Option<File<TimeFile>>,
    pub(crate) providers: Vec<File<RuleFile>>,
}

pub(crate) fn read_all(data: &Path, problems: &mut Problems) -> Files {
    Files {
        categories: read(data, "categories.toml", problems),
        registry: read(data, "registry.toml", problems),
        replies: read(data, "replies.toml", problems),
        exchange_online: read(data, "exchange-online.toml", problems),
        blocklists: read(data, "blocklists.toml", problems),
        phrases: read(data, "phrases.toml", problems),
        times: read(data, "times.toml", problems),
        providers: provider_names(data, problems).iter().filter_map(|name| read(data, name, problems)).collect(),
    }
}

/// The files under `providers/`, sorted, so that the same data gives the same tables.
fn provider_names(data: &Path, problems: &mut Problems) -> Vec<String> {
    let folder = data.join("providers");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) => {
            problems.add(format!("{}: {e}", folder.display()));
            return Vec::new();
        }
    };
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut names: Vec<String> = paths.filter_map(toml_file_name).map(|name| format!("providers/{name}")).collect();
    names.sort();
    names
}

fn toml_file_name(path: PathBuf) -> Option<String> {
    let is_toml = path.extension().is_some_and(|e| e == "toml");
    is_toml.then(|| path.file_name().map(|name| name.to_string_lossy().into_owned()))?
}

fn read<T: DeserializeOwned>(data: &Path, name: &str, problems: &mut Problems) -> Option<File<T>> {
    let text = match std::fs::read_to_string(data.join(name)) {
        Ok(text) => text,
        Err(e) => {
            problems.add(format!("data/{name}: {e}"));
            return None;
        }
    };
    let name = format!("data/{name}");
    match toml::from_str(&text) {
        Ok(content) => Some(File { name, text, content }),
        Err(e) => {
            let line = e.span().map_or(1, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1);
            problems.add(format!("{name}:{line}: {}", e.message()));
            None
        }
    }
}
