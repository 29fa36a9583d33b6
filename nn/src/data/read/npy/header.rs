//! The header of a `.npy` file: a Python dictionary with three keys.

/// The values of the three keys.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub(super) descr: String,
    pub(super) is_fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`; `None` if the text is
/// anything else.
pub(super) fn parse(text: &str) -> Option<Header> {
    let mut rest = Rest(text);
    let (mut descr, mut is_fortran, mut shape) = (None, None, None);
    rest.take("{")?;
    while rest.take("}").is_none() {
        let key = rest.string()?;
        rest.take(":")?;
        match key {
            "descr" if descr.is_none() => descr = Some(rest.descr()?.to_string()),
            "fortran_order" if is_fortran.is_none() => {
                is_fortran = Some(rest.take("True").is_some());
                if is_fortran == Some(false) {
                    rest.take("False")?;
                }
            }
            "shape" if shape.is_none() => shape = Some(rest.shape()?),
            _ => return None,
        }
        if rest.take(",").is_none() {
            rest.take("}")?;
            break;
        }
    }
    let header = Header { descr: descr?, is_fortran: is_fortran?, shape: shape? };
    rest.0.trim().is_empty().then_some(header)
}

/// The text that has not been parsed yet.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    /// Consumes `word` if it comes next.
    fn take(&mut self, word: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(word)?;
        Some(())
    }

    /// The text between quotes of either kind.
    fn string(&mut self) -> Option<&'t str> {
        let quote = if self.take("'").is_some() { '\'' } else { self.take("\"").map(|()| '"')? };
        let (string, rest) = self.0.split_once(quote)?;
        self.0 = rest;
        Some(string)
    }

    /// The element type. A list, for records, is returned as text.
    fn descr(&mut self) -> Option<&'t str> {
        if self.0.trim_start().starts_with('[') {
            let end = self.0.rfind(']')?;
            let (list, rest) = self.0.split_at(end + 1);
            self.0 = rest;
            return Some(list.trim_start());
        }
        self.string()
    }

    /// Integers in parentheses.
    fn shape(&mut self) -> Option<Vec<usize>> {
        self.take("(")?;
        let (inside, rest) = self.0.split_once(')')?;
        self.0 = rest;
        let inside = inside.trim();
        let inside = inside.strip_suffix(',').unwrap_or(inside);
        if inside.is_empty() {
            return Some(Vec::new());
        }
        // Python 2 wrote `3L`.
        let number = |text: &str| text.trim().trim_end_matches('L').parse().ok();
        inside.split(',').map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_read_as_python_reads_it() {
        for (text, shape, is_fortran) in [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", vec![3, 4], false),
            ("{\"shape\":(3,),\"fortran_order\":True,\"descr\":\"<f4\"}  \n", vec![3], true),
            (" { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( ) } ", vec![], false),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }", vec![3, 4], false),
        ] {
            let header = Header { descr: "<f4".into(), is_fortran, shape };
            assert_eq!(parse(text), Some(header), "{text}");
        }
        let list =
            "{'descr': [('a', '<f4'), ('b', '<i8')], 'fortran_order': False, 'shape': (3,), }";
        assert_eq!(parse(list).unwrap().descr, "[('a', '<f4'), ('b', '<i8')]");
        for text in [
            "",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
