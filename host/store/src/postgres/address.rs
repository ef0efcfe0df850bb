//! Address of the database: one server, or several of which one takes writes.
//!
//! `postgres://user@one:5432,two:5433/crosswalk?target_session_attrs=read-write`, as libpq reads it. sqlx
//! knows one host, so each host becomes an address of its own.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::OpenError;

/// One server of the address.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// As the address names it, for the log: host and port, never a password.
    pub(super) name: String,
    /// Options of sqlx for this host.
    pub(super) options: PgConnectOptions,
}

/// The servers that an address names, in its order.
pub(super) fn hosts(url: &str) -> Result<Vec<Host>, OpenError> {
    let wrong = |problem: &str| OpenError::Address(problem.to_owned());
    let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it does not begin with postgres://"))?;
    if !["postgres", "postgresql"].contains(&scheme) {
        return Err(wrong("it does not begin with postgres://"));
    }
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let user = if user.is_empty() { String::new() } else { format!("{user}@") };
    let query = Query::read(query)?;
    query
        .hosts(hosts)?
        .into_iter()
        .map(|(name, host)| {
            let mark = if query.rest.is_empty() { "" } else { "?" };
            let one = format!("{scheme}://{user}{}/{path}{mark}{}", host.authority, query.rest.join("&"));
            let options =
                PgConnectOptions::from_str(&one).map_err(|_| wrong("a part of it cannot be read"))?;
            let options = match host.socket {
                Some(folder) => options.socket(folder),
                None => options,
            };
            Ok(Host { name, options })
        })
        .collect()
}

/// Parameters behind the question mark.
struct Query {
    host: Option<String>,
    port: Option<String>,
    /// Parameters that sqlx reads by itself.
    rest: Vec<String>,
}

/// One host as sqlx's own address names it.
struct Place {
    authority: String,
    /// The folder of the server's socket, where it is not reached by network.
    socket: Option<String>,
}

impl Query {
    fn read(query: &str) -> Result<Self, OpenError> {
        let mut read = Self { host: None, port: None, rest: Vec::new() };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=').unwrap_or((part, "")) {
                ("host", hosts) => {
                    read.host = Some(hosts.replace("%2F", "/").replace("%2f", "/").replace("%2C", ","))
                }
                ("port", ports) => read.port = Some(ports.replace("%2C", ",")),
                // The writer is looked for in any case.
                ("target_session_attrs", "any" | "read-write" | "primary") => {}
                ("target_session_attrs", _) => {
                    return Err(OpenError::Address(
                        "target_session_attrs must be read-write or primary: the service writes".to_owned(),
                    ));
                }
                _ => read.rest.push(part.to_owned()),
            }
        }
        Ok(read)
    }

    /// Each host with its name for the log.
    fn hosts(&self, authority: &str) -> Result<Vec<(String, Place)>, OpenError> {
        let named = self.host.as_deref().unwrap_or(authority);
        let hosts: Vec<&str> = named.split(',').collect();
        let ports: Vec<&str> = self.port.iter().flat_map(|ports| ports.split(',')).collect();
        if ports.len() > 1 && ports.len() != hosts.len() {
            return Err(OpenError::Address("it must name one port, or as many ports as hosts".to_owned()));
        }
        let port = |place: usize| {
            ports.get(place).or_else(|| ports.first()).copied().filter(|port| !port.is_empty())
        };
        let one = |(place, host): (usize, &&str)| {
            let socket = host.starts_with('/').then(|| (*host).to_owned());
            let host = if socket.is_some() { "localhost" } else { host };
            let authority = match port(place) {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            };
            (socket.clone().unwrap_or_else(|| authority.clone()), Place { authority, socket })
        };
        Ok(hosts.iter().enumerate().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_several_servers() {
        for (url, names) in [
            ("postgres://postgres@127.0.0.1:5432/postgres", &["127.0.0.1:5432"][..]),
            ("postgresql://u:p%40x@db/crosswalk", &["db"]),
            ("postgres://u@one:5432,two:5433,three/crosswalk", &["one:5432", "two:5433", "three"]),
            ("postgres://u@one,two/c?target_session_attrs=read-write&sslmode=disable", &["one", "two"]),
            ("postgres://u@/c?host=one,two&port=5432", &["one:5432", "two:5432"]),
            ("postgres://u@/c?host=one%2Ctwo&port=1,2", &["one:1", "two:2"]),
            ("postgres://u@/c?host=/run/postgresql", &["/run/postgresql"]),
            ("postgres://u@[::1]:5432,[::2]:5433/c", &["[::1]:5432", "[::2]:5433"]),
        ] {
            let hosts = hosts(url).expect(url);
            assert_eq!(hosts.iter().map(|host| &*host.name).collect::<Vec<_>>(), names, "{url}");
        }
        let two = hosts("postgres://u@one:5432,two:5433/crosswalk").expect("it reads");
        assert_eq!((two[1].options.get_host(), two[1].options.get_port()), ("two", 5433));
        assert_eq!(two[1].options.get_database(), Some("crosswalk"));
        assert_eq!(two[1].options.get_username(), "u");
    }

    #[test]
    fn an_address_that_cannot_be_used_says_why() {
        for (url, why) in [
            ("mysql://u@one/c", "it does not begin with postgres://"),
            ("one/c", "it does not begin with postgres://"),
            (
                "postgres://u@one/c?target_session_attrs=standby",
                "target_session_attrs must be read-write or primary: the service writes",
            ),
            (
                "postgres://u@/c?host=one,two,three&port=1,2",
                "it must name one port, or as many ports as hosts",
            ),
            ("postgres://u@one:notaport/c", "a part of it cannot be read"),
        ] {
            assert_eq!(hosts(url).err(), Some(OpenError::Address(why.to_owned())), "{url}");
        }
    }
}
