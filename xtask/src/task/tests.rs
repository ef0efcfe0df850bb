use super::{Command, Failure, Path, both, env, fs, process, quietly, succeed};

#[test]
fn of_two_that_go_on_side_by_side_either_failure_stops_the_task() {
    let failed = |cause: &str| Err(Failure::new(cause));
    let told = |one, other| both(one, other).err().map(|failure| failure.to_string());
    assert_eq!(told(Ok(()), Ok(())), None);
    assert_eq!(told(failed("no room"), Ok(())).as_deref(), Some("error: no room"));
    assert_eq!(told(Ok(()), failed("no network")).as_deref(), Some("error: no network"));
    assert_eq!(told(failed("no room"), failed("no network")).as_deref(), Some("error: no room"));
}

/// Runs a script of the shell in a folder, as work that goes on beside other work.
fn run_beside(folder: &Path, script: &str) -> Result<(), Failure> {
    quietly(|| succeed(Command::new("sh").args(["-c", script]).current_dir(folder)))
}

#[test]
fn a_daemon_that_a_command_leaves_behind_is_not_waited_for() {
    let folder = env::temp_dir().join(format!("crosswalk-xtask-daemon-{}", process::id()));
    fs::create_dir(&folder).expect("the folder is new");
    // The daemon has the command's output open until it is told to go; half a minute later it goes anyway.
    let daemon = "(for turn in $(seq 300); do [ -e go ] && exit; sleep 0.1; done; touch ended) &";
    let done = run_beside(&folder, daemon);
    assert!(done.is_ok(), "{done:?}");
    assert!(!folder.join("ended").exists(), "it was waited for");
    fs::write(folder.join("go"), "").expect("the folder is the test's");
    let failed = run_beside(&folder, "echo why; exit 3").expect_err("it failed");
    assert!(failed.to_string().contains("sh -c failed (exit status: 3)"), "{failed}");
    fs::remove_dir_all(&folder).expect("the folder is the test's");
}
