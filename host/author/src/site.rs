//! The host that a plan's plugins go to, as its commands reach it: over HTTP, with the key of the plan's
//! administrator.

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::Args;
use domain::identifiers::{Digest, PlanId};
use domain::time::Ids;
use program::outward;
use program::parts::SystemIds;
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

/// Options that name the host, the plan and the sender's key.
#[derive(Args)]
pub(crate) struct Site {
    /// Address of the host, such as https://crosswalk.example.
    #[arg(long, env = "CROSSWALK_SERVER", value_name = "URL", value_parser = server)]
    server: String,
    /// Id of the plan at the host, such as costa-alta.
    #[arg(long, env = "CROSSWALK_PLAN")]
    plan: PlanId,
    /// File with the key of the plan's administrator, and nothing else.
    #[arg(long, env = "CROSSWALK_KEY_FILE", value_name = "FILE")]
    key_file: PathBuf,
}

/// Time that the host may take for one answer: a conformance run, the one that it may wait for, and the way.
const PATIENCE: Duration = conformance::LONGEST_RUN.saturating_mul(2).saturating_add(Duration::from_secs(30));

/// Pause before asking again how far something is.
const PAUSE: Duration = Duration::from_millis(500);

/// A host that was reached before, or will be now.
pub(super) struct Host {
    agent: Agent,
    server: String,
    plan: PlanId,
    key: String,
}

/// The address of a host.
fn server(text: &str) -> Result<String, String> {
    if ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    let scheme = if text.starts_with("127.") || text.starts_with("localhost") { "http" } else { "https" };
    let own = text.split_once("://").map_or(text, |(_, rest)| rest);
    Err(format!("{scheme}:// is missing: write {scheme}://{own}"))
}

impl Site {
    pub(super) fn host(&self) -> Result<Host, Box<dyn Error>> {
        let key = fs::read_to_string(&self.key_file)
            .map_err(|error| format!("{}: {error}", self.key_file.display()))?;
        Ok(Host {
            agent: outward::agent(PATIENCE),
            server: self.server.clone(),
            plan: self.plan.clone(),
            key: key.trim().to_owned(),
        })
    }
}

impl Host {
    pub(super) fn plan(&self) -> &PlanId {
        &self.plan
    }

    /// A path of this plan.
    pub(super) fn of_plan(&self, path: &str) -> String {
        format!("/v1/plans/{}/{path}", self.plan)
    }

    pub(super) fn read(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        self.answer(self.agent.get(self.url(path)).header("Authorization", self.bearer()).call())
    }

    /// A file, as it is.
    pub(super) fn download(&self, path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let got = self.agent.get(self.url(path)).header("Authorization", self.bearer()).call();
        let mut got = got.map_err(|error| format!("{}: {error}", self.server))?;
        if !got.status().is_success() {
            return self.answer(Ok(got)).map(|_| Vec::new());
        }
        Ok(got.body_mut().read_to_vec()?)
    }

    /// Sends a command, which is another one each time.
    pub(super) fn command(&self, path: &str, body: Option<&Value>) -> Result<Value, Box<dyn Error>> {
        let request = self.agent.post(self.url(path)).header("Authorization", self.bearer());
        let request = request.header("Idempotency-Key", SystemIds.random().to_string());
        self.answer(match body {
            Some(body) => request.send_json(body),
            None => request.send_empty(),
        })
    }

    /// Uploads a component. With the same `once`, the same upload again.
    pub(super) fn upload(&self, path: &str, bytes: &[u8], once: &str) -> Result<Value, Box<dyn Error>> {
        let request = self.agent.post(self.url(path)).header("Authorization", self.bearer());
        let request = request.header("Content-Type", "application/wasm").header("Idempotency-Key", once);
        self.answer(request.send(bytes))
    }

    /// Reads `path` again and again until `done` is content with it, saying on the way how far it is.
    pub(super) fn follow(
        &self,
        path: &str,
        done: impl Fn(&Value) -> bool,
        how_far: impl Fn(&Value) -> String,
    ) -> Result<Value, Box<dyn Error>> {
        let watched = io::stderr().is_terminal();
        loop {
            let now = self.read(path)?;
            let over = done(&now);
            if watched {
                eprint!("\r\x1b[K{}", if over { String::new() } else { how_far(&now) });
            }
            if over {
                return Ok(now);
            }
            thread::sleep(PAUSE);
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.key)
    }

    fn answer(&self, sent: Result<Response<Body>, ureq::Error>) -> Result<Value, Box<dyn Error>> {
        let mut answer = sent.map_err(|error| format!("{}: {error}", self.server))?;
        let status = answer.status();
        let body: Value = answer
            .body_mut()
            .read_json()
            .map_err(|error| format!("{} answered {status}, and no JSON: {error}", self.server))?;
        if status.is_success() { Ok(body) } else { Err(self.refusal(&body).into()) }
    }

    /// A problem in words: its title, and each reason with its fix.
    fn refusal(&self, problem: &Value) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut said = format!("{} {}", problem["status"], text(&problem["title"]));
        if let Some(detail) = problem["detail"].as_str() {
            said += &format!(": {detail}");
        }
        // A host does not tell what is another plan's from what is not there.
        if problem["status"] == 404 {
            said += &format!(
                ": {} has no such thing for this key\n  fix: look at --plan ({}) and at --key-file, and whether the plugin \
                 was pushed",
                self.server, self.plan
            );
        }
        for reason in problem["errors"].as_array().into_iter().flatten() {
            said += &format!("\n  {}: {}", text(&reason["pointer"]), text(&reason["detail"]));
            said += &format!("\n    fix: {}", text(&reason["fix"]));
        }
        said
    }
}

/// A plugin that was named by its component or by its digest.
pub(super) fn digest_of(plugin: &str) -> Result<Digest, Box<dyn Error>> {
    if let Ok(digest) = plugin.parse() {
        return Ok(digest);
    }
    let file = Path::new(plugin);
    let looks_like_a_digest = plugin.bytes().all(|byte| byte.is_ascii_hexdigit());
    if looks_like_a_digest && !file.exists() {
        let digits = plugin.len();
        return Err(format!(
            "`{plugin}` is neither a file nor a digest: a digest has 64 hexadecimal digits, this {digits}"
        )
        .into());
    }
    Ok(Digest::of(&super::read(file)?))
}
