//! Whether a folder holds a model, asked before the library sees it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Why a model cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// This build leaves Vosk out.
    #[error(
        "this build of Callwright cannot recognise speech; run `make setup` and build it with `--features libvosk`"
    )]
    NotBuilt,
    /// The folder is not there.
    #[error("there is no folder {folder}; run `make setup`, or set the model's path in the configuration")]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// Something that every model has is missing.
    #[error("{folder} is no Vosk model: it has no {file}. The folder must be the one that holds am/, conf/ and graph/")]
    NoModel {
        /// The folder.
        folder: PathBuf,
        /// What is missing.
        file: &'static str,
    },
    /// The model cannot be told what to listen for.
    #[error(
        "the model in {folder} has a fixed graph (graph/HCLG.fst) and cannot listen for the phrases of a menu; use a \
         model that has graph/HCLr.fst and graph/Gr.fst, such as the small ones"
    )]
    FixedGraph {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of the model is damaged.
    #[error("the model in {folder} is damaged: {file} {what}. Remove the folder and run `make setup` again")]
    Damaged {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// The model takes sound of another rate.
    #[error("the model in {folder} takes sound at {hertz} Hz; only models for 16000 Hz can be used")]
    OtherRate {
        /// The folder.
        folder: PathBuf,
        /// Its rate.
        hertz: u32,
    },
    /// The library did not take the model, and printed why.
    #[error("libvosk cannot load the model in {folder}; remove the folder and run `make setup` again")]
    Refused {
        /// The folder.
        folder: PathBuf,
    },
}

/// Kaldi's mark of a binary file.
const KALDI: [u8; 2] = *b"\0B";
/// OpenFst's mark of a graph.
const FST: [u8; 4] = 2_125_659_606_i32.to_le_bytes();

/// Checks that the files which the library reads are there and begin as they must.
#[cfg_attr(not(feature = "libvosk"), allow(dead_code))]
pub(crate) fn check(folder: &Path) -> Result<(), LoadError> {
    if !folder.is_dir() {
        return Err(LoadError::NoFolder { folder: folder.to_owned() });
    }
    begins_with(folder, "am/final.mdl", &KALDI)?;
    begins_with(folder, "conf/model.conf", b"")?;
    if !folder.join("graph/HCLr.fst").exists() && folder.join("graph/HCLG.fst").exists() {
        return Err(LoadError::FixedGraph { folder: folder.to_owned() });
    }
    begins_with(folder, "graph/HCLr.fst", &FST)?;
    begins_with(folder, "graph/Gr.fst", &FST)?;
    begins_with(folder, "graph/phones/word_boundary.int", b"")?;
    if folder.join("ivector").exists() {
        begins_with(folder, "ivector/final.ie", &KALDI)?;
        begins_with(folder, "ivector/final.mat", &KALDI)?;
        begins_with(folder, "ivector/splice.conf", b"")?;
    }
    rate(folder)
}

/// A file that is missing makes the folder no model; one that begins otherwise is damaged.
fn begins_with(folder: &Path, file: &'static str, mark: &[u8]) -> Result<(), LoadError> {
    let no_model = || LoadError::NoModel { folder: folder.to_owned(), file };
    let damaged = |what: String| LoadError::Damaged { folder: folder.to_owned(), file, what };
    let path = folder.join(file);
    if !path.is_file() {
        return Err(no_model());
    }
    let mut head = vec![0; mark.len().max(1)];
    let mut opened = File::open(&path).map_err(|error| damaged(format!("cannot be read ({error})")))?;
    opened.read_exact(&mut head).map_err(|_| damaged("ends too early".to_owned()))?;
    if head.starts_with(mark) { Ok(()) } else { Err(damaged("is of another kind".to_owned())) }
}

/// The rate that the model's features are made at; 16 kHz where its settings say nothing.
fn rate(folder: &Path) -> Result<(), LoadError> {
    let settings = std::fs::read_to_string(folder.join("conf/mfcc.conf")).unwrap_or_default();
    let hertz = settings
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--sample-frequency=")?.split('.').next()?.trim().parse().ok())
        .next_back()
        .unwrap_or(crate::RATE);
    if hertz == crate::RATE { Ok(()) } else { Err(LoadError::OtherRate { folder: folder.to_owned(), hertz }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder with the beginnings of a model.
    fn model() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, content) in [
            ("am/final.mdl", &KALDI[..]),
            ("conf/model.conf", b"--beam=10"),
            ("conf/mfcc.conf", b"--sample-frequency=16000\n"),
            ("graph/HCLr.fst", &FST),
            ("graph/Gr.fst", &FST),
            ("graph/phones/word_boundary.int", b"1"),
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    #[test]
    fn what_has_every_file_is_taken_for_a_model() {
        assert_eq!(check(model().path()), Ok(()));
    }

    #[test]
    fn a_folder_that_is_not_there_or_is_no_model_is_refused() {
        assert!(matches!(check(Path::new("/no/such/folder")), Err(LoadError::NoFolder { .. })));
        let empty = tempfile::tempdir().unwrap();
        let error = check(empty.path()).unwrap_err();
        assert!(matches!(error, LoadError::NoModel { file: "am/final.mdl", .. }), "{error}");
    }

    #[test]
    fn a_model_with_a_fixed_graph_is_refused_since_menus_need_grammars() {
        let folder = model();
        fs::rename(folder.path().join("graph/HCLr.fst"), folder.path().join("graph/HCLG.fst")).unwrap();
        assert!(matches!(check(folder.path()), Err(LoadError::FixedGraph { .. })));
    }

    #[test]
    fn damaged_files_are_told_by_name() {
        let folder = model();
        fs::write(folder.path().join("graph/Gr.fst"), b"<html>").unwrap();
        let error = check(folder.path()).unwrap_err();
        assert!(matches!(error, LoadError::Damaged { file: "graph/Gr.fst", .. }), "{error}");
        fs::write(folder.path().join("am/final.mdl"), b"").unwrap();
        let error = check(folder.path()).unwrap_err();
        assert!(error.to_string().contains("am/final.mdl ends too early"), "{error}");
    }

    #[test]
    fn a_model_for_telephone_sound_is_refused() {
        let folder = model();
        fs::write(folder.path().join("conf/mfcc.conf"), "--sample-frequency=8000.0\n").unwrap();
        assert!(matches!(check(folder.path()), Err(LoadError::OtherRate { hertz: 8000, .. })));
    }
}
