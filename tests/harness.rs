//! Harness of every test: a running service, a client, and a county of invented plans, providers and members.

mod authenticator;
mod browser;
mod certificate;
mod check;
mod client;
mod cluster;
mod collector;
mod county;
mod curl;
mod database;
mod desk;
mod device;
mod disk;
mod escaped;
mod examples;
mod forms;
mod html;
mod identity_provider;
mod machine_code;
mod multipart;
mod pages;
mod power;
mod proxy;
mod rows;
mod seat;
mod server;

pub(crate) use authenticator::Authenticator;
pub(crate) use browser::Browser;
pub(crate) use certificate::certificate;
pub(crate) use check::{problem, redacted};
pub(crate) use client::{Answer, Client, Request, raw};
pub(crate) use cluster::Cluster;
pub(crate) use collector::Collector;
pub(crate) use county::{
    BORN, COUNTY, County, FAMILY, GIVEN, Person, ProviderSide, add_counties, asked, billed, facts, text,
};
pub(crate) use curl::{Call, curl_is_there};
pub(crate) use database::{Database, OwnDatabase, skip, skip_anywhere};
pub(crate) use desk::{said, succeeded};
pub(crate) use device::{Device, PRESENT};
pub(crate) use disk::Disk;
pub(crate) use escaped::escaped;
pub(crate) use examples::{Examples, Kept};
pub(crate) use forms::{Form, foreign_markup, forms};
pub(crate) use identity_provider::{CLIENT, IdentityProvider, Mood, SECRET, Said, Signed};
pub(crate) use machine_code::variant;
pub(crate) use multipart::Chosen;
pub(crate) use pages::Pages;
pub(crate) use power::Power;
pub(crate) use proxy::{Cut, Proxy};
pub(crate) use rows::{every, same};
pub(crate) use seat::{Page, SESSION, Seat};
pub(crate) use server::{
    Server, binary, component, folder_of_interpreted, folder_of_plugins, hostile, new_folder, program,
    refusal, serve, until,
};

/// Runs each test once on SQLite and once on PostgreSQL; it takes the database.
macro_rules! on_both_databases {
    ($($test:ident)+) => {
        mod on_sqlite {
            use crate::harness::Database;
            $(#[test] fn $test() { super::$test(Database::Sqlite); })+
        }
        mod on_postgres {
            use crate::harness::Database;
            $(#[test] fn $test() {
                let name = concat!(module_path!(), "::", stringify!($test));
                if Database::Postgres.is_there_for(name) {
                    super::$test(Database::Postgres);
                }
            })+
        }
    };
}
pub(crate) use on_both_databases;
