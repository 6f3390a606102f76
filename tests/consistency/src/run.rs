//! One run, from the first process to the last.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cache_tests::RedisServer;
use tokio::net::TcpListener;

use crate::args::Options;
use crate::checker::{History, check};
use crate::clock::now;
use crate::faults::{inject, plan};
use crate::fleet::Fleet;
use crate::proxy::Link;
use crate::register::{Register, serve};
use crate::report::Report;
use crate::way::registers;

/// Workers finish their calls, or say which do not end, and empty their queues.
const DRAIN: Duration = Duration::from_secs(60);
/// Between the last write and the last reads, for what is still on its way.
const QUIET: Duration = Duration::from_secs(1);
const LAST_READS: Duration = Duration::from_secs(60);

/// Runs and checks. What goes wrong with the run itself is in the report too.
pub fn run(options: &Options) -> Report {
    let mut report = Report::new(options);
    if let Err(problem) = attempt(options, &mut report) {
        report.problems.push(problem);
    }
    report
}

fn attempt(options: &Options, report: &mut Report) -> Result<(), String> {
    let server = RedisServer::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let register = Arc::new(Register::new(registers(options.keys)));
    let (register_at, links) = runtime
        .block_on(serve_all(options, &register, server.port()))
        .map_err(|error| format!("cannot listen: {error}"))?;

    let addresses = links.iter().map(Link::address).collect();
    let mut fleet = Fleet::launch(options, register_at, addresses)?;
    let faults = plan(options.seed, options.length, links.len());
    report.began = now();
    report.faults = inject(&faults, options.length, &links, &mut fleet, &server)?;
    report.called_until = now();

    report.problems.extend(fleet.order("drain", DRAIN));
    std::thread::sleep(QUIET);
    report.problems.extend(fleet.order("final", LAST_READS));
    let (records, stops) = fleet.finish();
    report.history = History { records, commits: register.commits(), stops };
    report.findings = check(&report.history);
    Ok(())
}

async fn serve_all(
    options: &Options,
    register: &Arc<Register>,
    server: u16,
) -> std::io::Result<(SocketAddr, Vec<Link>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener, Arc::clone(register), options.seed));
    let mut links = Vec::new();
    for _ in 0..options.processes {
        links.push(Link::open(SocketAddr::from(([127, 0, 0, 1], server))).await?);
    }
    Ok((address, links))
}
