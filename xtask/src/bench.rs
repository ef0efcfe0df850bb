//! `cargo xtask bench SUBJECT`: what something costs, with what its bench needs built before.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use crate::{
    plugins,
    task::{Failure, Workspace, note, output, pass_through, step},
    test,
};

/// The benches; `host/bench/benches` has a module for each.
const SUBJECTS: [&str; 6] = ["decision", "figures", "growth", "members", "platform", "referrals"];
/// Option of the task, which the benches do not know.
const FLAME: &str = "--flame";
/// Option of `figures` that has a browser say how long pages take where the network is slow.
const NETWORK: &str = "--network";
/// Test that prints it.
const ON_THE_NETWORK: [&str; 4] = ["browser::pages_on_a_slow_network", "--", "--ignored", "--nocapture"];

/// Programs that a flame graph is made with, and what installs them on Debian.
const TOOLS: [(&str, &str); 3] = [
    ("perf", "apt-get install linux-perf"),
    ("inferno-collapse-perf", "cargo install inferno"),
    ("inferno-flamegraph", "cargo install inferno"),
];

/// Builds the plugins and the benches, and measures. `options` are the bench's, but for `--flame`.
pub(crate) fn run(workspace: &Workspace, subject: &str, options: &[String]) -> Result<ExitCode, Failure> {
    // Known before minutes of building.
    if !SUBJECTS.contains(&subject) {
        return Err(Failure::new(format!("there is no bench `{subject}`"))
            .fix(format!("name one of {}", SUBJECTS.join(", "))));
    }
    if subject == "figures" && options.iter().any(|option| option == NETWORK) {
        return on_the_network(workspace, options);
    }
    let (options, with_flame) = without_flame(options);
    if with_flame {
        look_for_tools(runs)?;
    }
    // No bench asks a plugin of a rules file, for which the service would have to be built.
    plugins::from_code(workspace)?;
    if with_flame {
        return flame(workspace, subject, &options);
    }
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--bench", "bench", "--", subject]).args(options);
    workspace.tell_tests(&mut cargo);
    pass_through(&mut cargo)
}

/// The bench's own options, and whether a flame graph is wanted.
fn without_flame(options: &[String]) -> (Vec<String>, bool) {
    let own: Vec<String> = options.iter().filter(|option| *option != FLAME).cloned().collect();
    let with_flame = own.len() < options.len();
    (own, with_flame)
}

fn look_for_tools(is_there: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let mut fixes: Vec<&str> =
        TOOLS.into_iter().filter(|(tool, _)| !is_there(tool)).map(|(_, fix)| fix).collect();
    fixes.dedup();
    if fixes.is_empty() {
        return Ok(());
    }
    let tools = TOOLS.map(|(tool, _)| tool).join(", ");
    Err(Failure::new(format!("a flame graph is made with {tools}, and not all of them are there"))
        .fix(fixes.join("\n")))
}

fn runs(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command.arg("--help").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // `perf --help` ends with a status of its own; it is enough that it starts.
    command.status().is_ok()
}

/// Measures under `perf`, and draws where the time went into `flame/SUBJECT.svg` of the build results.
///
/// It is a build of its own, in a folder of its own, whose functions keep frame pointers: by these stacks are
/// followed through the plugins' code too, of which no debugging information tells.
fn flame(workspace: &Workspace, subject: &str, options: &[String]) -> Result<ExitCode, Failure> {
    let folder = workspace.target.join("flame");
    let mut cargo = workspace.cargo();
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    cargo
        .args(["bench", "--bench", "bench", "--no-run", "--message-format=json"])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", format!("{flags} -Cforce-frame-pointers=yes").trim());
    let program = step("build the benches with frame pointers", || {
        executable(&output(&mut cargo)?).ok_or_else(|| Failure::new("cargo does not say where the bench is"))
    })?;
    let (samples, picture) =
        (folder.join(subject).with_extension("perf"), folder.join(subject).with_extension("svg"));
    let mut perf = Command::new("perf");
    perf.args(["record", "--quiet", "--call-graph", "fp", "--freq", "997", "--output"])
        .arg(&samples)
        .arg("--")
        .arg(program)
        .arg(subject)
        .args(options)
        // As cargo runs it.
        .current_dir(workspace.root.join("host/bench"));
    workspace.tell_tests(&mut perf);
    let status = perf.status().map_err(Failure::when("cannot run perf"))?;
    if !status.success() {
        return Err(Failure::new(format!("the bench or perf failed ({status}); its output is above"))
            .fix("if perf may not look: sysctl kernel.perf_event_paranoid=1"));
    }
    step("draw the flame graph", || draw(&samples, &picture))?;
    note(picture.display());
    Ok(ExitCode::SUCCESS)
}

/// The path of the bench in cargo's messages, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    let line = messages.lines().rfind(|line| line.contains(r#""kind":["bench"]"#))?;
    let (_, path) = line.split_once(r#""executable":""#)?;
    let (path, _) = path.split_once('"')?;
    Some(PathBuf::from(path))
}

/// Folds the samples into a line for each stack, and those into a picture.
fn draw(samples: &Path, picture: &Path) -> Result<(), Failure> {
    let folded = picture.with_extension("folded");
    let mut script = Command::new("perf")
        // Lines of inlined functions take minutes to look up, and the graph shows none.
        .args(["script", "--no-inline", "--input"])
        .arg(samples)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Failure::when("cannot run perf script"))?;
    let stacks = script.stdout.take().expect("it is piped");
    let collapsed = into_file(Command::new("inferno-collapse-perf").stdin(stacks), &folded);
    let ended = script.wait().map_err(Failure::when("cannot run perf script"))?;
    collapsed?;
    if !ended.success() {
        return Err(Failure::new(format!("perf script failed ({ended})")));
    }
    into_file(Command::new("inferno-flamegraph").arg(&folded), picture)?;
    fs::remove_file(&folded).map_err(Failure::when(folded.display()))
}

/// Runs a command whose standard output is a file.
fn into_file(command: &mut Command, file: &Path) -> Result<(), Failure> {
    let to = File::create(file).map_err(Failure::when(file.display()))?;
    let name = command.get_program().display().to_string();
    let ended = command.stdout(to).status().map_err(Failure::when(format!("cannot run {name}")))?;
    if ended.success() { Ok(()) } else { Err(Failure::new(format!("{name} failed ({ended})"))) }
}

/// Has the browser of the portal's tests load pages of the built service over a slow network.
fn on_the_network(workspace: &Workspace, options: &[String]) -> Result<ExitCode, Failure> {
    if options.len() > 1 {
        return Err(Failure::new(format!("{NETWORK} stands alone"))
            .fix(format!("cargo xtask bench figures {NETWORK}")));
    }
    test::run(workspace, "tests", &ON_THE_NETWORK.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    use super::{SUBJECTS, executable, look_for_tools, without_flame};

    #[test]
    fn every_bench_is_known() {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/bench/benches");
        let entries = fs::read_dir(benches).expect("the benches are there");
        let names = entries.map(|entry| entry.expect("the folder can be read").file_name());
        let mut found: Vec<String> = names
            .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
            .filter(|name| name != "main")
            .collect();
        found.sort();
        assert_eq!(found, SUBJECTS);
    }

    #[test]
    fn the_wish_for_a_flame_graph_is_not_the_benchs() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(without_flame(&words(&["--quick", "--flame"])), (words(&["--quick"]), true));
        assert_eq!(without_flame(&words(&["shadow"])), (words(&["shadow"]), false));
    }

    #[test]
    fn whoever_lacks_a_tool_is_told_what_installs_it() {
        assert!(look_for_tools(|_| true).is_ok());
        let told = |has: fn(&str) -> bool| look_for_tools(has).expect_err("one is missing").to_string();
        let both = told(|_| false);
        assert!(both.contains("apt-get install linux-perf") && both.matches("cargo install").count() == 1);
        assert!(!told(|tool| tool == "perf").contains("apt-get"));
    }

    #[test]
    fn the_bench_is_found_in_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"kind":["lib"]},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"kind":["bench"]},"executable":"/a/bench-1"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/a/bench-1")));
        assert_eq!(executable(r#"{"reason":"build-finished"}"#), None);
    }
}
