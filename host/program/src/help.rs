//! Help that lists commands under headings, so that readers find theirs.

use std::fmt::Write;

use clap::Command;

/// Commands that belong together, in the order in which they are read.
pub struct Group {
    /// The heading, such as "For operators", without a colon.
    pub heading: &'static str,
    /// Names of the commands under it.
    pub commands: &'static [&'static str],
}

/// `command` with a help that lists its commands under the headings of `groups`. A command that no group
/// names is not listed: the tests of each caller hold its groups against [`unlisted`].
#[must_use]
pub fn grouped(command: Command, groups: &[Group]) -> Command {
    let styles = command.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let of_all = groups.iter().flat_map(|group| group.commands);
    let width = of_all.map(|name| name.len()).max().unwrap_or_default();
    let mut list = String::new();
    for group in groups {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "\n{header}{}:{header:#}", group.heading);
        for name in group.commands {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(list, "  {literal}{name:width$}{literal:#}  {about}");
        }
    }
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{list}\n{header}Options:{header:#}\n{{options}}{{after-help}}"
    ))
}

/// Names of visible commands that no group lists, and names in groups that are no command.
#[must_use]
pub fn unlisted(command: &Command, groups: &[Group]) -> Vec<String> {
    let listed: Vec<&str> = groups.iter().flat_map(|group| group.commands).copied().collect();
    let visible = command.get_subcommands().filter(|one| !one.is_hide_set()).map(Command::get_name);
    let forgotten = visible.filter(|name| !listed.contains(name));
    let unknown = listed.iter().filter(|name| command.find_subcommand(name).is_none());
    forgotten.chain(unknown.copied()).map(str::to_owned).collect()
}
