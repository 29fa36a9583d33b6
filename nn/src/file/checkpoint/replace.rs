//! Atomic replacement of a file: it appears complete or not at all.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Beginning and end of the name of a temporary file. It does not contain the name of the final
/// file, which may already have the maximum length.
const PREFIX: &str = ".nn-save-";
const SUFFIX: &str = ".tmp";

/// Age from which an unlocked temporary file counts as abandoned: a process may
/// have created it and not locked it yet.
const ABANDONED: Duration = Duration::from_secs(60);

/// Maximum number of followed links, the same as on Linux.
const MOST_LINKS: usize = 40;

/// Writes a new file next to `path` and renames it once it is complete; permissions are retained.
/// If this fails, the existing file is unchanged.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    replace_with(path, write, sync)
}

/// [`replace`] with a function that makes a directory's entries survive a power failure.
fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<&File>) -> io::Result<()>,
    sync: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let path = &behind_links(path)?;
    let present = fs::metadata(path).ok();
    if present.as_ref().is_some_and(|present| !present.is_file()) {
        return Err(io::Error::other("this is not a regular file; pass the name of one"));
    }
    if path.file_name().is_none() {
        return Err(io::Error::other("this is not the name of a file; pass one"));
    }
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    remove_abandoned(directory);
    let (temporary, file) = create_in(directory)?;
    let written = (|| {
        // The lock marks the file as being written until it is closed. Systems without locks do no
        // harm.
        let _ = file.try_lock();
        if let Some(present) = present {
            fs::set_permissions(&temporary, present.permissions())?;
        }
        let mut buffered = io::BufWriter::new(&file);
        write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        // Before renaming, or a power failure could leave an empty file under the new name.
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        // The file is complete and renamed; a system without directory sync has not failed to save.
        let _ = sync(directory);
        Ok(())
    })();
    if written.is_err() {
        // The first error is reported.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// The file that an ordinary write would go to: links are followed, even if the last one points to
/// no file yet.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(io::Error::other("this is a link that leads to itself; pass the name of a file"))
}

/// Creates a new file with the default permissions.
fn create_in(directory: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let temporary = directory.join(format!("{PREFIX}{}-{count}{SUFFIX}", process()));
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            // Left over by a killed process with the same number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((temporary, file)),
        }
    }
}

/// The process number; the system call panics on targets without processes.
fn process() -> u32 {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) { 0 } else { std::process::id() }
}

/// Removes the temporary files of killed processes. Files that cannot be inspected stay.
fn remove_abandoned(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if is_ours(&entry.file_name()) && is_abandoned(&entry.path()).unwrap_or(false) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_ours(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        let middle = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
        let numbers = middle.and_then(|middle| middle.split_once('-'));
        numbers.is_some_and(|(process, count)| {
            process.parse::<u32>().is_ok() && count.parse::<u64>().is_ok()
        })
    })
}

/// Returns whether no process writes the file at `path`: it is old and can be locked.
fn is_abandoned(path: &Path) -> io::Result<bool> {
    let entry = fs::symlink_metadata(path)?;
    // Links, which lead elsewhere, and pipes, which would block, are not temporary files.
    if !entry.is_file() || entry.modified()?.elapsed().unwrap_or_default() < ABANDONED {
        return Ok(false);
    }
    Ok(OpenOptions::new().write(true).open(path)?.try_lock().is_ok())
}

/// Makes the directory's entries survive a power failure. Not every system supports this for
/// directories.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that is removed after the test.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("nn-replace-{name}-{}", process()));
            fs::create_dir_all(&path).unwrap();
            Directory(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn write(path: &Path, text: &str) {
        replace(path, |file| file.write_all(text.as_bytes())).unwrap();
    }

    #[test]
    fn a_name_may_be_as_long_as_any() {
        let directory = Directory::new("long");
        for len in [1, 250, 255] {
            let path = directory.0.join("x".repeat(len));
            write(&path, "new");
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        }
        assert_eq!(directory.names().len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = Directory::new("mode");
        let path = directory.0.join("secret");
        fs::write(&path, "old").unwrap();
        for mode in [0o600, 0o640, 0o444] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            write(&path, "new");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_written_through_also_to_nothing() {
        use std::os::unix::fs::symlink;
        let directory = Directory::new("links");
        fs::create_dir(directory.0.join("inner")).unwrap();
        symlink("inner/target", directory.0.join("second")).unwrap();
        symlink("second", directory.0.join("first")).unwrap();
        for text in ["to nothing", "to something"] {
            write(&directory.0.join("first"), text);
            assert_eq!(fs::read_to_string(directory.0.join("inner/target")).unwrap(), text);
            assert!(
                directory.0.join("first").is_symlink() && directory.0.join("second").is_symlink()
            );
        }
        symlink("circle", directory.0.join("circle")).unwrap();
        let error = replace(&directory.0.join("circle"), |_| Ok(())).unwrap_err().to_string();
        assert!(error.contains("a link that leads to itself"), "{error}");
    }

    #[test]
    fn what_killed_processes_left_is_removed_and_nothing_else() {
        let directory = Directory::new("abandoned");
        let old = std::time::SystemTime::now() - 2 * ABANDONED;
        let make = |name: &str, time| {
            let file = File::create(directory.0.join(name)).unwrap();
            file.set_modified(time).unwrap();
            file
        };
        drop(make(".nn-save-1-0.tmp", old));
        drop(make(".nn-save-4294967295-17.tmp", old));
        drop(make(".nn-save-1-1.tmp", std::time::SystemTime::now())); // young
        let written = make(".nn-save-1-2.tmp", old); // by somebody else, now
        written.lock().unwrap();
        for name in [".nn-save-.tmp", ".nn-save-1-x.tmp", ".nn-save-1-0", "nn-save-1-0.tmp"] {
            drop(make(name, old)); // not ours
        }
        write(&directory.0.join("weights"), "new");
        assert_eq!(
            directory.names(),
            [
                ".nn-save-.tmp",
                ".nn-save-1-0",
                ".nn-save-1-1.tmp",
                ".nn-save-1-2.tmp",
                ".nn-save-1-x.tmp",
                "nn-save-1-0.tmp",
                "weights"
            ]
        );
    }

    /// Non-files with a name of ours: pipes do not block, and links are not followed.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_stays() {
        let directory = Directory::new("no-file");
        let (pipe, link) = (".nn-save-1-0.tmp", ".nn-save-1-1.tmp");
        let run = |program: &str, arguments: &[&str]| {
            let mut command = std::process::Command::new(program);
            assert!(command.args(arguments).current_dir(&directory.0).status().unwrap().success());
        };
        run("mkfifo", &[pipe]);
        fs::write(directory.0.join("target"), "of the link").unwrap();
        std::os::unix::fs::symlink("target", directory.0.join(link)).unwrap();
        run("touch", &["-h", "-d", "1 hour ago", pipe, link, "target"]);
        write(&directory.0.join("weights"), "new");
        assert_eq!(directory.names(), [pipe, link, "target", "weights"]);
    }

    #[test]
    fn the_directory_is_synced_once_the_file_has_its_name() {
        let directory = Directory::new("sync");
        let path = directory.0.join("weights");
        write(&path, "old");
        let mut synced = Vec::new();
        let seen = |directory: &Path| {
            synced.push((directory.to_path_buf(), fs::read_to_string(&path)?));
            sync(directory)?;
            Err(io::Error::other("no such call here"))
        };
        replace_with(&path, |file| file.write_all(b"new"), seen).unwrap();
        assert_eq!(synced, [(directory.0.clone(), "new".to_string())]);
        assert_eq!(directory.names(), ["weights"]);
    }

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let directory = Directory::new("fails");
        let path = directory.0.join("weights");
        write(&path, "old");
        let failed = replace(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(directory.names(), ["weights"]);
    }
}
