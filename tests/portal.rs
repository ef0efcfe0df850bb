//! The portal's pages, as a browser without script sees them.

mod ask; // asking for a service, and what staff of a provider do on a case
mod county; // figures without names and without small numbers, health, keys, and the audit trail
mod criteria; // what each plan asks for, one person held against all of it, and what changed
mod matrix; // every address for every role, with what is another's and what nobody has
mod money; // bills, payments, the credentialing file and contracts
mod numbers; // the same number in page, sheet and API
mod passkeys; // passkeys, and everything that is none
mod rules; // a plan's rules, from the upload to the roll-back, by two of its people
mod script; // markup in every field of every form stays text
mod sessions; // proofs, locks and ends of sessions, in the pages of who holds them
mod shadow; // the rules desk: what a version would change, the rules file, reference tables
mod sign_in; // who is let in, and who gets the sign-in page and nothing else
mod sign_on; // identity providers of organizations, and everything that is no word of theirs
mod twice; // two taps, two tabs, two people, and going back
mod uploads; // pictures and files, of the right kind, of the wrong kind, and built to hurt
mod work; // a plan's worklist, and the screen on which a case is decided

/// Each address of the portal: `inside` for who is signed in or `outside`, the method and the path. The
/// crate `web` compares the list with its router.
fn routes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let parts = |line: &'static str| {
        let (side, route) = line.split_once(' ').expect("a side");
        let (method, path) = route.split_once(' ').expect("a method");
        (side, method, path)
    };
    include_str!("../host/web/src/portal/routes.txt").lines().map(parts)
}

/// The path of a route with this in the place of each name.
fn path_of(route: &str, name: &str) -> String {
    let parts = route.split('/').map(|part| if part.starts_with('{') { name } else { part });
    parts.collect::<Vec<_>>().join("/")
}
