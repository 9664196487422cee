//! ONNX Runtime's library, and the one environment that it has.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use crate::OnnxError;

/// The runtime's environment: there can be one in a process.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// The environment; the first call of a process loads the library.
pub(crate) fn environment(library: &Path) -> Result<Environment, OnnxError> {
    let unusable = |why: String| OnnxError::Library { path: library.to_owned(), why };
    // What is inside is whole or absent, so a panic elsewhere does not spoil it.
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*environment {
        return Ok(environment.clone());
    }
    let path = place(library)?;
    let builder = ort::init_from(&path).map_err(|error| unusable(error.to_string()))?;
    let made = builder.with_name("callwright").with_telemetry(false).build();
    let made = made.map_err(|error| unusable(error.to_string()))?;
    *environment = Some(made.clone());
    Ok(made)
}

/// Where the library is: a file, or a bare name, which the system looks up.
fn place(library: &Path) -> Result<PathBuf, OnnxError> {
    let unusable = |why: &str| OnnxError::Library { path: library.to_owned(), why: why.to_owned() };
    if library.is_file() {
        // A relative path would be looked for beside the running program.
        return std::path::absolute(library).map_err(|error| unusable(&error.to_string()));
    }
    if library.components().count() == 1 && !library.is_absolute() {
        return Ok(library.to_owned());
    }
    Err(unusable("the file is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_from_where_it_is_and_a_bare_name_is_left_to_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("libonnxruntime.so");
        std::fs::write(&file, b"").unwrap();
        assert_eq!(place(&file).unwrap(), file);
        assert_eq!(place(Path::new("libonnxruntime.so")).unwrap(), Path::new("libonnxruntime.so"));
        let error = place(&folder.path().join("no.so")).unwrap_err();
        assert!(error.to_string().contains("not there"), "{error}");
    }
}
