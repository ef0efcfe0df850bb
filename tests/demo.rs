//! The demonstration: every journey that is promised is lived, and ends as it is told.

use std::process::Output;

use serde_json::Value;

use crate::harness::{every, folder_of_plugins, program, text};

/// The demonstration on a record and a port of its own, told as one JSON object.
fn demonstration() -> Output {
    let mut demo = program();
    demo.args(["demo", "--exit", "--json", "--listen", "127.0.0.1:0", "--plugins"]).arg(folder_of_plugins());
    demo.output().expect("the program can be run")
}

/// Number of journeys that README.md promises.
fn promised() -> usize {
    let words: Vec<&str> = include_str!("../README.md").split_whitespace().collect();
    let counts = words.windows(2).filter(|pair| pair[1] == "journeys");
    let counts = counts.filter_map(|pair| pair[0].parse().ok());
    counts.max().expect("README.md says how many journeys there are")
}

/// Checks that a journey has its number and ended as told; if not, says what was expected there and what
/// came.
fn ended_as_told(number: usize, journey: &Value) -> Result<(), String> {
    let is_told = journey["told"] == true && journey["problem"].is_null() && journey["number"] == number;
    match is_told {
        true => Ok(()),
        false => Err(format!("{number} {}: {journey:#}", text(journey, "/title"))),
    }
}

#[test]
fn every_journey_ends_as_told() {
    let output = demonstration();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no report ({error}): {said}"));
    let journeys = report["journeys"].as_array().expect("a list");
    every((1..).zip(journeys), |(number, journey)| ended_as_told(number, journey));
    assert!(journeys.len() >= promised(), "{} journeys, and {} are promised", journeys.len(), promised());
    assert!(output.status.success(), "{}: {said}", output.status);
}
