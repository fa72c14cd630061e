//! `vizard demo`: a simulated Zoom and the proxy in front of it, in one process, and the calls an analytics
//! platform makes. Everything is real but the people: HTTP on loopback, the OAuth flow, the shipped rules.

mod acts;
mod page;
mod story;
mod table;
mod wire;
mod world;

use std::io::{self, IsTerminal};

use crate::demo::page::Page;
use crate::demo::story::Story;
use crate::demo::world::World;
use crate::exit::{self, Code, Stop};

/// The command line of `vizard demo`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Arguments {
    /// End after the last act instead of staying up for calls of your own
    #[arg(long)]
    once: bool,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(Code::Unavailable, error))?;
    runtime.block_on(play(arguments)).map_err(|error| {
        let written = error.downcast_ref::<io::Error>().is_some();
        Stop::new(if written { Code::Output } else { Code::NotAsPromised }, error)
    })
}

async fn play(arguments: Arguments) -> anyhow::Result<()> {
    let world = World::start().await?;
    let page = Page::new(io::stdout().is_terminal(), !exit::color());
    let mut story = Story::new(&world, page, Box::new(io::stdout()));
    acts::play(&mut story).await?;
    if !arguments.once {
        story.invite()?;
        vizard_server::asked_to_stop().await;
    }
    Ok(())
}
