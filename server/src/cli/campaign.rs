//! `callwright campaign`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use dialer::CampaignSettings;
use serde_json::Value;

use super::client::ApiClient;

/// Where the service is, and what to do.
#[derive(Debug, Args)]
pub struct CampaignArgs {
    /// The service's address.
    #[arg(long, env = "CALLWRIGHT_SERVER", default_value = "http://127.0.0.1:8080", global = true)]
    server: String,
    /// The service's token, where it asks for one.
    #[arg(long, env = "CALLWRIGHT_TOKEN", hide_env_values = true, global = true)]
    token: Option<String>,
    #[command(subcommand)]
    command: CampaignCommand,
}

#[derive(Debug, Subcommand)]
enum CampaignCommand {
    /// List all campaigns.
    List,
    /// Make a campaign from a file of settings (YAML).
    Create {
        /// The settings.
        file: PathBuf,
    },
    /// Upload a list (CSV); every refused row is printed with its line and reason.
    Import {
        /// The campaign's name.
        campaign: String,
        /// The list.
        file: PathBuf,
        /// The column that holds the number, where its header does not tell.
        #[arg(long)]
        number_column: Option<String>,
    },
    /// Begin to dial.
    Start {
        /// The campaign's name.
        campaign: String,
    },
    /// Dial nobody for now; calls in progress go on.
    Pause {
        /// The campaign's name.
        campaign: String,
    },
    /// Go on after a pause.
    Resume {
        /// The campaign's name.
        campaign: String,
    },
    /// End a campaign; telephones that ring stop.
    Stop {
        /// The campaign's name.
        campaign: String,
    },
    /// Show how far a campaign is.
    Show {
        /// The campaign's name.
        campaign: String,
        /// Go on showing until the campaign is finished.
        #[arg(long)]
        watch: bool,
    },
    /// Write what became of every row, as CSV.
    Results {
        /// The campaign's name.
        campaign: String,
        /// The file; standard output if left out.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
}

/// Does it.
pub fn run(arguments: CampaignArgs) -> Result<ExitCode> {
    let client = ApiClient::new(&arguments.server, arguments.token)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(carry_out(&client, arguments.command))?;
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(client: &ApiClient, command: CampaignCommand) -> Result<()> {
    match command {
        CampaignCommand::List => {
            for campaign in client.get("/api/v1/campaigns").await?.as_array().into_iter().flatten() {
                println!("{}", line(campaign));
            }
        }
        CampaignCommand::Create { file } => create(client, &file).await?,
        CampaignCommand::Import { campaign, file, number_column } => {
            import(client, &campaign, &file, number_column).await?
        }
        CampaignCommand::Start { campaign } => order(client, &campaign, "start").await?,
        CampaignCommand::Pause { campaign } => order(client, &campaign, "pause").await?,
        CampaignCommand::Resume { campaign } => order(client, &campaign, "resume").await?,
        CampaignCommand::Stop { campaign } => order(client, &campaign, "stop").await?,
        CampaignCommand::Show { campaign, watch } => show(client, &campaign, watch).await?,
        CampaignCommand::Results { campaign, output } => {
            let text = client.text(&format!("/api/v1/campaigns/{}/results.csv", escape(&campaign))).await?;
            match output {
                Some(file) => {
                    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?
                }
                None => print!("{text}"),
            }
        }
    }
    Ok(())
}

async fn create(client: &ApiClient, file: &std::path::Path) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let settings: CampaignSettings =
        serde_saphyr::from_str(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    let made = client.post("/api/v1/campaigns", "application/json", serde_json::to_vec(&settings)?).await?;
    println!("{}", line(&made));
    Ok(())
}

async fn import(
    client: &ApiClient,
    campaign: &str,
    file: &std::path::Path,
    number_column: Option<String>,
) -> Result<()> {
    let list = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut path = format!("/api/v1/campaigns/{}/lists?name={}", escape(campaign), escape(&name));
    if let Some(column) = number_column {
        path.push_str(&format!("&number_column={}", escape(&column)));
    }
    let uploaded = client.post(&path, "text/csv", list).await?;
    let mut after = 0;
    let id = uploaded["list"]["list"].as_str().unwrap_or_default();
    loop {
        let path = format!("/api/v1/campaigns/{}/lists/{id}/refused?after={after}", escape(campaign));
        let rows = client.get(&path).await?;
        let Some(rows) = rows.as_array().filter(|rows| !rows.is_empty()) else { break };
        for row in rows {
            after = row["line"].as_u64().unwrap_or(u64::MAX);
            println!(
                "line {after}: {}: {}",
                row["written"].as_str().unwrap_or_default(),
                row["explanation"].as_str().unwrap_or_default()
            );
        }
    }
    println!("{}: {} accepted, {} refused", file.display(), uploaded["list"]["accepted"], uploaded["list"]["refused"]);
    Ok(())
}

async fn order(client: &ApiClient, campaign: &str, order: &str) -> Result<()> {
    let path = format!("/api/v1/campaigns/{}/{order}", escape(campaign));
    println!("{}", line(&client.post(&path, "application/json", Vec::new()).await?));
    Ok(())
}

async fn show(client: &ApiClient, campaign: &str, watch: bool) -> Result<()> {
    let path = format!("/api/v1/campaigns/{}", escape(campaign));
    let redraw = watch && std::io::stdout().is_terminal();
    let mut last = String::new();
    loop {
        let shown = client.get(&path).await?;
        let text = line(&shown);
        if text != last {
            print!("{}{text}{}", if redraw { "\r\x1b[K" } else { "" }, if redraw { "" } else { "\n" });
            std::io::Write::flush(&mut std::io::stdout())?;
            last = text;
        }
        let state = shown["state"].as_str().unwrap_or_default();
        if !watch || matches!(state, "finished" | "stopped") {
            break;
        }
        tokio::time::sleep(WATCH_EVERY).await;
    }
    if redraw {
        println!();
    }
    Ok(())
}

/// `spring: running, 12 of 40 done; handed_over 3, busy 2`
fn line(campaign: &Value) -> String {
    let leads = campaign["progress"]["leads"].as_object();
    let count = |state: &str| leads.and_then(|leads| leads.get(state)).and_then(Value::as_u64).unwrap_or(0);
    let all: u64 = leads.into_iter().flat_map(|leads| leads.values()).filter_map(Value::as_u64).sum();
    let open = count("waiting") + count("reserved");
    let outcomes: Vec<String> = campaign["progress"]["outcomes"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(outcome, count)| format!("{outcome} {count}"))
        .collect();
    let name = campaign["settings"]["name"].as_str().unwrap_or_default();
    let state = campaign["state"].as_str().unwrap_or_default();
    let mut text = format!("{name}: {state}, {} of {all} done", all - open);
    if !outcomes.is_empty() {
        text.push_str("; ");
        text.push_str(&outcomes.join(", "));
    }
    text
}

/// Percent-encodes a part of a path or query.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte.into()),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

const WATCH_EVERY: Duration = Duration::from_millis(500);
