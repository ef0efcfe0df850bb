//! Plugins in three languages: a new one is made, built, checked and tested; and the sample plan's twins in
//! JavaScript and Python say what the plan says in Rust.
//!
//! `cargo xtask interpreted` builds the twins and installs the tools. Where they are not to be had, these
//! tests skip; in CI that task fails.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{
    County, Database, Request, Server, asked, binary, component, facts, folder_of_interpreted,
    folder_of_plugins, redacted, said, skip, succeeded, text,
};
use crate::journeys::{ecm, ecm_referral};

/// An author's commands, with the tools of a language at hand and compiled components kept for the next
/// command.
struct Desk {
    tools: PathBuf,
    path: OsString,
    /// Folder of the author. For JavaScript it lies below the folder of tools, as node looks for them
    /// upwards.
    folder: TempDir,
}

impl Desk {
    /// A desk for the language; `None`, and the test put down as skipped, where its tools are not here.
    fn of(language: &str, test: &str) -> Option<Self> {
        let tools = folder_of_interpreted().join(language);
        let there = match language {
            "js" => tools.join("node_modules/@bytecodealliance/componentize-js").is_dir(),
            _ => tools.join("venv/bin/componentize-py").is_file(),
        };
        if !there {
            skip(
                test,
                &format!("the tools for plugins in {language} are not here; see cargo xtask interpreted"),
            );
            return None;
        }
        let folder = tempfile::tempdir_in(&tools).expect("a temporary folder can be made");
        Some(Self { path: path_with(&tools.join("venv/bin")), folder, tools })
    }

    /// A desk for Rust, which is always here.
    fn of_rust() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let tools = folder.path().join("bin");
        fs::create_dir(&tools).expect("a folder can be made");
        if !rust_has_target() {
            write_debian_cargo(&tools);
        }
        Self { path: path_with(&tools), folder, tools }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.folder.path()).env("PATH", &self.path);
        command.env("CROSSWALK_COMPILED", folder_of_interpreted().join("compiled"));
        command.env_remove("CROSSWALK_INERT_WASI");
        // The guests' libraries are those of the sample plans: they are here already, and compiled, as the
        // standard library is where it had to be.
        let is_debian = self.tools.join("cargo").is_file();
        let compiled = if is_debian { "guests-debian" } else { "guests" };
        command
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", folder_of_plugins().with_file_name(compiled));
        if is_debian {
            // As whoever builds the standard library has it, who needs none that is installed.
            command.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program can be run")
    }

    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        succeeded(arguments, self.run(arguments))
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.succeed(arguments)).expect("it is JSON")
    }
}

fn path_with(folder: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(folder.to_owned()).chain(env::split_paths(&path)))
        .expect("it was a PATH before")
}

fn rust_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    let output = rustc.args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Writes a cargo that builds the standard library first, as Debian's must where rustup's toolchain lacks the
/// target; `cargo xtask plugins` has installed it. An author would run `rustup target add`.
fn write_debian_cargo(folder: &Path) {
    let cargo = folder.join("cargo");
    let script = "#!/bin/sh\n\
        export PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld-19\n\
        unset CARGO RUSTC RUSTDOC RUSTUP_TOOLCHAIN LD_LIBRARY_PATH CARGO_UNSTABLE_BUILD_STD\n\
        case \"$*\" in *\"--target wasm32\"*) exec /usr/bin/cargo \"$@\" -Zbuild-std=std,panic_abort ;; esac\n\
        exec /usr/bin/cargo \"$@\"\n";
    fs::write(&cargo, script).expect("it can be written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it can be made a program");
}

/// Mistakes in a new plugin: the rules throw for one request, a criterion is declared that no code decides,
/// and a mode that is not exported.
struct Mistakes {
    file: &'static str,
    changes: [(&'static str, &'static str); 4],
    /// A file that comes with them, and its text.
    beside: Option<(&'static str, &'static str)>,
    /// File and line at which the plugin throws.
    told: &'static str,
}

const IN_JAVASCRIPT: Mistakes = Mistakes {
    file: "los-alisos/plugin.js",
    changes: [
        (
            "=> PLAN.triage(request, context) };",
            "=> (request.id === \"broken\" ? request.nothing.more : PLAN.triage(request, context)) };\n\
             //# sourceMappingURL=plugin.js.map",
        ),
        ("import { Plan, elected", "import { Plan, byPlan, elected"),
        (
            "const RULES = [",
            "const RULES = [overlay(\"los-alisos.open\", \"medically-tailored-meals\", \"inclusion\", text(\"Open.\", \"Abierto.\"), MANUAL, byPlan),",
        ),
        (
            "modes: [{ workflow: \"referral\", mode: \"decides\" }]",
            "modes: [\"referral\", \"authorization\"].map((workflow) => ({ workflow, mode: \"decides\" }))",
        ),
    ],
    // Line 64 comes from the beginning of line 5 of another file.
    beside: Some((
        "los-alisos/plugin.js.map",
        r#"{"version":3,"sources":["src/plugin.ts"],"names":[],"mappings":";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;AAIA"}"#,
    )),
    told: "src/plugin.ts:5:1: TypeError: ",
};
const IN_PYTHON: Mistakes = Mistakes {
    file: "los-alisos/plugin.py",
    changes: [
        (
            "return PLAN.triage(request, context)",
            "return request.nothing if request.id == \"broken\" else PLAN.triage(request, context)",
        ),
        ("import Elected, Plan, length", "import BY_PLAN, Elected, Plan, length"),
        (
            "RULES = [",
            "RULES = [overlay(\"los-alisos.open\", \"medically-tailored-meals\", CriterionKind.INCLUSION, text(\"Open.\", \"Abierto.\"), MANUAL, BY_PLAN),",
        ),
        (
            "modes=[WorkflowMode(Workflow.REFERRAL, Mode.DECIDES)]",
            "modes=[WorkflowMode(flow, Mode.DECIDES) for flow in (Workflow.REFERRAL, Workflow.AUTHORIZATION)]",
        ),
    ],
    beside: None,
    told: "plugin.py:82: AttributeError: ",
};

/// An exception of the plugin in its sandbox is told by file and line.
#[track_caller]
fn mistakes_are_told(desk: &Desk, mistakes: &Mistakes, allow: &[&str]) {
    let cases = desk.folder.path().join("los-alisos/cases/referral.json");
    let mut broken: Value =
        serde_json::from_str(&fs::read_to_string(cases).expect("it is there")).expect("it is JSON");
    broken["base"]["request"]["id"] = json!("broken");
    broken["cases"][0]["expect"] = json!({ "kind": "internal" });
    fs::write(desk.folder.path().join("broken.json"), broken.to_string()).expect("it can be written");
    let asked =
        ["plugin", "try", "--json", "--plugin", "los-alisos/build/los-alisos.wasm", "broken.json", "1"];
    let answer = desk.json(&[&asked, allow].concat());
    let told = text(&answer, "/ending/guest-error/internal");
    assert!(told.starts_with(mistakes.told), "{answer:#}");
    let checked =
        desk.json(&[&["plugin", "check", "--json", "los-alisos/build/los-alisos.wasm"], allow].concat());
    let warnings = checked["warnings"].as_array().expect("a list");
    let at = |code: &str| {
        warnings.iter().find(|warning| warning["code"] == code).map(|warning| text(warning, "/problem"))
    };
    assert!(at("undecided-criterion").is_some_and(|said| said.contains("`los-alisos.open`")), "{checked:#}");
    assert!(
        at("mode-without-export").is_some_and(|said| said.contains("`authorization` is declared")),
        "{checked:#}"
    );
}

/// Makes a plugin, builds it, passes it through the gate, and runs its cases; the tier that it runs in is the
/// one told.
#[track_caller]
fn a_new_plugin_works(desk: &Desk, language: &str, allow: &[&str], tier: &str, mistakes: Option<&Mistakes>) {
    desk.succeed(&["plugin", "new", "los-alisos", "--lang", language]);
    let again = desk.run(&["plugin", "new", "los-alisos", "--lang", language]);
    assert!(!again.status.success(), "nothing is overwritten");
    if let Some(Mistakes { file, changes, beside, .. }) = mistakes {
        if let Some((file, text)) = beside {
            fs::write(desk.folder.path().join(file), text).expect("it can be written");
        }
        let path = desk.folder.path().join(file);
        let mut rules = fs::read_to_string(&path).expect("it is there");
        for (from, to) in changes {
            assert!(rules.contains(from), "the template has no {from}");
            rules = rules.replacen(from, to, 1);
        }
        fs::write(path, rules).expect("it can be written");
    }
    let built = desk.succeed(&["plugin", "build", "los-alisos"]);
    assert!(built.contains("los-alisos/build/los-alisos.wasm"), "{built}");

    let file = "los-alisos/build/los-alisos.wasm";
    let checked = desk.json(&[&["plugin", "check", "--json", file], allow].concat());
    assert_eq!((&checked["ok"], &checked["tier"]), (&json!(true), &json!(tier)), "{checked:#}");
    assert_eq!(checked["exports"], json!(["profile", "referral"]));
    let profile = desk.json(&[&["plugin", "describe", file], allow].concat());
    assert_eq!((text(&profile, "/plan_id"), text(&profile, "/name")), ("los-alisos", "Los Alisos"));
    let cases = "los-alisos/cases/referral.json";
    let tested = desk.json(&[&["plugin", "test", "--json", file, cases], allow].concat());
    assert_eq!(tested["examples"], json!({ "held": 2, "broken": [] }), "{tested:#}");
    assert_eq!(tested["conforms"], true, "{tested:#}");

    let measured = desk.json(&[&["plugin", "bench", "--json", "--calls", "20", file, cases], allow].concat());
    assert_eq!(measured["tier"], tier);
    let row = &measured["microseconds"][0];
    assert_eq!((&row["operation"], &row["calls"]), (&json!("triage"), &json!(20)));
    assert!(row["min"].as_u64() <= row["median"].as_u64() && row["median"].as_u64() <= row["p99"].as_u64());
    let described = desk.succeed(&[&["plugin", "bench", "--calls", "5", file], allow].concat());
    assert!(described.contains("describe") && described.contains("calls/s"), "{described}");
    if let Some(mistakes) = mistakes {
        mistakes_are_told(desk, mistakes, allow);
    }
}

#[test]
fn a_new_rust_plugin_works() {
    a_new_plugin_works(&Desk::of_rust(), "rust", &[], "compiled", None);
}

/// No tools are needed: the guest is in the program.
#[test]
fn a_new_rules_file_works() {
    a_new_plugin_works(&Desk::of_rust(), "rules", &[], "compiled", None);
}

#[test]
fn a_new_javascript_plugin_works() {
    let Some(desk) = Desk::of("js", "guests::a_new_javascript_plugin_works") else { return };
    a_new_plugin_works(&desk, "js", &[], "interpreted", Some(&IN_JAVASCRIPT));
}

#[test]
fn a_new_python_plugin_works() {
    let Some(desk) = Desk::of("python", "guests::a_new_python_plugin_works") else { return };
    a_new_plugin_works(&desk, "python", &["--inert-wasi"], "interpreted, inert WASI", Some(&IN_PYTHON));
}

#[test]
fn a_missing_tool_is_named_with_what_installs_it() {
    let desk = Desk::of_rust();
    for (language, tool, fix) in [
        ("js", "componentize-js", "npm install"),
        ("python", "componentize-py", "pip install -r requirements.txt"),
    ] {
        desk.succeed(&["plugin", "new", "los-alisos", "--lang", language, "--dir", language]);
        let nowhere = desk.command(&["plugin", "build", language]).env("PATH", &desk.tools).output();
        let nowhere = nowhere.expect("the program can be run");
        assert_eq!(nowhere.status.code(), Some(1));
        let said = said(&nowhere);
        assert!(said.contains(tool) && said.contains(fix), "{said}");
    }
    for (name, why) in [("Los-Alisos", "lower-case"), ("9th-street", "letter")] {
        let refused = desk.run(&["plugin", "new", name]);
        assert!(!refused.status.success() && said(&refused).contains(why), "{}", said(&refused));
    }
    let empty = desk.run(&["plugin", "build", "."]);
    assert!(!empty.status.success() && said(&empty).contains("crosswalk plugin new"), "{}", said(&empty));
}

/// The twin of a language, if it is built.
fn twin(language: &str) -> PathBuf {
    folder_of_interpreted().join(format!("silver-oak-{language}.wasm"))
}

#[track_caller]
fn the_twin_says_what_the_plan_says(language: &str, allow: &[&str]) {
    let Some(desk) = Desk::of(language, &format!("guests::{language}_twin")) else { return };
    let original = folder_of_plugins().join("silver-oak.wasm");
    let describe = |file: &Path| {
        let file = file.to_str().expect("UTF-8");
        desk.json(&[&["plugin", "describe", file], allow].concat())
    };
    assert_eq!(describe(&twin(language)), describe(&original), "one profile in both languages");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/plans/silver-oak/cases");
    let cases =
        ["referral", "authorization", "credentialing"].map(|name| cases.join(name).with_extension("json"));
    let held = |file: &Path| {
        let mut command = desk.command(&[&["plugin", "test", "--json"], allow].concat());
        let output = command.arg(file).args(&cases).output().expect("the program can be run");
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!(report["conforms"], true, "{report:#}");
        report["examples"]["held"].as_u64().expect("a number")
    };
    assert_eq!(held(&twin(language)), held(&original), "the same cases hold");
}

#[test]
fn the_javascript_twin_says_what_the_plan_says() {
    the_twin_says_what_the_plan_says("js", &[]);
}

#[test]
fn the_python_twin_says_what_the_plan_says() {
    the_twin_says_what_the_plan_says("python", &["--inert-wasi"]);
}

#[test]
fn the_inert_wasi_is_off_unless_it_is_asked_for() {
    let Some(desk) = Desk::of("python", "guests::the_inert_wasi_is_off_unless_it_is_asked_for") else {
        return;
    };
    let file = twin("python");
    let output = desk.run(&["plugin", "check", "--json", file.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let reasons = report["reasons"].as_array().expect("a list");
    assert!(reasons.iter().all(|reason| reason["code"] == "import"), "{report:#}");
    let clock = reasons.iter().find(|reason| text(reason, "/at").starts_with("wasi:clocks/wall-clock@0.2."));
    let clock = clock.expect("each import is named");
    assert!(text(clock, "/problem").contains("a plugin imports nothing"), "{clock:#}");
    assert!(text(clock, "/fix").contains("--inert-wasi"), "{clock:#}");

    let county = County::of(Server::start(Database::Sqlite), &["silver-oak"]);
    let bytes = fs::read(file).expect("the twin is built");
    let upload = Request::bytes("/v1/plans/silver-oak/plugins", "application/wasm", bytes);
    let refused = county.client().send(&upload.by(&county.plan("silver-oak").admin));
    assert_eq!((refused.status, refused.code()), (422, "not-a-plugin"));
    assert!(text(&refused.json, "/errors/0/fix").contains("--inert-wasi"));
}

/// A plugin that reaches for all that a program usually has, and takes a referral only if it got none of it.
/// Its hour of sleep is over at once, since its clock stands still: the test waits for nothing.
const REACHES_OUT: &str = r#"
import encodings.idna, os, random, socket, sys, time

def reached():
    for reach in (
        lambda: socket.socket(),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        lambda: socket.create_connection(("127.0.0.1", 80), 1),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: open("/etc/passwd"),
        lambda: open("/out", "w"),
        lambda: os.listdir("/"),
    ):
        try:
            reach()
            return "it was let in"
        except OSError:
            pass
    print("printed", file=sys.stderr)
    sys.stdout.write("printed")
    time.sleep(3600)
    if os.environ or sys.stdin.read() or time.time() != 1_767_225_600 or os.urandom(8) == bytes(8):
        return "it was told something"
    return None
"#;

#[test]
fn who_reaches_out_from_the_inert_wasi_gets_nothing() {
    let Some(desk) = Desk::of("python", "guests::who_reaches_out_from_the_inert_wasi_gets_nothing") else {
        return;
    };
    desk.succeed(&["plugin", "new", "los-alisos", "--lang", "python"]);
    let source = desk.folder.path().join("los-alisos/plugin.py");
    let rules = fs::read_to_string(&source).expect("it is there");
    let (before, after) = rules.split_once("        return PLAN.triage").expect("the template answers so");
    let reaching = format!(
        "{before}        got = reached()\n        if got:\n            raise RuntimeError(got)\n        return PLAN.triage{after}{REACHES_OUT}"
    );
    fs::write(&source, reaching).expect("it can be written");
    desk.succeed(&["plugin", "build", "los-alisos"]);
    let (file, cases) = ("los-alisos/build/los-alisos.wasm", "los-alisos/cases/referral.json");
    let tested = desk.json(&["plugin", "test", "--json", "--inert-wasi", file, cases]);
    assert_eq!(tested["examples"], json!({ "held": 2, "broken": [] }), "{tested:#}");
    assert_eq!(tested["conforms"], true, "{tested:#}");
}

/// Requests of the plan's providers: a redirected referral, an accepted one, an approval, and one for a
/// clinician.
fn decide(county: &County) -> Vec<Value> {
    let (key, hospital) = (county.key_of("open-door"), county.key_of("hospital"));
    let mut cicm = ecm_referral(&county.person("silver-oak"));
    cicm["service"] = json!("cicm");
    let nights = |nights: u32, last: &str| {
        json!({
            "member": county.person("silver-oak").named(), "service": "recuperative-care",
            "provider": county.provider("casa-puente").id,
            "lines": [asked("T2033 U6", nights, "2026-03-02", last)],
            "facts": facts(&[
                ("housing.status", json!("homeless-unsheltered")),
                ("clinical.needs-recovery-care", json!(true)),
                ("clinical.inpatient-level-needed", json!(false)),
                ("stay.expected-days", json!(nights)),
            ]),
        })
    };
    let cases = [
        county.submit(key, "referrals", &ecm_referral(&county.person("silver-oak"))),
        county.submit(key, "referrals", &cicm),
        county.submit(hospital, "authorizations", &nights(30, "2026-03-31")),
        county.submit(hospital, "authorizations", &nights(60, "2026-04-30")),
    ];
    // As the plan sees them: with what was recommended and why.
    let seen = cases.iter().map(|case| county.again(&county.plan("silver-oak").reviewer, case));
    seen.map(|case| without_numbers(&redacted(&case))).collect()
}

/// The case without the fields that differ though the same was decided: members, the plan's running numbers,
/// and whether a notice that ends a clock has been delivered yet.
fn without_numbers(case: &Value) -> Value {
    let mut case = case.clone();
    for (place, name) in [("", "member"), ("/grant", "number"), ("/around", "limits")] {
        if let Some(Value::Object(fields)) = case.pointer_mut(place) {
            fields.remove(name);
        }
    }
    for deadline in case["deadlines"].as_array_mut().into_iter().flatten() {
        deadline["state"] = Value::Null;
    }
    case
}

#[test]
fn twins_decide_the_same_requests_alike() {
    let languages: Vec<&str> =
        ["js", "python"].into_iter().filter(|language| twin(language).is_file()).collect();
    if languages.is_empty() {
        skip("guests::twins_decide_the_same_requests_alike", "no twin is built; see cargo xtask interpreted");
        return;
    }
    let server = Server::start_with(Database::Sqlite, &[("CROSSWALK_INERT_WASI", "true")]);
    let mut county = County::of(server, &["silver-oak"]);
    let in_rust = decide(&county);
    assert_eq!(in_rust[0]["state"], "redirected");
    assert_eq!(in_rust[2]["state"], "approved");
    let admin = county.plan("silver-oak").admin.clone();
    let key_file = county.server.folder().join("plan.key");
    fs::write(&key_file, &admin).expect("it can be written");
    for language in languages {
        let mut push = Command::new(binary());
        push.args(["plugin", "push", "--json"]).arg(twin(language)).args(["--plan", "silver-oak"]);
        push.args(["--server", &county.server.address]).arg("--key-file").arg(&key_file);
        let pushed = push.output().expect("the program can be run");
        assert!(pushed.status.success(), "{}", said(&pushed));
        let record: Value = serde_json::from_slice(&pushed.stdout).expect("the record is printed");
        let tier = if language == "js" { "interpreted" } else { "interpreted, inert WASI" };
        assert_eq!(record["tier"], tier);
        let again = push.output().expect("the program can be run");
        assert_eq!(pushed.stdout, again.stdout, "sent again, it is answered again");

        let body = json!({ "digest": record["digest"] });
        let request = Request::post("/v1/plans/silver-oak/activations", &body);
        county.client().send(&request.by(&admin)).with(201);
        assert_eq!(decide(&county), in_rust, "{language}");
    }
    // What decides is loaded again at the next start.
    county.server.start_again();
    assert_eq!(county.client().send(&Request::get("/readyz")).status, 200);
}

/// A component that today's gate refuses, since the host was started without what it needs: its plan's people
/// work, everybody else's rules decide, and the setting mends it.
#[test]
fn what_is_refused_now_is_its_plans_trouble() {
    const INERT: &str = "CROSSWALK_INERT_WASI";
    let twin = twin("python");
    if !twin.is_file() {
        skip(
            "guests::what_is_refused_now_is_its_plans_trouble",
            "the twin in Python is not built; see cargo xtask interpreted",
        );
        return;
    }
    let server = Server::start_with(Database::Sqlite, &[(INERT, "true")]);
    let mut county = County::of(server, &["silver-oak", "valle-vista"]);
    let admin = county.plan("silver-oak").admin.clone();
    let key_file = county.server.folder().join("plan.key");
    fs::write(&key_file, &admin).expect("it can be written");
    // However long it takes to be compiled.
    let mut push = Command::new(binary());
    push.args(["plugin", "push", "--json"]).arg(&twin).args(["--plan", "silver-oak"]);
    push.args(["--server", &county.server.address]).arg("--key-file").arg(&key_file);
    let pushed = push.output().expect("the program can be run");
    assert!(pushed.status.success(), "{}", said(&pushed));
    let record: Value = serde_json::from_slice(&pushed.stdout).expect("the record is printed");
    let digest = text(&record, "/digest").to_owned();
    let request = Request::post("/v1/plans/silver-oak/activations", &json!({ "digest": digest }));
    county.client().send(&request.by(&admin)).with(201);
    county.server.forget(INERT);
    county.server.start_again();
    let log = county.server.log();
    for name in [&*digest, "silver-oak", "a plugin does not load"] {
        assert!(log.contains(name), "plan and digest are named: {name}");
    }
    let key = county.key_of("open-door").to_owned();
    let other = county.submit(&key, "authorizations", &ecm(&county.person("valle-vista")));
    assert_eq!(
        text(&other, "/evaluation/digest"),
        county.plan("valle-vista").digest,
        "nobody else is concerned"
    );
    let case = county.submit(&key, "authorizations", &ecm(&county.person("silver-oak")));
    assert_eq!(text(&case, "/why_people/code"), "plugin-fault", "{case:#}");
    assert!(county.work_item("silver-oak", &case).is_some(), "its people have the case");
    let plugin = county.client().read(&admin, &format!("/v1/plugins/{digest}"));
    assert_eq!(text(&plugin, "/state"), "active", "{plugin:#}");
    assert!(!text(&plugin, "/reasons/0/problem").is_empty() && !text(&plugin, "/reasons/0/fix").is_empty());

    county.server.set(INERT, "true");
    county.server.start_again();
    let case = county.submit(&key, "authorizations", &ecm(&county.person("silver-oak")));
    assert_eq!(text(&case, "/evaluation/digest"), digest, "{case:#}");
}

#[test]
fn who_pushes_what_is_no_plugin_is_told_why() {
    let county = County::shared(Database::Sqlite);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let key_file = folder.path().join("plan.key");
    fs::write(&key_file, &county.plan("valle-vista").admin).expect("it can be written");
    let file = folder.path().join("module.wasm");
    fs::write(&file, b"\0asm\x01\0\0\0").expect("it can be written");
    let mut push = Command::new(binary());
    push.args(["plugin", "push"]).arg(&file).args(["--plan", "valle-vista"]);
    push.args(["--server", &county.server.address]).arg("--key-file").arg(&key_file);
    let refused = push.output().expect("the program can be run");
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("it is a core WebAssembly module"), "{}", said(&refused));
    assert!(!said(&refused).contains(&county.plan("valle-vista").admin), "the key is nobody's to read");
    assert!(component("valle-vista").len() < 4 << 20);
}
