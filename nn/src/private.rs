//! What the code that `network!` writes calls, and nobody else should: checks of widths that are
//! constants, which the macro cannot know and the compiler can.

/// What `network!` writes for programs with the standard library: all of it, or nothing where this crate
/// is built without.
#[cfg(feature = "std")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => { $($item)* };
}

/// The same, where this crate is built without the standard library.
#[cfg(not(feature = "std"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => {};
}

/// Refuses a width that is zero, given a layer's name and the width as it is written there.
#[track_caller]
pub const fn check_width<const WIDTH: usize>(layer: &str, written: &str) {
    if WIDTH == 0 {
        let message = Message::new()
            .text("a width of layer `")
            .text(layer)
            .text("` is zero: `")
            .text(written)
            .text("` = 0; a layer has 1 unit or more");
        panic!("{}", message.as_str());
    }
}

/// Refuses neighbours that do not fit, given the name of each layer and its width as it is written
/// there.
#[track_caller]
pub const fn check_widths<const GIVEN: usize, const TAKEN: usize>(
    before: &str,
    given: &str,
    layer: &str,
    taken: &str,
) {
    if GIVEN != TAKEN {
        let message = Message::new()
            .text("layer `")
            .text(layer)
            .text("` takes ")
            .width(taken, TAKEN)
            .text(" inputs but layer `")
            .text(before)
            .text("` gives ")
            .width(given, GIVEN)
            .text(" outputs; make them equal or leave the input of `")
            .text(layer)
            .text("` out");
        panic!("{}", message.as_str());
    }
}

/// A text put together at compile time.
struct Message {
    bytes: [u8; 1024],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    /// Appends `text`, or only dots where it would not fit.
    const fn text(mut self, text: &str) -> Self {
        let text = if self.length + text.len() + 3 > self.bytes.len() { "..." } else { text };
        let mut at = 0;
        while at < text.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = text.as_bytes()[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    /// Appends a number.
    const fn number(mut self, number: usize) -> Self {
        let mut power = 1;
        while number / power >= 10 {
            power *= 10;
        }
        while power > 0 && self.length < self.bytes.len() {
            self.bytes[self.length] = b'0' + (number / power % 10) as u8;
            self.length += 1;
            power /= 10;
        }
        self
    }

    /// Appends `INPUT = 784`, or `784` where the number itself was written.
    const fn width(self, written: &str, width: usize) -> Self {
        match written.as_bytes() {
            [b'0'..=b'9', ..] if is_number(written) => self.number(width),
            _ => self.text("`").text(written).text("` = ").number(width),
        }
    }

    const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "the widths of two neighbouring layers differ",
        }
    }
}

/// Whether `text` is nothing but digits.
const fn is_number(text: &str) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !text.as_bytes()[at].is_ascii_digit() {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const _: () = check_widths::<128, 128>("hidden", "HIDDEN", "output", "128");

    #[test]
    #[should_panic(
        expected = "layer `output` takes 64 inputs but layer `hidden` gives `HIDDEN` = 128 \
                    outputs; make them equal or leave the input of `output` out"
    )]
    fn neighbours_that_do_not_fit_are_named_with_both_widths() {
        check_widths::<128, 64>("hidden", "HIDDEN", "output", "64");
    }

    #[test]
    #[should_panic(expected = "a width of layer `hidden` is zero: `cfg::HIDDEN` = 0")]
    fn zero_is_no_width() {
        check_width::<0>("hidden", "cfg::HIDDEN");
    }

    #[test]
    fn a_long_text_ends_in_dots() {
        let long = "é".repeat(600);
        let message = Message::new().text("a").text(&long).number(0).number(usize::MAX);
        assert_eq!(message.as_str(), format!("a...0{}", usize::MAX));
    }
}
