//! `vizard serve`: the proxy as a server, configured by the environment.

use vizard_proxy::settings::ProcessEnvironment;

use crate::exit::{Code, Stop};

pub(crate) const SETTINGS: &str = vizard_server::SETTINGS;

pub(crate) fn run() -> Result<(), Stop> {
    vizard_server::run(&ProcessEnvironment).map_err(|stop| {
        let code = match stop {
            vizard_server::Stop::Configuration(_) => Code::Configuration,
            vizard_server::Stop::Port(..) | vizard_server::Stop::System(_) => Code::Unavailable,
        };
        Stop::because(code, stop)
    })
}
