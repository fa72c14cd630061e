//! The teller: numbers the acts, makes the calls, writes what happened, and remembers every word the proxy said.

use std::io::{self, Write};

use anyhow::bail;
use serde_json::Value;

use crate::demo::page::{Ink, Page, cut};
use crate::demo::table;
use crate::demo::wire::Reply;
use crate::demo::world::World;

/// A demonstration in progress.
pub(crate) struct Story<'w> {
    pub(crate) world: &'w World,
    page: Page,
    out: Box<dyn Write>,
    act: u32,
    /// Every answer of the proxy, whole.
    heard: Vec<String>,
    /// Targets worth trying by hand.
    suggested: Vec<(&'static str, String)>,
}

/// One call through the proxy.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) reply: Reply,
    /// What Zoom was asked because of it, if it was asked.
    pub(crate) at_zoom: Option<String>,
}

impl<'w> Story<'w> {
    pub(crate) fn new(world: &'w World, page: Page, out: Box<dyn Write>) -> Story<'w> {
        Story { world, page, out, act: 0, heard: Vec::new(), suggested: Vec::new() }
    }

    /// The title page.
    pub(crate) fn title(&mut self, title: &str, words: &str) -> io::Result<()> {
        write!(self.out, "\n{}\n{}", self.page.ink(Ink::Heading, title), self.page.paragraph(0, words))
    }

    /// The heading of an act and its sentence.
    pub(crate) fn act(&mut self, title: &str, words: &str) -> io::Result<()> {
        self.act += 1;
        let heading = self.page.ink(Ink::Heading, &format!("{}  {title}", self.act));
        write!(self.out, "\n{heading}\n{}\n", self.page.paragraph(3, words))
    }

    /// Calls the proxy, and writes the call down as the caller and as Zoom saw it.
    pub(crate) async fn call(&mut self, method: &str, target: &str) -> anyhow::Result<Told> {
        let told = self.quietly(method, target).await?;
        let Told { reply, at_zoom } = &told;
        let status =
            format!("{} {}", reply.status.as_u16(), reply.status.canonical_reason().unwrap_or_default());
        let ink = if reply.status.is_success() { Ink::Good } else { Ink::Secret };
        self.line("caller asks", &format!("{method} {}", abbreviated(target)), Ink::Plain)?;
        match at_zoom {
            Some(seen) if seen != target => {
                self.line("Zoom is asked", &format!("{method} {seen}"), Ink::Secret)?
            }
            Some(_) => {}
            None => self.line("Zoom is asked", "nothing", Ink::Faint)?,
        }
        self.line("answer", &status, ink)?;
        Ok(told)
    }

    /// Calls the proxy without writing about it.
    pub(crate) async fn quietly(&mut self, method: &str, target: &str) -> anyhow::Result<Told> {
        let zoom = &self.world.zoom;
        let before = zoom.rest_requests();
        let reply = self.world.through_proxy(method, target).await?;
        let asked = zoom.rest_requests() > before;
        let at_zoom = asked.then(|| zoom.requests().last().map(|request| request.target.clone())).flatten();
        self.heard.push(reply.text());
        Ok(Told { reply, at_zoom })
    }

    /// What Zoom itself answers to the last call, beside what the caller got.
    pub(crate) async fn compare(&mut self, told: &Told, root: &str, fields: &[&str]) -> anyhow::Result<()> {
        let Some(target) = &told.at_zoom else { bail!("zoom was not asked") };
        let before = self.world.straight(target).await?.json();
        self.beside(&before, &told.reply.json(), root, fields)?;
        Ok(())
    }

    /// Two documents side by side.
    pub(crate) fn beside(
        &mut self,
        before: &Value,
        after: &Value,
        root: &str,
        fields: &[&str],
    ) -> io::Result<()> {
        let table = table::side_by_side(self.page, before, after, root, fields);
        write!(self.out, "\n{table}")
    }

    /// A document as it came, one member a line.
    pub(crate) fn document(&mut self, title: &str, document: &Value) -> io::Result<()> {
        let title = self.page.ink(Ink::Faint, title);
        write!(self.out, "\n    {title}\n{}", table::document(self.page, document))
    }

    /// A sentence about what is to be seen.
    pub(crate) fn note(&mut self, words: &str) -> io::Result<()> {
        write!(self.out, "\n{}", self.page.paragraph(3, words))
    }

    /// Room between two calls.
    pub(crate) fn pause(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// The last sentence of all, good news.
    pub(crate) fn verdict(&mut self, words: &str) -> io::Result<()> {
        writeln!(self.out, "   {}", self.page.ink(Ink::Good, words))
    }

    /// Remembers a call for the end.
    pub(crate) fn suggest(&mut self, options: &'static str, target: String) {
        self.suggested.push((options, target));
    }

    /// Everything the proxy has said so far: its answers and its log.
    pub(crate) fn said(&self) -> (&[String], String) {
        (&self.heard, self.world.log())
    }

    /// Lines to copy into another terminal.
    pub(crate) fn invite(&mut self) -> io::Result<()> {
        let heading = self.page.ink(Ink::Heading, "Your turn");
        writeln!(self.out, "\n{heading}\n   The proxy stays up until Ctrl-C. From another terminal:\n")?;
        for (options, target) in &self.suggested {
            let space = if options.is_empty() { "" } else { " " };
            writeln!(self.out, "   curl {options}{space}'http://{}{target}'", self.world.proxy)?;
        }
        writeln!(self.out)?;
        self.out.flush()
    }

    fn line(&mut self, label: &str, text: &str, ink: Ink) -> io::Result<()> {
        let room = self.page.width.saturating_sub(4 + LABEL);
        let label = self.page.ink(Ink::Faint, &format!("{label:LABEL$}"));
        writeln!(self.out, "    {label}{}", self.page.ink(ink, &cut(text, room)))
    }
}

impl std::fmt::Debug for Story<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Story").field("act", &self.act).finish_non_exhaustive()
    }
}

/// The target with its long tokens cut short.
fn abbreviated(target: &str) -> String {
    let mut pieces = target.split("p~");
    let mut short = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter));
        let (token, rest) = piece.split_at(end.unwrap_or(piece.len()));
        let kept = token.get(..KEPT_OF_A_TOKEN).map_or_else(|| token.to_owned(), |kept| format!("{kept}…"));
        short += &format!("p~{kept}{rest}");
    }
    short
}

const LABEL: usize = 15;
const KEPT_OF_A_TOKEN: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_tokens_short_and_nothing_else() {
        let token = "p~20jsfhJ7R4Sj1D4oKS8gbAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let cases = [
            ("/v2/users?page_size=300".to_owned(), "/v2/users?page_size=300"),
            (format!("/v2/users/{token}/settings"), "/v2/users/p~20jsfhJ7R4Sj…/settings"),
            (format!("/a/{token}/b/{token}"), "/a/p~20jsfhJ7R4Sj…/b/p~20jsfhJ7R4Sj…"),
            ("/a/p~short".to_owned(), "/a/p~short"),
        ];
        for (target, expected) in cases {
            assert_eq!(abbreviated(&target), expected);
        }
    }
}
