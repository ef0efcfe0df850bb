use super::Count;

#[track_caller]
fn check(lines: &str, skipped: usize, expected: &str) {
    let mut sum = Count::default();
    for count in lines.lines().filter_map(Count::parse) {
        sum.add(&count);
    }
    sum.mark_skipped(skipped);
    assert_eq!(sum.to_string(), expected);
}

#[test]
fn the_last_line_counts_every_program_of_the_run() {
    check("", 0, "0 passed, 0 failed, 0 skipped");
    let one = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; \
               finished in 0.00s";
    check(one, 0, "5 passed, 0 failed, 1 skipped");
    check(one, 2, "3 passed, 0 failed, 3 skipped");
    let two = "running 3 tests\ntest a ... ok\n\
               test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
    check(&format!("{one}\n{two}\n"), 0, "7 passed, 1 failed, 1 skipped");
    check("test result: unheard of", 0, "0 passed, 0 failed, 0 skipped");
}
