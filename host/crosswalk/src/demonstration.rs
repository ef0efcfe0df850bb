//! `crosswalk demo`: a service of its own, at which the `demo` crate lives through its county.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use demo::Service;
use domain::time::{Clock, pacific_day};
use jiff::SignedDuration;

use crate::host::{self, ServeOptions, Stop};
use crate::parts::{ShiftedClock, now, runtime};
use crate::{settings, telemetry};

/// The county begins so long ago: long enough for clocks of the law to run out, whatever holidays are in
/// between, before the day on which the journeys are lived.
const BEGINS_AGO: SignedDuration = SignedDuration::from_hours(21 * 24);

/// Options of `crosswalk demo`.
#[derive(Args)]
#[command(after_help = "\
  crosswalk demo --plugins target/plugins
  crosswalk demo --exit --json                         for a test: exits with 0 if all ended as expected")]
pub(crate) struct DemoOptions {
    /// Address to serve on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = settings::address)]
    listen: SocketAddr,
    /// Directory for the data [default: a temporary one, which is removed at the end].
    #[arg(long)]
    data: Option<PathBuf>,
    /// Exit when the last case has ended, with 0 if all ended as expected, instead of serving on.
    #[arg(long)]
    exit: bool,
    #[command(flatten)]
    story: demo::Options,
}

/// Serves, tells the story, and serves on unless told to exit. Exits with 1 if a journey did not end as told.
pub(crate) fn show(options: &DemoOptions) -> Result<ExitCode, Box<dyn Error>> {
    let _telemetry = telemetry::start("error", None)?;
    let runtime = runtime()?;
    let scratch = match &options.data {
        Some(_) => None,
        None => Some(tempfile::tempdir()?),
    };
    let data = options.data.clone().or_else(|| Some(scratch.as_ref()?.path().to_owned()));
    let serve = ServeOptions::for_demo(options.listen, data.unwrap_or_default());
    let clock = Arc::new(ShiftedClock::starting_at(now().checked_sub(BEGINS_AGO)?));
    let running = runtime.block_on(host::start_by(clock.clone(), &serve))?;
    let service = Service {
        address: running.address.clone(),
        operator_key: running.operator_key.clone(),
        begins: pacific_day(clock.now()),
        to_today: Box::new(move || {
            clock.set_right();
            pacific_day(clock.now())
        }),
        serves_on: !options.exit,
    };
    let told = demo::show(&options.story, &service);
    if told.is_ok() && !options.exit {
        eprintln!("serving on until Ctrl-C");
        runtime.block_on(async {
            Stop::listen()?.asked().await;
            Ok::<_, std::io::Error>(())
        })?;
    }
    runtime.block_on(running.stop());
    told
}
