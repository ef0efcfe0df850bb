//! A whole machine on one screen: every state meets every event.

/// The table of a machine: a row for each state, a column for each event, the state that follows or `-`.
pub(crate) fn table<S: Clone, E: Clone, N: std::fmt::Debug>(
    states: &[S],
    events: &[E],
    state_name: impl Fn(&S) -> &'static str,
    event_name: impl Fn(&E) -> &'static str,
    apply: impl Fn(S, E) -> Result<S, N>,
) -> String {
    let mut rows = vec![std::iter::once("").chain(events.iter().map(&event_name)).collect::<Vec<_>>()];
    for state in states {
        let mut row = vec![state_name(state)];
        for event in events {
            row.push(apply(state.clone(), event.clone()).map_or("-", |next| state_name(&next)));
        }
        rows.push(row);
    }
    let width = rows.iter().flatten().map(|cell| cell.len()).max().unwrap_or(0) + 1;
    let line = |row: &Vec<&str>| {
        row.iter().map(|cell| format!("{cell:width$}")).collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
