//! The service seen from outside: the real binary, spoken to over HTTP and by its command line.
//!
//! Each test starts at the front door and knows nothing of what is behind it. What depends on the record runs
//! on both databases. The binary, the plugins and a PostgreSQL are those that `cargo verify` names in the
//! environment.

mod accounts; // people's accounts, and the links by which they are taken up
mod author; // what an author is told: fixes that turn no rule round, mistakes by file and line, the dictionary
mod bad_input; // what cannot be accepted, and the clear problem that each gets
mod bounds; // every body past its documented size, lengths and counts
mod breakdowns; // kills, hang-ups, power cuts, full disks, two nodes and promotions, as many as are asked for
mod browser; // the portal in a real browser: every page, broken pages, journeys by hand and keyboard
mod cases; // each plan's plugin conforms, and the example cases beside its rules hold
mod cli; // the command line, start-up and shutdown
mod clocks; // what runs out when, and who is told
mod compile_bombs; // components that are made to hurt their compiler
mod contract; // what was built against a shipped contract goes on working
mod crash; // kill -9 in a stream of commands
mod database; // a database that is away, full, small, or another one than before
mod declared; // contracts, calendars, and what a profile declares
mod demo; // every journey of the demonstration ends as told
mod described; // what the API says of itself, and whether it is so
mod desk; // what goes back to its sender, who looks at whom, documents, and reasons in two languages
mod docs; // the pages that are to be followed, followed
mod examples; // a real answer of each operation, which the description shows
mod fhir; // referrals in FHIR
mod fhir_edges; // what FHIR is read as, what is told of it, and Tasks that never go back
mod floor; // what may be granted, paid and refused at all, whoever decides
mod guards; // the repository itself: layout, dependencies, comments
mod guests; // plugins in Rust, JavaScript and Python
mod harness;
mod idempotency; // a command happens once, however often it is sent
mod integrating; // what software needs that is written against the API
mod isolation; // who sees what
mod journeys; // the ways of cases through the plans
mod ledger; // what is used and paid is so once, and what is corrected is given back
mod lifecycle; // plugins from upload to roll-back
mod limits; // benefit limits and places, whoever grants, presumes or pays
mod load; // what one client may take of the service, and what only its operator may
mod logs; // no member's data where operators read
mod member_files; // what a plan's member file says, however it is written
mod operator; // keys that end, and a command line that says what is wrong
mod orders; // whatever the order of steps, what the record adds up to
mod parties; // who is a party of a case, and what each sees and may do
mod plan_changes; // who answers for which day, and what goes with a member to another plan
mod plugin_faults; // plugins that misbehave while they decide
mod plugin_lies; // plugins that lie about their plan, and answers of every size
mod plugins_refused; // components that cannot be plugins
mod portal; // pages for people: signing in, and each family of pages
mod problems; // what each problem is said to be at the address that names it
mod receipts; // does an uploaded plugin conform?
mod reference; // counties, organizations, keys and the dictionary
mod replay; // decisions made again
mod rules; // plans without a programmer
mod shadow_runs; // what a candidate would have decided otherwise
mod sight; // who a person is, and who may learn it
mod start; // the first start, a damaged installation, restarts, stops, and what a plan may keep
mod tables; // rows that plans upload for their rules
mod what_if; // what would change an answer, one case asked of every plan, and rules between two days
