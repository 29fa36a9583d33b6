//! What training shows of itself while it runs, on standard error.
//!
//! On a terminal that is a line which changes in place; elsewhere (in a log file, under CI) plain
//! lines, at least one per epoch and one every ten seconds. Each finished epoch leaves a line in
//! both.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// How often the line on a terminal changes.
const REDRAW: Duration = Duration::from_millis(100);
/// How often a long epoch prints a plain line.
const PLAIN: Duration = Duration::from_secs(10);

/// What to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// A changing line on a terminal, plain lines elsewhere.
    #[default]
    Auto,
    /// Plain lines everywhere.
    Lines,
    /// Nothing.
    Nothing,
}

/// What is known when an epoch is over.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EpochSummary {
    /// The mean loss on the training data.
    pub(crate) loss: f64,
    /// The mean loss on the validation data, if there is any.
    pub(crate) validation_loss: Option<f64>,
    /// The share of the right answers on the validation data, if it has classes.
    pub(crate) accuracy: Option<f64>,
}

/// The display of one training: [`step`](Self::step) after every batch and
/// [`epoch`](Self::epoch) after every epoch.
pub(crate) struct Progress {
    count: Count,
    sink: Sink,
    /// When the last intermediate line was shown.
    shown: Duration,
    start: Instant,
}

enum Sink {
    Terminal(Box<dyn io::Write + Send>),
    Lines(Box<dyn io::Write + Send>),
    Nothing,
}

impl Progress {
    /// A display of `epochs` epochs, each of which visits `samples` rows.
    pub(crate) fn new(show: Show, epochs: usize, samples: usize) -> Self {
        let sink = match show {
            Show::Auto if is_terminal() => Sink::Terminal(Box::new(io::stderr())),
            Show::Auto | Show::Lines => Sink::Lines(Box::new(io::stderr())),
            Show::Nothing => Sink::Nothing,
        };
        let count = Count { epochs, samples, ..Count::default() };
        Self { count, sink, shown: Duration::ZERO, start: Instant::now() }
    }

    /// A batch of `rows` is done, its mean loss was `loss`.
    #[inline]
    pub(crate) fn step(&mut self, rows: usize, loss: f64) {
        self.count.step(rows, loss);
        if !matches!(self.sink, Sink::Nothing) {
            self.show(self.start.elapsed());
        }
    }

    /// An epoch is over, its validation included.
    pub(crate) fn epoch(&mut self, summary: &EpochSummary) {
        self.epoch_at(self.start.elapsed(), summary);
    }

    fn show(&mut self, now: Duration) {
        let since = now.saturating_sub(self.shown);
        match self.sink {
            Sink::Terminal(_) if since >= REDRAW => {
                let line = format!("{} {}", self.count.bar(), self.count.line(now));
                self.sink.changing_line(&line);
            }
            Sink::Lines(_) if since >= PLAIN => self.sink.line(&self.count.line(now)),
            _ => return,
        }
        self.shown = now;
    }

    fn epoch_at(&mut self, now: Duration, summary: &EpochSummary) {
        let line = self.count.epoch(now, summary);
        self.sink.line(&line);
        self.shown = now;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Sink::Terminal(_) = self.sink {
            self.sink.write(START.to_string());
        }
    }
}

/// Whether a line of standard error can change in place.
fn is_terminal() -> bool {
    // Consoles of Windows understand the control sequences only where a program asks them to.
    let dumb = cfg!(windows) || std::env::var_os("TERM").is_none_or(|name| name == "dumb");
    !dumb && io::stderr().is_terminal()
}

/// Control sequence: to the start of the line, which becomes empty.
const START: &str = "\r\x1b[K";

impl Sink {
    /// Prints a line that stays.
    fn line(&mut self, text: &str) {
        match self {
            Self::Terminal(_) => self.write(format!("{START}{text}\n")),
            Self::Lines(_) => self.write(format!("{text}\n")),
            Self::Nothing => {}
        }
    }

    /// Prints a line of a terminal whose place the next one takes. What does not fit is cut: between the two
    /// sequences around it, the terminal does not go on in another line.
    fn changing_line(&mut self, text: &str) {
        self.write(format!("{START}\x1b[?7l{text}\x1b[?7h"));
    }

    /// In one piece, or a terminal would flicker. A closed standard error is no reason to stop a training.
    fn write(&mut self, text: String) {
        if let Self::Terminal(out) | Self::Lines(out) = self {
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    }
}

/// How far the training is. Times are given, not taken, so that tests can say what time it is.
#[derive(Debug, Default)]
struct Count {
    epochs: usize,
    /// Rows in an epoch.
    samples: usize,
    finished_epochs: usize,
    /// Rows in all epochs so far.
    done: usize,
    /// Rows and summed loss in this epoch.
    done_in_epoch: usize,
    loss_sum: f64,
    epoch_start: Duration,
}

impl Count {
    fn step(&mut self, rows: usize, loss: f64) {
        self.done += rows;
        self.done_in_epoch += rows;
        self.loss_sum += loss * rows as f64;
    }

    /// The share of all epochs that is done.
    fn bar(&self) -> String {
        const WIDTH: usize = 12;
        let halves = 2 * WIDTH * self.done / (self.epochs * self.samples).max(1);
        let bar = "█".repeat(halves / 2) + if halves % 2 == 1 { "▌" } else { "" };
        format!("{bar:WIDTH$}")
    }

    /// The line in the middle of an epoch.
    fn line(&self, now: Duration) -> String {
        let percent = 100 * self.done_in_epoch / self.samples.max(1);
        let loss = self.loss_sum / self.done_in_epoch as f64;
        let seconds = (now - self.epoch_start).as_secs_f64();
        let speed = thousands((self.done_in_epoch as f64 / seconds.max(1e-9)) as u64);
        let epoch = self.epoch_number();
        let left = self.left(now);
        // The least important last: a narrow terminal cuts the line.
        format!("{epoch}  {percent:>3} %  loss {loss:.4}{left}  {speed} samples/s")
    }

    /// The line at the end of an epoch; the next one begins.
    fn epoch(&mut self, now: Duration, summary: &EpochSummary) -> String {
        let mut line = format!("{}  loss {:.4}", self.epoch_number(), summary.loss);
        if let Some(loss) = summary.validation_loss {
            line += &format!("  validation loss {loss:.4}");
        }
        if let Some(accuracy) = summary.accuracy {
            line += &format!("  accuracy {accuracy:.4}");
        }
        line += &format!("  {}", exact(now - self.epoch_start));

        self.finished_epochs += 1;
        self.done = self.finished_epochs * self.samples;
        self.done_in_epoch = 0;
        self.loss_sum = 0.0;
        self.epoch_start = now;
        line + &self.left(now)
    }

    /// `epoch  3/10`, as wide for every epoch.
    fn epoch_number(&self) -> String {
        let width = self.epochs.to_string().len();
        format!("epoch {:>width$}/{}", self.finished_epochs + 1, self.epochs)
    }

    /// How long the rest will take if it goes on as it went so far, validation included.
    fn left(&self, now: Duration) -> String {
        let all = self.epochs * self.samples;
        if self.done == 0 || self.done >= all {
            return String::new();
        }
        let seconds = now.as_secs_f64() * (all - self.done) as f64 / self.done as f64;
        format!("  left {}", rough(seconds))
    }
}

/// A duration that was measured.
fn exact(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        rough(seconds)
    }
}

/// A duration that is a guess.
fn rough(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0 => "under 1 s".to_string(),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `1,234,567`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

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

    #[test]
    fn a_long_training_prints_every_ten_seconds_and_after_every_epoch() {
        let log = Log::default();
        let mut progress = Progress::new(Show::Nothing, 10, 60_000);
        progress.sink = Sink::Lines(Box::new(log.clone()));
        for (time, loss) in [(3.0, 0.5), (9.9, 0.25), (12.0, 0.75), (21.9, 0.5)] {
            progress.count.step(15_000, loss);
            progress.show(seconds(time));
        }
        let summary =
            EpochSummary { loss: 0.5, validation_loss: Some(0.365), accuracy: Some(0.8712) };
        progress.epoch_at(seconds(24.0), &summary);
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
        progress.sink = Sink::Terminal(Box::new(log.clone()));
        for (time, rows) in [(0.05, 10), (0.2, 15), (0.25, 10), (0.4, 50), (0.5, 15)] {
            progress.count.step(rows, 0.5);
            progress.show(seconds(time));
        }
        progress.epoch_at(seconds(0.5), &EpochSummary { loss: 0.5, ..EpochSummary::default() });
        drop(progress);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let line = |text: &str| format!("\r\x1b[K\x1b[?7l{text}\x1b[?7h");
        assert_eq!(
            text,
            line("█▌           epoch 1/2   25 %  loss 0.5000  left 1 s  125 samples/s")
                + &line("█████        epoch 1/2   85 %  loss 0.5000  left 1 s  212 samples/s")
                + &line("██████       epoch 1/2  100 %  loss 0.5000  left 1 s  200 samples/s")
                + "\r\x1b[Kepoch 1/2  loss 0.5000  0.5 s  left 1 s\n"
                + "\r\x1b[K"
        );
    }

    #[test]
    fn short_epochs_print_one_line_each_and_the_last_has_nothing_left() {
        let mut count = Count { epochs: 2, samples: 100, ..Count::default() };
        count.step(64, 1.0);
        count.step(36, 1.0);
        let summary = EpochSummary { loss: 1.0, ..EpochSummary::default() };
        assert_eq!(count.epoch(seconds(1.2), &summary), "epoch 1/2  loss 1.0000  1.2 s  left 1 s");
        count.step(100, 0.5);
        let summary = EpochSummary { loss: f64::NAN, ..summary };
        assert_eq!(count.epoch(seconds(1.25), &summary), "epoch 2/2  loss NaN  50.0 ms");
    }

    #[test]
    fn nothing_divides_by_zero() {
        let mut progress = Progress::new(Show::Nothing, 0, 0);
        progress.step(0, 0.0);
        let _ = progress.count.line(Duration::ZERO);
        let _ = progress.count.bar();
        progress.epoch_at(Duration::ZERO, &EpochSummary::default());
    }

    #[test]
    fn times_and_numbers_read_well() {
        assert_eq!(exact(seconds(0.0123)), "12.3 ms");
        assert_eq!(exact(seconds(59.9)), "59.9 s");
        assert_eq!(exact(seconds(59.97)), "1 min 00 s");
        assert_eq!(rough(0.3), "under 1 s");
        assert_eq!(rough(59.7), "1 min 00 s");
        assert_eq!(rough(7_260.0), "2 h 01 min");
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands).join(" "), "0 999 1,000 1,234,567");
    }
}
