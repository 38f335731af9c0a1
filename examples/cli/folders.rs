//! Which files of a folder are mail.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// All files under `path`, in order: itself, or those in a folder. What cannot be read is told to `fail`.
pub(crate) fn files(path: &Path, fail: &mut impl FnMut(&Path, io::Error)) -> Vec<PathBuf> {
    if path == Path::new("-") || !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) => {
                fail(&folder, e);
                continue;
            }
        };
        let in_maildir = is_maildir(&folder);
        for entry in entries {
            let (path, holds) = match entry {
                Ok(entry) => (entry.path(), look_at(&entry, in_maildir)),
                Err(e) => (folder.clone(), Err(e)),
            };
            match holds {
                Ok(Holds::Mail) => files.push(path),
                Ok(Holds::Folder) => folders.push(path),
                Ok(Holds::Nothing) => {}
                Err(e) => fail(&path, e),
            }
        }
    }
    files.sort();
    files
}

/// What an entry of a folder is good for.
enum Holds {
    Mail,
    Folder,
    Nothing,
}

/// Hidden files are no mail. Of a Maildir only the folders are, without those that are still being written in `tmp`; hidden ones may be
/// mailboxes of their own. Folders behind links are not followed, for they may lead back; devices are no mail.
fn look_at(entry: &DirEntry, in_maildir: bool) -> io::Result<Holds> {
    let (path, name, kind) = (entry.path(), entry.file_name(), entry.file_type()?);
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    if kind.is_dir() {
        let passed_over = (in_maildir && name == "tmp") || (is_hidden && !is_maildir(&path));
        return Ok(if passed_over { Holds::Nothing } else { Holds::Folder });
    }
    if is_hidden || in_maildir {
        return Ok(Holds::Nothing);
    }
    let is_file = kind.is_file() || (kind.is_symlink() && fs::metadata(&path)?.is_file());
    Ok(if is_file { Holds::Mail } else { Holds::Nothing })
}

fn is_maildir(folder: &Path) -> bool {
    ["cur", "new"].iter().all(|name| folder.join(name).is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder for one test, removed behind it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("nondelivery-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn with(self, files: &[&str]) -> Self {
            for file in files {
                let path = self.0.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            self
        }

        /// What is found, and what is complained about, below the folder.
        fn files(&self) -> (Vec<String>, Vec<String>) {
            let below = |path: &Path| path.strip_prefix(&self.0).unwrap().display().to_string();
            let mut failed = Vec::new();
            let found = files(&self.0, &mut |path, _| failed.push(below(path)));
            failed.sort();
            (found.iter().map(|path| below(path)).collect(), failed)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn ok_maildir() {
        let folder = Folder::new("maildir").with(&[
            "dovecot-uidlist",
            "subscriptions",
            "cur/1:2,S",
            "cur/.DS_Store",
            "new/2",
            "new/.nfs000",
            "tmp/3",
            ".Sent/maildirfolder",
            ".Sent/cur/4:2,S",
            ".Sent/new/5",
            ".cache/6",
            "Archive/cur/7",
            "Archive/new/8",
        ]);
        let mail = [".Sent/cur/4:2,S", ".Sent/new/5", "Archive/cur/7", "Archive/new/8", "cur/1:2,S", "new/2"];
        assert_eq!(folder.files(), (mail.map(String::from).to_vec(), vec![]));
    }

    #[test]
    #[cfg(unix)]
    fn err_broken_links() {
        use std::os::unix::fs::symlink;
        let folder = Folder::new("links").with(&["a.eml", ".hidden", "below/tmp/b.eml"]);
        for (target, link) in [("a.eml", "link"), ("loop", "loop"), ("nowhere", "broken"), (".", "below/up")] {
            symlink(target, folder.0.join(link)).unwrap();
        }
        let (found, failed) = folder.files();
        assert_eq!(found, ["a.eml", "below/tmp/b.eml", "link"]);
        assert_eq!(failed, ["broken", "loop"]);
    }
}
