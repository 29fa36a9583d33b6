//! The display of a training on standard error.
//!
//! On a terminal it is one line that is updated in place. Elsewhere (in a log file, under CI) it is
//! plain lines, at least one per epoch and one every ten seconds. Each finished epoch leaves a line
//! in both.

mod line;

use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::sync::Once;
use std::time::Duration;

use line::{BAR, Piece, in_lines, in_one_line, piece, thousands};

use super::clock::Clock;
use super::event::{Event, Observer};
use super::model::Model;
use super::report::Epoch;
use super::times::{exact, rough, short};

/// Time between updates of the line on a terminal.
const REDRAW: Duration = Duration::from_millis(100);
/// Time between plain lines within a long epoch.
const PLAIN: Duration = Duration::from_secs(10);
/// The warning for a build without optimization.
const SLOW: &str = "built without optimization, training is some hundred times slower: run with \
    `--release`, or write\n    \
    [profile.dev]\n    opt-level = 2\n    [profile.dev.package.\"*\"]\n    opt-level = 3\n\
into Cargo.toml";
/// Columns of a terminal that does not report its width.
const USUAL_WIDTH: usize = 80;

/// What the display shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Show {
    /// One updating line on a terminal, plain lines elsewhere.
    #[default]
    Auto,
    /// Plain lines everywhere.
    Lines,
    /// No display.
    Nothing,
}

/// The display of one training.
pub(crate) struct Progress {
    count: Count,
    sink: Sink,
    /// Time of the last intermediate line.
    shown: Duration,
    start: Clock,
}

enum Sink {
    /// A terminal with its width.
    Terminal(Box<dyn io::Write + Send>, usize),
    Lines(Box<dyn io::Write + Send>),
    Nothing,
}

impl<M: Model> Observer<M> for Progress {
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()> {
        match event {
            Event::Step { rows, loss, .. } => {
                self.count.step(*rows, *loss);
                if !matches!(self.sink, Sink::Nothing) {
                    self.show(self.start.elapsed());
                }
            }
            Event::Epoch { epoch, is_best, .. } => {
                self.epoch_at(self.start.elapsed(), epoch, *is_best);
            }
            Event::Begin { done, done_rows, .. } => {
                self.count.begin(*done, *done_rows);
                self.sink.say_if_slow();
            }
            Event::Note { text } => self.sink.line(text),
            Event::End { .. } => {}
        }
        ControlFlow::Continue(())
    }
}

impl Progress {
    /// A display of `epochs` epochs, each of which visits `samples` rows.
    pub(crate) fn new(show: Show, epochs: usize, samples: usize) -> Self {
        let sink = match show {
            Show::Auto if is_terminal() => Sink::Terminal(Box::new(io::stderr()), width()),
            Show::Auto | Show::Lines => Sink::Lines(Box::new(io::stderr())),
            Show::Nothing => Sink::Nothing,
        };
        let count = Count { epochs, samples, ..Count::default() };
        Self { count, sink, shown: Duration::ZERO, start: Clock::start() }
    }

    fn show(&mut self, now: Duration) {
        let since = now.saturating_sub(self.shown);
        match &self.sink {
            Sink::Terminal(_, width) if since >= REDRAW => {
                let line = in_one_line(&self.count.pieces(now), *width);
                self.sink.changing_line(&line);
            }
            Sink::Lines(_) if since >= PLAIN => {
                // The bar is for terminals only.
                let mut pieces = self.count.pieces(now);
                pieces.retain(|piece| piece.rank != BAR);
                self.sink.line(&in_one_line(&pieces, usize::MAX));
            }
            _ => return,
        }
        self.shown = now;
    }

    fn epoch_at(&mut self, now: Duration, epoch: &Epoch, is_best: bool) {
        let pieces = self.count.epoch(now, epoch, is_best);
        let text = match self.sink {
            Sink::Terminal(_, width) => in_lines(pieces, width),
            _ => in_lines(pieces, usize::MAX),
        };
        self.sink.line(&text);
        self.shown = now;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Sink::Terminal(..) = self.sink {
            self.sink.write(START.to_string());
        }
    }
}

/// Width in columns of the terminal on standard error.
fn width() -> usize {
    #[cfg(any(unix, windows))]
    let columns = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
    #[cfg(not(any(unix, windows)))]
    let columns = None; // there are no terminals
    // A terminal that does not report its width may have set the shell's variable.
    let told = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|&columns| columns > 0);
    columns.or_else(told).unwrap_or(USUAL_WIDTH)
}

/// Whether a line on standard error can be updated in place.
fn is_terminal() -> bool {
    // Windows consoles interpret control sequences only if a program enables them.
    let dumb = cfg!(windows) || std::env::var_os("TERM").is_none_or(|name| name == "dumb");
    !dumb && io::stderr().is_terminal()
}

/// Control sequence: return to the start of the line and erase it.
const START: &str = "\r\x1b[K";

impl Sink {
    /// Warns once if the library was built without optimization, so that nobody waits for minutes
    /// without knowing why.
    fn say_if_slow(&mut self) {
        static SAID: Once = Once::new();
        if env!("NN_OPT_LEVEL") == "0" && !matches!(self, Self::Nothing) {
            SAID.call_once(|| self.line(SLOW));
        }
    }

    /// Prints a permanent line.
    fn line(&mut self, text: &str) {
        match self {
            Self::Terminal(..) => self.write(format!("{START}{text}\n")),
            Self::Lines(_) => self.write(format!("{text}\n")),
            Self::Nothing => {}
        }
    }

    /// Prints a line on a terminal that the next line replaces. The two control sequences around it
    /// turn off wrapping, in case the terminal has become narrower.
    fn changing_line(&mut self, text: &str) {
        self.write(format!("{START}\x1b[?7l{text}\x1b[?7h"));
    }

    /// In one write, because a terminal would flicker otherwise. A closed standard error does not
    /// stop the training.
    fn write(&mut self, text: String) {
        if let Self::Terminal(out, _) | Self::Lines(out) = self {
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    }
}

/// Progress of the training. Times are parameters, so that tests can set them.
#[derive(Debug, Default)]
struct Count {
    epochs: usize,
    /// Rows per epoch.
    samples: usize,
    finished_epochs: usize,
    /// Rows completed in all epochs so far.
    done: usize,
    /// Rows of these that were completed before the checkpoint.
    done_before: usize,
    /// Rows completed and summed loss in this epoch.
    done_in_epoch: usize,
    /// Rows of this epoch whose loss is known.
    rows_with_loss: usize,
    loss_sum: f64,
    epoch_start: Duration,
}

impl Count {
    /// Starts after this many completed epochs, and this many rows of the next one.
    fn begin(&mut self, epochs: usize, rows: usize) {
        self.finished_epochs = epochs;
        self.done = epochs.saturating_mul(self.samples) + rows;
        (self.done_before, self.done_in_epoch, self.rows_with_loss) = (self.done, rows, 0);
    }

    fn step(&mut self, rows: usize, loss: f64) {
        self.done += rows;
        self.done_in_epoch += rows;
        self.rows_with_loss += rows;
        self.loss_sum += loss * rows as f64;
    }

    /// The bar for the fraction of all epochs that is completed.
    fn bar(&self) -> String {
        const WIDTH: usize = 12;
        let all = self.epochs.saturating_mul(self.samples).max(1);
        let halves = (2.0 * WIDTH as f64 * self.done as f64 / all as f64) as usize;
        let bar = "█".repeat(halves / 2) + if halves % 2 == 1 { "▌" } else { "" };
        format!("{bar:WIDTH$}")
    }

    /// The line within an epoch.
    fn pieces(&self, now: Duration) -> Vec<Piece> {
        let percent = 100 * self.done_in_epoch / self.samples.max(1);
        let loss = self.loss_sum / self.rows_with_loss as f64;
        let seconds = (now - self.epoch_start).as_secs_f64();
        let speed = thousands((self.rows_with_loss as f64 / seconds.max(1e-9)) as u64);
        let mut pieces = vec![
            piece(BAR, self.bar()),
            piece(0, self.epoch_number()),
            piece(3, format!("{percent:>3} %")),
            piece(1, format!("loss {loss:.4}")),
        ];
        pieces.extend(self.left(now).map(|left| Piece {
            short: Some(format!("left {}", short(left))),
            ..piece(2, format!("left {}", rough(left)))
        }));
        pieces.push(piece(4, format!("{speed} samples/s")));
        pieces
    }

    /// The line at the end of an epoch; starts the next epoch.
    fn epoch(&mut self, now: Duration, epoch: &Epoch, is_best: bool) -> Vec<Piece> {
        let mut pieces =
            vec![piece(0, self.epoch_number()), piece(0, format!("loss {:.4}", epoch.loss))];
        if let Some(validation) = &epoch.validation {
            pieces.push(piece(0, format!("validation loss {:.4}", validation.loss)));
            pieces
                .extend(validation.accuracy.map(|share| piece(0, format!("accuracy {share:.4}"))));
        }
        let measured = epoch.measured.iter().map(|(name, value)| match value {
            Some(value) => piece(0, format!("{name} {value:.4}")),
            None => piece(0, format!("{name} has no value")),
        });
        pieces.extend(measured);
        if is_best {
            pieces.push(piece(0, "best"));
        }
        pieces.push(piece(0, exact(now - self.epoch_start)));

        self.finished_epochs += 1;
        self.done = self.finished_epochs.saturating_mul(self.samples);
        (self.done_in_epoch, self.rows_with_loss) = (0, 0);
        self.loss_sum = 0.0;
        self.epoch_start = now;
        pieces.extend(self.left(now).map(|left| piece(1, format!("left {}", rough(left)))));
        pieces
    }

    /// `epoch  3/10`, with the same width for every epoch.
    fn epoch_number(&self) -> String {
        let width = self.epochs.to_string().len();
        format!("epoch {:>width$}/{}", self.finished_epochs + 1, self.epochs)
    }

    /// Estimated remaining seconds at the speed so far, validation included.
    fn left(&self, now: Duration) -> Option<f64> {
        let all = self.epochs.saturating_mul(self.samples);
        let seen = self.done - self.done_before;
        if seen == 0 || self.done >= all {
            return None;
        }
        Some(now.as_secs_f64() * (all - self.done) as f64 / seen as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::metric::Metrics;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// An epoch with this loss, and with validation loss and accuracy.
    fn epoch(loss: f64, validation: Option<(f64, f64)>) -> Epoch {
        let validation =
            validation.map(|(loss, accuracy)| Metrics { loss, accuracy: Some(accuracy) });
        Epoch { loss, validation, measured: Vec::new(), seconds: 0.0 }
    }

    #[test]
    fn a_long_training_prints_every_ten_seconds_and_after_every_epoch() {
        let log = Log::default();
        let mut progress = Progress::new(Show::Nothing, 10, 60_000);
        progress.sink = Sink::Lines(Box::new(log.clone()));
        for (time, loss) in [(3.0, 0.5), (9.9, 0.25), (12.0, 0.75), (21.9, 0.5)] {
            progress.count.step(15_000, loss);
            progress.show(seconds(time));
        }
        progress.epoch_at(seconds(24.0), &epoch(0.5, Some((0.365, 0.8712))), false);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            text,
            "epoch  1/10   75 %  loss 0.5000  left 2 min 28 s  3,750 samples/s\n\
             epoch  1/10  loss 0.5000  validation loss 0.3650  accuracy 0.8712  24.0 s  \
             left 3 min 36 s\n"
        );
    }

    #[test]
    fn a_terminal_has_one_line_that_changes_and_goes_away_at_the_end() {
        let log = Log::default();
        let mut progress = Progress::new(Show::Nothing, 2, 100);
        progress.sink = Sink::Terminal(Box::new(log.clone()), 80);
        for (time, rows) in [(0.05, 10), (0.2, 15), (0.25, 10), (0.4, 50), (0.5, 15)] {
            progress.count.step(rows, 0.5);
            progress.show(seconds(time));
        }
        progress.epoch_at(seconds(0.5), &epoch(0.5, None), false);
        drop(progress);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line = |text: &str| format!("\r\x1b[K\x1b[?7l{text}\x1b[?7h");
        assert_eq!(
            text,
            line("█▌            epoch 1/2   25 %  loss 0.5000  left 1 s  125 samples/s")
                + &line("█████         epoch 1/2   85 %  loss 0.5000  left 1 s  212 samples/s")
                + &line("██████        epoch 1/2  100 %  loss 0.5000  left 1 s  200 samples/s")
                + "\r\x1b[Kepoch 1/2  loss 0.5000  0.5 s  left 1 s\n"
                + "\r\x1b[K"
        );
    }

    #[test]
    fn short_epochs_print_one_line_each_and_the_last_has_nothing_left() {
        let mut count = Count { epochs: 2, samples: 100, ..Count::default() };
        count.step(64, 1.0);
        count.step(36, 1.0);
        let line = |pieces| in_lines(pieces, 80);
        let first = count.epoch(seconds(1.2), &epoch(1.0, None), false);
        assert_eq!(line(first), "epoch 1/2  loss 1.0000  1.2 s  left 1 s");
        count.step(100, 0.5);
        let last = count.epoch(seconds(1.25), &epoch(0.5, None), true);
        assert_eq!(line(last), "epoch 2/2  loss 0.5000  best  50.0 ms");
    }

    #[test]
    fn a_narrow_terminal_loses_the_least_important_and_never_the_loss() {
        let mut count = Count { epochs: 10, samples: 60_000, ..Count::default() };
        count.step(45_000, 0.5);
        let line = |width| in_one_line(&count.pieces(seconds(9.0)), width);
        assert_eq!(
            line(80),
            "▌             epoch  1/10   75 %  loss 0.5000  left 1 min 51 s  5,000 samples/s"
        );
        assert_eq!(line(78), "epoch  1/10   75 %  loss 0.5000  left 1 min 51 s  5,000 samples/s");
        assert_eq!(line(40), "epoch  1/10  loss 0.5000  left 1:51");
        assert_eq!(line(20), "epoch  1/10   75 %");
        for width in 24..200 {
            let line = line(width);
            assert!(line.chars().count() <= width && line.contains("loss 0.5000"), "{line}");
        }
    }

    #[test]
    fn the_line_of_an_epoch_is_broken_between_its_numbers() {
        let lines = |width| {
            let mut count = Count { epochs: 10, samples: 60_000, ..Count::default() };
            count.step(60_000, 0.5);
            in_lines(count.epoch(seconds(24.0), &epoch(0.5, Some((0.365, 0.8712))), false), width)
        };
        let whole = "epoch  1/10  loss 0.5000  validation loss 0.3650  accuracy 0.8712  24.0 s";
        assert_eq!(lines(200), format!("{whole}  left 3 min 36 s"));
        assert_eq!(lines(80), whole);
        assert_eq!(
            lines(40),
            "epoch  1/10  loss 0.5000\n    validation loss 0.3650\n    accuracy 0.8712  24.0 s"
        );
    }

    #[test]
    fn nothing_divides_by_zero() {
        let mut progress = Progress::new(Show::Nothing, 0, 0);
        progress.count.step(0, 0.0);
        let _ = progress.count.pieces(Duration::ZERO);
        progress.epoch_at(Duration::ZERO, &epoch(0.0, None), false);
    }
}
