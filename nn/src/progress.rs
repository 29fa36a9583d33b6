//! What training shows of itself while it runs, on standard error.
//!
//! On a terminal that is a line which changes in place; elsewhere (in a log file, under CI) plain
//! lines, at least one per epoch and one every ten seconds. Each finished epoch leaves a line in
//! both. The terminal line is `indicatif`'s, which prints nothing at all where there is no
//! terminal; hence the plain lines are our own.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
    Bar(ProgressBar),
    Lines(Box<dyn io::Write + Send>),
    Nothing,
}

impl Progress {
    /// A display of `epochs` epochs, each of which visits `samples` rows.
    pub(crate) fn new(show: Show, epochs: usize, samples: usize) -> Self {
        let sink = match show {
            Show::Auto => Sink::terminal((epochs * samples) as u64),
            Show::Lines => Sink::Lines(Box::new(io::stderr())),
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
        match &mut self.sink {
            Sink::Bar(bar) if since >= REDRAW => {
                self.shown = now;
                bar.set_position(self.count.done as u64);
                bar.set_message(self.count.line(now));
            }
            Sink::Lines(_) if since >= PLAIN => {
                self.shown = now;
                self.sink.line(&self.count.line(now));
            }
            _ => {}
        }
    }

    fn epoch_at(&mut self, now: Duration, summary: &EpochSummary) {
        let line = self.count.epoch(now, summary);
        self.sink.line(&line);
        if let Sink::Bar(bar) = &self.sink {
            bar.set_position(self.count.done as u64);
        }
        self.shown = now;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Sink::Bar(bar) = &self.sink {
            bar.finish_and_clear();
        }
    }
}

impl Sink {
    fn terminal(samples: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(samples), ProgressDrawTarget::stderr());
        if bar.is_hidden() {
            return Self::Lines(Box::new(io::stderr()));
        }
        let style = ProgressStyle::with_template("{bar:12} {wide_msg}");
        bar.set_style(style.expect("the template is constant and right").progress_chars("█▌ "));
        Self::Bar(bar)
    }

    /// Prints a line that stays. A closed standard error is no reason to stop a training.
    fn line(&mut self, text: &str) {
        match self {
            // Not `bar.println`, which loses the line if the terminal has gone meanwhile.
            Self::Bar(bar) => bar.suspend(|| {
                let _ = writeln!(io::stderr(), "{text}");
            }),
            Self::Lines(lines) => {
                let _ = writeln!(lines, "{text}");
                let _ = lines.flush();
            }
            Self::Nothing => {}
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
