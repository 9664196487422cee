//! Where things lie.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies two folders deep")
}

/// A file of `samples/`.
pub fn sample(path: &str) -> PathBuf {
    repository().join("samples").join(path)
}

/// The binary under test: `$CALLWRIGHT_BIN`, else the one of this build.
pub(crate) fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("CALLWRIGHT_BIN") {
        return path.into();
    }
    let own = std::env::current_exe().expect("a process knows its program");
    let folder = own.parent().expect("a program lies in a folder");
    // Tests lie in `deps`, one below.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = folder.join("callwright");
    assert!(
        path.is_file(),
        "{} is not there: build the server first (`cargo build -p callwright --features speech`), or name it in CALLWRIGHT_BIN",
        path.display()
    );
    path
}

/// A folder for what many runs may share: voices and prompts that were synthesised before.
pub(crate) fn shared(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join("callwright-tests").join(name);
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("cannot make {}: {error}", folder.display()));
    folder
}

/// A part of the set-up, which must be there.
pub(crate) fn set_up(path: &str) -> PathBuf {
    let path = repository().join(path);
    assert!(path.exists(), "{} is not there: run `make setup`", path.display());
    path
}
