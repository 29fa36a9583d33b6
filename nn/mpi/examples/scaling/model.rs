//! A model of the cost of a step on several ranks, with four constants, and its predictions.

use std::fmt::{self, Write as _};

/// The largest number of ranks in the predictions.
const MOST_RANKS: usize = 1024;
/// Ranks pay off if each computes at least this fraction of the time.
const PAYS: f64 = 0.8;
/// As in the library: from this many bytes on, four ranks or more add in halves.
const LONG: usize = 32 * 1024;

/// The cost of a message.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) name: String,
    /// Seconds until a message arrives.
    pub(crate) latency: f64,
    /// Seconds per byte, addition included.
    pub(crate) per_byte: f64,
}

impl Link {
    /// Three common links, by bandwidth and latency; `adding` is seconds per byte of a sum.
    pub(crate) fn usual(adding: f64) -> Vec<Link> {
        let link = |name: &str, bits: f64, latency: f64| Link {
            name: name.into(),
            latency,
            per_byte: 8.0 / bits + adding,
        };
        vec![
            link("1 Gbit/s", 1e9, 50e-6),
            link("10 Gbit/s", 1e10, 20e-6),
            link("100 Gbit/s", 1e11, 2e-6),
        ]
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Link { name, latency, per_byte } = self;
        write!(f, "{name}: {:.1} µs a message, {:.3} ns a byte", latency * 1e6, per_byte * 1e9)
    }
}

/// The cost of a step on one rank.
#[derive(Debug)]
pub(crate) struct Compute {
    pub(crate) name: String,
    pub(crate) parameters: usize,
    /// Seconds independent of the number of rows: adding parts, the optimizer.
    pub(crate) fixed: f64,
    /// Seconds per row.
    pub(crate) per_row: f64,
}

impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compute { name, parameters, fixed, per_row } = self;
        let (fixed, per_row) = (fixed * 1e3, per_row * 1e6);
        write!(f, "{name}: {parameters} parameters, {fixed:.3} ms a step and {per_row:.2} µs a row")
    }
}

/// The number of consecutive messages of a sum of this many bytes, and how often each byte is sent.
pub(crate) fn messages(ranks: usize, bytes: usize) -> (f64, f64) {
    let rounds = f64::from(ranks.ilog2());
    match ranks >= 4 && bytes >= LONG {
        true => (2.0 * rounds, 2.0 * (1.0 - 1.0 / ranks as f64)),
        false => (rounds, rounds),
    }
}

/// The data that ranks exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sent {
    /// Each gradient, in full.
    InFull,
    /// Each gradient as bf16; `rounding` is the seconds per byte for rounding.
    InBf16 { rounding: f64 },
    /// After `every` steps the parameters, and `memory` numbers of optimizer state per parameter,
    /// in full.
    Means { every: f64, memory: f64 },
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sent::InFull => f.write_str("in full"),
            Sent::InBf16 { .. } => f.write_str("bf16"),
            Sent::Means { every, .. } => write!(f, "every {every}"),
        }
    }
}

/// A network on a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prediction<'p> {
    pub(crate) compute: &'p Compute,
    pub(crate) link: &'p Link,
    pub(crate) sent: Sent,
}

impl Prediction<'_> {
    /// Seconds of a step with this many rows per rank. Communication does not overlap with
    /// computation: no measured MPI sends while a rank computes, unless it has a core to spare.
    pub(crate) fn step(&self, ranks: usize, rows: f64) -> f64 {
        self.compute.fixed + self.compute.per_row * rows + self.sum(ranks)
    }

    /// Seconds of the sums of a step.
    fn sum(&self, ranks: usize) -> f64 {
        let bytes = (self.compute.parameters * 4) as f64;
        let seconds = |(count, share): (f64, f64), bytes: f64| {
            count * self.link.latency + share * bytes * self.link.per_byte
        };
        match self.sent {
            Sent::InFull => seconds(messages(ranks, bytes as usize), bytes),
            Sent::InBf16 { .. } if ranks == 1 => 0.0,
            // Always in halves.
            Sent::InBf16 { rounding } => {
                let share = 2.0 * (1.0 - 1.0 / ranks as f64);
                let count = 2.0 * f64::from(ranks.ilog2());
                seconds((count, share), bytes / 2.0) + rounding * bytes
            }
            Sent::Means { every, memory } => {
                let bytes = bytes * (1.0 + memory);
                // Two more numbers: whether each rank can continue, and the loss.
                let rounds = f64::from(ranks.ilog2());
                (seconds(messages(ranks, bytes as usize), bytes) + rounds * self.link.latency)
                    / every
            }
        }
    }

    /// The rounding cost per byte, if a step took this many seconds.
    pub(crate) fn rounding(&self, ranks: usize, rows: f64, seconds: f64) -> f64 {
        let free = Prediction { sent: Sent::InBf16 { rounding: 0.0 }, ..*self };
        (seconds - free.step(ranks, rows)).max(0.0) / (self.compute.parameters * 4) as f64
    }

    /// The link speed in bits per second below which bf16 is faster, if any.
    fn pays_below(&self, ranks: usize, adding: f64) -> Option<f64> {
        let seconds = |bits: f64, sent: Sent| {
            let link = Link { per_byte: 8.0 / bits + adding, name: String::new(), ..*self.link };
            Prediction { link: &link, sent, compute: self.compute }.sum(ranks)
        };
        let is_quicker = |bits: f64| seconds(bits, self.sent) < seconds(bits, Sent::InFull);
        // From 10 Mbit/s to 10 Tbit/s, in steps of a tenth of a decade.
        let bits = (0..=60).map(|step| 1e7 * 10f64.powf(f64::from(step) / 10.0));
        bits.take_while(|&bits| is_quicker(bits)).last()
    }

    /// The fraction of time that a rank computes.
    fn efficiency(&self, ranks: usize, rows: f64) -> f64 {
        self.step(1, rows) / self.step(ranks, rows)
    }

    /// The smallest batch over all ranks with which they pay off.
    fn least_batch(&self, ranks: usize) -> f64 {
        // compute ≥ PAYS · (compute + sum)
        let least = self.sum(ranks) * PAYS / (1.0 - PAYS) - self.compute.fixed;
        (least / self.compute.per_row).max(1.0).ceil() * ranks as f64
    }

    /// The fastest number of ranks for this batch over all ranks.
    fn quickest(&self, batch: f64) -> usize {
        let seconds = |ranks: usize| self.step(ranks, batch / ranks as f64);
        let most = ranks().take_while(|&ranks| ranks as f64 <= batch);
        most.min_by(|&a, &b| seconds(a).total_cmp(&seconds(b))).unwrap_or(1)
    }

    /// The largest number of ranks that pays off with this batch.
    fn paying(&self, batch: f64) -> usize {
        let pays = |&ranks: &usize| self.efficiency(ranks, batch / ranks as f64) >= PAYS;
        ranks().take_while(|&ranks| ranks as f64 <= batch).filter(pays).last().unwrap_or(1)
    }
}

/// 1, 2, 4, …
fn ranks() -> impl Iterator<Item = usize> {
    std::iter::successors(Some(1), |ranks| Some(ranks * 2)).take_while(|&ranks| ranks <= MOST_RANKS)
}

/// All predictions as text.
pub(crate) fn table(networks: &[Compute], links: &[Link], rows: f64) -> String {
    let mut text = format!(
        "\nBy the model, not measured. Fraction of time that each rank computes, {rows} rows per \
         rank:\n"
    );
    let heading: String = ranks().map(|ranks| format!("{ranks:>7}")).collect();
    let _ = writeln!(text, "{:<18} {:<11}{heading}", "network", "link");
    for compute in networks {
        for link in links {
            let prediction = Prediction { compute, link, sent: Sent::InFull };
            let each: String = ranks()
                .map(|ranks| format!("{:>6.0}%", 100.0 * prediction.efficiency(ranks, rows)))
                .collect();
            let _ = writeln!(text, "{:<18} {:<11}{each}", compute.name, link.name);
        }
    }
    let percent = PAYS * 100.0;
    let _ = writeln!(
        text,
        "\nSmallest batch over all ranks with which each rank computes {percent} % of the time:"
    );
    let _ = writeln!(text, "{:<18} {:<11}{heading}", "network", "link");
    for compute in networks {
        for link in links {
            let prediction = Prediction { compute, link, sent: Sent::InFull };
            let each: String = ranks()
                .map(|ranks| format!("{:>7}", short(prediction.least_batch(ranks))))
                .collect();
            let _ = writeln!(text, "{:<18} {:<11}{each}", compute.name, link.name);
        }
    }
    let _ = writeln!(
        text,
        "\nUseful number of ranks, by batch size over all ranks (most with {percent} %; fastest):"
    );
    let batches = [256.0, 1024.0, 4096.0, 16_384.0, 65_536.0];
    let heading: String = batches.map(|batch| format!("{:>13}", short(batch))).concat();
    let _ = writeln!(text, "{:<18} {:<11}{heading}", "network", "link");
    for compute in networks {
        for link in links {
            let prediction = Prediction { compute, link, sent: Sent::InFull };
            let each: String = batches
                .map(|batch| {
                    format!("{:>6};{:>6}", prediction.paying(batch), prediction.quickest(batch))
                })
                .concat();
            let _ = writeln!(text, "{:<18} {:<11}{each}", compute.name, link.name);
        }
    }
    text
}

/// The effect of sending less: the fraction of time that each rank computes, and the links on which
/// rounding pays off.
pub(crate) fn less_sent(
    networks: &[Compute],
    links: &[Link],
    rows: f64,
    ways: &[Sent],
    adding: f64,
) -> String {
    const RANKS: usize = 16;
    let mut text = format!(
        "\nFraction of time that each of {RANKS} ranks computes, {rows} rows each, by what is \
         sent: each gradient, or averages of parameters and of Adam's state\n"
    );
    let heading: String = ways.iter().map(|sent| format!("{:>10}", sent.to_string())).collect();
    let _ = writeln!(text, "{:<18} {:<11}{heading}", "network", "link");
    for compute in networks {
        for link in links {
            let with = |sent| Prediction { compute, link, sent };
            let share = |sent: &Sent| 100.0 * with(*sent).efficiency(RANKS, rows);
            let each: String = ways.iter().map(|sent| format!("{:>9.0}%", share(sent))).collect();
            let _ = writeln!(text, "{:<18} {:<11}{each}", compute.name, link.name);
        }
    }
    let rounded = ways.iter().find(|sent| matches!(sent, Sent::InBf16 { .. }));
    if let (Some(&sent), Some(compute), Some(link)) = (rounded, networks.last(), links.first()) {
        match (Prediction { compute, link, sent }).pays_below(RANKS, adding) {
            Some(bits) => {
                _ = writeln!(text, "bf16 pays off on links below {:.1} Gbit/s", bits / 1e9)
            }
            None => text += "bf16 pays off on no link\n",
        }
    }
    text
}

/// An integer in few characters.
fn short(number: f64) -> String {
    match number {
        n if n >= 1e6 => format!("{:.1}M", n / 1e6),
        n if n >= 1e4 => format!("{:.0}k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// Samples per second over ranks, relative to one rank: a panel for each link, a line for each
/// network.
pub(crate) fn picture(networks: &[Compute], links: &[Link], rows: f64) -> String {
    const COLOURS: [&str; 3] = ["#1b6ca8", "#c8553d", "#3f7d3f"];
    let (width, height, gap) = (220.0, 220.0, 50.0);
    let steps = f64::from(MOST_RANKS.ilog2());
    let all = gap + links.len() as f64 * (width + gap);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {all} {}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{gap}\" y=\"18\" font-size=\"13\">Speedup of R ranks over one rank, {rows} rows \
         each, by the model</text>\n",
        height + 110.0
    );
    for (number, link) in links.iter().enumerate() {
        let left = gap + number as f64 * (width + gap);
        let (top, bottom) = (50.0, 50.0 + height);
        let x = |ranks: f64| left + ranks.log2() / steps * width;
        let y = |speed: f64| bottom - speed.max(1.0).log2() / steps * height;
        let _ = writeln!(svg, "<text x=\"{left}\" y=\"42\">link: {}</text>", link.name);
        for power in (0..=MOST_RANKS.ilog2()).step_by(2) {
            let value = f64::from(1 << power);
            let (x, y) = (x(value), y(value));
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {top}V{bottom}M{left} {y:.1}H{}\" stroke=\"#e4e4e4\" \
                 fill=\"none\"/>\
                 <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{value}</text>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
                left + width,
                bottom + 15.0,
                left - 4.0,
                y + 4.0
            );
        }
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {bottom}L{} {top}\" stroke=\"#999\" stroke-dasharray=\"3 3\" \
             fill=\"none\"/>\
             <text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">ranks</text>",
            left + width,
            left + width / 2.0,
            bottom + 30.0
        );
        for (compute, colour) in networks.iter().zip(COLOURS) {
            let prediction = Prediction { compute, link, sent: Sent::InFull };
            let speed = |ranks: usize| ranks as f64 * prediction.efficiency(ranks, rows);
            let points: String = ranks()
                .map(|ranks| format!("{:.1},{:.1} ", x(ranks as f64), y(speed(ranks))))
                .collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{points}\" stroke=\"{colour}\" stroke-width=\"2\" \
                 fill=\"none\"/>"
            );
        }
    }
    for (number, (compute, colour)) in networks.iter().zip(COLOURS).enumerate() {
        let (x, y) = (gap + number as f64 * 190.0, height + 98.0);
        let _ = writeln!(
            svg,
            "<path d=\"M{x} {}h18\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"{}\" \
             y=\"{y}\">{}</text>",
            y - 4.0,
            x + 24.0,
            compute.name
        );
    }
    svg + "</svg>\n"
}
