//! `cargo verify`: every test, on SQLite and on PostgreSQL.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
};

use crate::{
    corpus, interpreted, plugins,
    postgres::Postgres,
    task::{Failure, Workspace, both, note, quietly, step, succeed},
};

#[cfg(test)]
mod tests;

/// Builds all, runs the tests whose name contains `filter`, and ends with one line that counts
/// them all: `123 passed, 0 failed, 4 skipped`.
pub(crate) fn run(workspace: &Workspace, filter: Option<&String>) -> Result<ExitCode, Failure> {
    let plugins = plugins::build(workspace)?;
    corpus::build(workspace, &plugins)?;
    // The last of the tests is one crate that is compiled by one processor; the other makes the twins
    // meanwhile.
    thread::scope(|scope| {
        let twins = scope.spawn(|| quietly(|| interpreted::build(workspace)));
        let built = step("build the service and its tests", || {
            succeed(workspace.cargo().args(["build", "--bins", "--tests"]))
        });
        let twins = twins.join().expect("it gives its failure back");
        both(built, twins)
    })?;
    let postgres = start_postgres()?;
    let skips = workspace.target.join("skipped-tests.txt");
    fs::write(&skips, "").map_err(Failure::when(skips.display()))?;

    // The tasks are apart from the service: see `default-members` in Cargo.toml.
    let tests: [(&str, Command, Vec<&str>); 3] = [
        ("test the service", workspace.cargo(), vec![]),
        ("test the tasks", workspace.cargo(), vec!["--package", "xtask"]),
        ("test the plugins' rules natively", workspace.cargo_for_guests(), vec!["--workspace"]),
    ];
    let mut count = Count::default();
    for (name, mut cargo, packages) in tests {
        cargo.args(["test", "--no-fail-fast"]).args(packages).args(filter);
        workspace.tell_tests(&mut cargo);
        cargo.env("CROSSWALK_SKIPS", &skips);
        if let Some(server) = &postgres {
            cargo.env("CROSSWALK_TEST_POSTGRES", server.url());
        }
        if let Some(folder) = fixtures(&workspace.root) {
            cargo.env("CROSSWALK_FIXTURES", folder);
        }
        count.add(&step(name, || stream(&mut cargo))?);
    }
    drop(postgres);

    let skipped = fs::read_to_string(&skips).map_err(Failure::when(skips.display()))?;
    let skipped: BTreeSet<&str> = skipped.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in &skipped {
        println!("skipped: {line}");
    }
    count.mark_skipped(skipped.len());
    println!("{count}");
    Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The server for the tests; none where one is named already, or cannot be had and need not be.
fn start_postgres() -> Result<Option<Postgres>, Failure> {
    if env::var_os("CROSSWALK_TEST_POSTGRES").is_some() {
        note("PostgreSQL: the one that CROSSWALK_TEST_POSTGRES names");
        return Ok(None);
    }
    match step("start a throw-away PostgreSQL", Postgres::start) {
        Ok(server) => Ok(Some(server)),
        Err(failure) if env::var_os("CI").is_some() => Err(failure),
        Err(failure) => {
            note(failure);
            note("the tests on PostgreSQL are skipped");
            Ok(None)
        }
    }
}

/// Published sample files, which are not ours to copy: where the environment says, or in a
/// `fixtures` folder of a neighbouring checkout.
fn fixtures(root: &Path) -> Option<PathBuf> {
    if let Some(folder) = env::var_os("CROSSWALK_FIXTURES") {
        return Some(folder.into());
    }
    let neighbours = fs::read_dir(root.parent()?).ok()?.flatten();
    neighbours
        .map(|entry| entry.path().join("fixtures"))
        .find(|folder| folder.join("fhir").is_dir() && folder.join("x12").is_dir())
}

/// Writes every line that is read, and shows it to `see`.
fn pass_on(mut from: impl BufRead, mut to: impl Write, mut see: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        see(&line);
        line.clear();
    }
    to.flush()
}

/// Runs `cargo test`, passes its output on line by line, and counts. Both of its outputs are pipes of ours:
/// programs that tests start may leave a pipe so that it refuses what it has no room for, and the caller's
/// must stay as it is.
fn stream(cargo: &mut Command) -> Result<Count, Failure> {
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Failure::when("cannot run cargo test"))?;
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    let said = BufReader::new(child.stderr.take().expect("it is piped"));

    // Nobody waits for its end: a program that a test left behind may hold the pipe.
    thread::spawn(|| pass_on(said, std::io::stderr(), |_| {}));
    let mut count = Count::default();
    pass_on(output, std::io::stdout(), |line| {
        if let Some(of_one_program) = Count::parse(&String::from_utf8_lossy(line)) {
            count.add(&of_one_program);
        }
    })
    .map_err(Failure::when("the output of cargo test"))?;
    let status = child.wait().map_err(Failure::when("cargo test"))?;
    if !status.success() && count.failed == 0 {
        // A program that is killed, or does not compile, prints no result of its own.
        eprintln!("error: cargo test failed ({status}) without saying which test");
        count.failed = 1;
    }
    Ok(count)
}

/// Number of tests by their result.
#[derive(Debug, Default, PartialEq)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Count {
    /// Reads the line that a test program ends with:
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …`.
    fn parse(line: &str) -> Option<Self> {
        let (_, numbers) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let number =
            |what| numbers.split("; ").find_map(|part| part.strip_suffix(what)?.trim_end().parse().ok());
        Some(Self { passed: number("passed")?, failed: number("failed")?, skipped: number("ignored")? })
    }

    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Says that so many of the tests that returned without complaint had only skipped: to the
    /// test program these have passed.
    fn mark_skipped(&mut self, tests: usize) {
        self.passed = self.passed.saturating_sub(tests);
        self.skipped += tests;
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}
