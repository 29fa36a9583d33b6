//! Ctrl-C ends a training after the current step.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::event::{Event, Observer};
use super::model::Model;

/// Number of times it was pressed since a training began.
static PRESSED: AtomicUsize = AtomicUsize::new(0);
/// Number of trainings that handle it.
static WATCHING: AtomicUsize = AtomicUsize::new(0);
/// The reason if there is no handler. There is one handler per process, installed by the first
/// training that requests it.
static HANDLER: OnceLock<Option<String>> = OnceLock::new();

/// Exit status in a shell of a process ended by Ctrl-C.
const ENDED: i32 = 130;

fn pressed() {
    let is_first = PRESSED.fetch_add(1, Ordering::SeqCst) == 0;
    if !is_first || WATCHING.load(Ordering::SeqCst) == 0 {
        std::process::exit(ENDED);
    }
}

/// Handles Ctrl-C during a training.
pub(super) struct Interrupt {
    has_checkpoints: bool,
    is_watching: bool,
    note: Option<String>,
}

impl Interrupt {
    pub(super) fn new(has_checkpoints: bool) -> Self {
        Interrupt { has_checkpoints, is_watching: false, note: None }
    }

    fn begin(&mut self) {
        let install = || ctrlc::try_set_handler(pressed).err().map(|error| error.to_string());
        if let Some(error) = HANDLER.get_or_init(install) {
            self.note = Some(format!(
                "Ctrl-C does not stop this training after its step: {error}, by the program or by \
                 a shell that started it in the background"
            ));
            return;
        }
        if WATCHING.fetch_add(1, Ordering::SeqCst) == 0 {
            PRESSED.store(0, Ordering::SeqCst);
        }
        self.is_watching = true;
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if self.is_watching {
            WATCHING.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl<M: Model> Observer<M> for Interrupt {
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()> {
        match event {
            Event::Begin { .. } => self.begin(),
            Event::Step { number, .. }
                if self.is_watching && PRESSED.load(Ordering::SeqCst) > 0 =>
            {
                self.note = Some(match self.has_checkpoints {
                    true => format!("stopped after step {number}; to resume: {}", command()),
                    false => format!(
                        "stopped after step {number}; there are no checkpoints to resume from"
                    ),
                });
                return Break(());
            }
            _ => {}
        }
        Continue(())
    }

    fn note(&mut self) -> Option<String> {
        self.note.take()
    }

    /// It has no state.
    fn name(&self) -> Option<&str> {
        Some("Ctrl-C")
    }
}

/// The command that started this program, quoted for a shell.
fn command() -> String {
    let words = std::env::args_os().map(|word| quoted(&word.to_string_lossy()));
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:@%+,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_what_was_typed() {
        for (word, text) in [
            ("--lr=0.1", "--lr=0.1"),
            ("two words", "'two words'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), text);
        }
    }
}
