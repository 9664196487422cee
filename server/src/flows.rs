//! The flows that this server can run, loaded and made ready to be spoken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Result, anyhow, bail};
use call_control::Call;
use call_model::Prompt;
use ivr_flows::{FileSource, Flow};

use crate::config::Config;
use crate::fetch::Secrets;
use crate::speech::{Meanings, PromptLibrary, Recognisers};

/// A flow with the folder that its recorded prompts lie in.
#[derive(Debug, Clone)]
pub struct LoadedFlow {
    /// The flow.
    pub flow: Arc<Flow>,
    /// Its folder.
    pub folder: PathBuf,
}

/// All flows, by name and by number.
#[derive(Debug, Clone, Default)]
pub struct FlowLibrary {
    by_name: BTreeMap<String, LoadedFlow>,
    by_path: BTreeMap<PathBuf, String>,
    /// Patterns of dialled numbers with the flow's name, in the order of the configuration.
    routes: Vec<(crate::config::RouteConfig, String)>,
    /// By which the flows' intents are found.
    meanings: Meanings,
}

/// The flows as they are now. A reload puts others in their place; whoever has taken some keeps them.
#[derive(Debug, Default)]
pub struct Flows(RwLock<Arc<FlowLibrary>>);

impl Flows {
    /// The flows that were loaded at the start.
    pub fn new(library: FlowLibrary) -> Self {
        Self(RwLock::new(Arc::new(library)))
    }

    /// The flows as they are now.
    pub fn now(&self) -> Arc<FlowLibrary> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads one flow again and makes its prompts ready. Blocks. Gives its name, or nothing when it is as it was.
    pub fn reload(
        &self,
        path: &Path,
        config: &Config,
        recognisers: &Arc<Recognisers>,
        prompts: &PromptLibrary,
    ) -> Result<Option<String>> {
        let mut library = FlowLibrary::clone(&self.now());
        let Some(name) = library.by_path.get(path).cloned() else { return Ok(None) };
        let loaded = load_one(path, recognisers, &library.meanings).map_err(|problem| anyhow!("{problem}"))?;
        if loaded.flow.name() != name {
            let now = loaded.flow.name();
            bail!(
                "the flow is now named {now:?}, and was {name:?}: campaigns and numbers know it by its name; restart"
            );
        }
        if library.by_name.get(&name).is_some_and(|before| before.flow.hash() == loaded.flow.hash()) {
            return Ok(None);
        }
        library.by_name.insert(name.clone(), loaded);
        let problems = library.unknown_queues(config);
        if !problems.is_empty() {
            bail!("{}", problems.join("\n"));
        }
        library.make_one_ready(&name, prompts)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
        Ok(Some(name))
    }
}

impl FlowLibrary {
    /// The flows' files.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.by_path.keys()
    }

    /// The flow that answers a dialled number.
    pub fn route(&self, dialled: &str) -> Option<&LoadedFlow> {
        let (_, name) = self.routes.iter().find(|(route, _)| route.fits(dialled))?;
        self.by_name.get(name)
    }

    /// A flow by the name that it gives itself.
    pub fn named(&self, name: &str) -> Option<&LoadedFlow> {
        self.by_name.get(name)
    }

    /// Every flow's name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Every flow by name, with the patterns of numbers that it answers.
    pub fn all(&self) -> impl Iterator<Item = (&LoadedFlow, Vec<String>)> {
        self.by_name.iter().map(|(name, loaded)| {
            let routes = self.routes.iter().filter(|(_, flow)| flow == name);
            (loaded, routes.map(|(route, _)| route.number.clone()).collect())
        })
    }

    /// Loads every flow of the configuration and makes its prompts ready. Blocks; tells its progress on the log.
    pub fn load(config: &Config, recognisers: &Arc<Recognisers>, prompts: &PromptLibrary) -> Result<Self> {
        let mut library = Self { meanings: Meanings::of(config)?, ..Self::default() };
        let mut problems = Vec::new();
        let routed = config.routes.iter().map(|route| &route.flow);
        for path in routed.chain(&config.flows) {
            let path = config.path(path);
            if !library.by_path.contains_key(&path) {
                match load_one(&path, recognisers, &library.meanings) {
                    Ok(loaded) => library.add(path, loaded, &mut problems),
                    Err(text) => problems.push(text),
                }
            }
        }
        problems.extend(library.unknown_queues(config));
        problems.extend(library.unknown_secrets(&Secrets::new(config.http.secrets.clone())));
        for route in &config.routes {
            if let Some(name) = library.by_path.get(&config.path(&route.flow)) {
                library.routes.push((route.clone(), name.clone()));
            }
        }
        if !problems.is_empty() {
            bail!("{}", problems.join("\n"));
        }
        library.make_ready(prompts)?;
        Ok(library)
    }

    fn add(&mut self, path: PathBuf, loaded: LoadedFlow, problems: &mut Vec<String>) {
        let name = loaded.flow.name().to_owned();
        if self.by_name.insert(name.clone(), loaded).is_some() {
            problems.push(format!("{}: another flow is named {name:?}; `flow:` must be unique", path.display()));
        }
        self.by_path.insert(path, name);
    }

    fn unknown_queues(&self, config: &Config) -> Vec<String> {
        let known = |queue: &String| config.queues.iter().any(|configured| configured.name == *queue);
        let flows = self.by_name.iter();
        let unknown = flows.flat_map(|(name, loaded)| loaded.flow.queues().into_iter().map(move |queue| (name, queue)));
        unknown
            .filter(|(_, queue)| !known(queue))
            .map(|(name, queue)| {
                format!(
                    "flow {name} hands callers to the queue {queue:?}, which is not among `queues` in the configuration"
                )
            })
            .collect()
    }

    fn unknown_secrets(&self, secrets: &Secrets) -> Vec<String> {
        let flows = self.by_name.iter();
        let named =
            flows.flat_map(|(name, loaded)| loaded.flow.secrets().into_iter().map(move |secret| (name, secret)));
        named
            .filter(|(_, secret)| secrets.get(secret).is_none())
            .map(|(name, secret)| {
                let variable = Secrets::variable(&secret);
                format!(
                    "flow {name} sends the secret {secret:?}, which is neither under `http.secrets` nor in {variable}"
                )
            })
            .collect()
    }

    fn make_ready(&self, prompts: &PromptLibrary) -> Result<()> {
        self.by_name.keys().try_for_each(|name| self.make_one_ready(name, prompts))
    }

    fn make_one_ready(&self, name: &str, prompts: &PromptLibrary) -> Result<()> {
        if let Some(loaded) = self.by_name.get(name) {
            let mut fixed: Vec<Prompt> =
                loaded.flow.prompts().into_iter().map(|part| Prompt { parts: vec![part] }).collect();
            fixed.extend(loaded.flow.languages().into_iter().flat_map(Call::fixed_prompts));
            let all = fixed.len();
            let problems = prompts.prepare(&loaded.folder, &fixed, &mut |done| {
                if done % TELL_EVERY == 0 || done == all {
                    tracing::info!(flow = name, "prompts made ready: {done} of {all}");
                }
            });
            if !problems.is_empty() {
                bail!("flow {name}: {}", problems.join("\n"));
            }
        }
        Ok(())
    }
}

/// The files of a folder, for the flow in it.
pub struct FolderFiles(pub PathBuf);

impl FileSource for FolderFiles {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn exists(&self, path: &str) -> bool {
        self.0.join(path).is_file()
    }
}

/// The folder of a flow's file, and the file's name in it.
pub fn folder_and_name(path: &Path) -> (PathBuf, String) {
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (folder, name)
}

fn load_one(path: &Path, recognisers: &Arc<Recognisers>, meanings: &Meanings) -> Result<LoadedFlow, String> {
    let (folder, name) = folder_and_name(path);
    let vocabulary = recognisers.vocabulary(meanings.clone());
    let flow = Flow::load(&name, &FolderFiles(folder.clone()), Some(&vocabulary))
        .map_err(|diagnostics| diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    for warning in flow.warnings() {
        tracing::warn!("{warning}");
    }
    Ok(LoadedFlow { flow: Arc::new(flow), folder })
}

const TELL_EVERY: usize = 10;
