//! Tests of pictures: which shapes are drawn, that they are inside the picture, that labels do not
//! overlap, that it is XML.

use super::canvas::{Font, escaped};
use super::picture;
use crate::head::HeadInfo;
use crate::layer::{Info, LayerInfo};

const SOFTMAX: HeadInfo = HeadInfo::One("softmax");
const LINEAR: HeadInfo = HeadInfo::One("linear");

const fn dense(inputs: usize, outputs: usize, activation: &'static str) -> Info {
    let layer = LayerInfo::new("dense", inputs, outputs);
    Info::Layer(LayerInfo { activation, params: inputs * outputs + outputs, ..layer })
}

const fn other(kind: &'static str, width: usize, option: &'static str) -> Info {
    Info::Layer(LayerInfo { option, ..LayerInfo::new(kind, width, width) })
}

/// The layers one after another.
fn chain(layers: impl IntoIterator<Item = Info>) -> &'static Info {
    let mut layers = layers.into_iter().map(|layer| &*Box::leak(Box::new(layer)));
    let first = layers.next().expect("a layer");
    layers.fold(first, |before, layer| Box::leak(Box::new(Info::Then(before, layer))))
}

fn digits() -> String {
    let layers = chain([dense(784, 128, "relu"), dense(128, 10, "linear")]);
    picture("Digits", &["hidden", "output"], layers, &SOFTMAX)
}

/// Pictures of all kinds of networks.
fn pictures() -> Vec<String> {
    let block = || {
        let layers = [other("layer_norm", 64, ""), dense(64, 64, "gelu"), dense(64, 64, "linear")];
        Info::Residual(chain(layers))
    };
    static ENCODER: Info = Info::Nested {
        name: "Encoder",
        names: &["wide", "code"],
        layers: &Info::Then(&dense(784, 64, "relu"), &dense(64, 8, "linear")),
    };
    static INPUTS: Info = Info::Concat(&dense(784, 64, "relu"), &other("input", 4, ""));
    static HEADS: Info = Info::Heads(
        &dense(64, 10, "linear"),
        &Info::Heads(
            &dense(64, 3, "linear"),
            &Info::Then(&dense(64, 8, "relu"), &dense(8, 1, "linear")),
        ),
    );
    static THREE: HeadInfo =
        HeadInfo::Both(&SOFTMAX, &HeadInfo::Both(&HeadInfo::One("sigmoid"), &LINEAR));
    vec![
        digits(),
        picture("One", &[], &dense(1, 1, "linear"), &LINEAR),
        picture("Blocks", &["stem"], chain([dense(5, 64, "linear"), block(), block()]), &SOFTMAX),
        picture(
            "Auto",
            &["encoder", "pixels"],
            &Info::Then(&ENCODER, &const { dense(8, 784, "linear") }),
            &SOFTMAX,
        ),
        picture(
            "Two",
            &["image", "meta"],
            &Info::Then(&INPUTS, &const { dense(68, 3, "linear") }),
            &SOFTMAX,
        ),
        picture("Three", &["trunk"], &Info::Then(&const { dense(9, 64, "relu") }, &HEADS), &THREE),
    ]
}

/// All values of an attribute that are numbers.
fn numbers(svg: &str, attribute: &str) -> Vec<f64> {
    let begin = format!(" {attribute}=\"");
    let values = svg.split(&begin).skip(1);
    values.filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

#[test]
fn every_unit_and_every_connection_is_there() {
    let svg = digits();
    // 784 as 12 and three small ones, 128 as 10 and three, all 10.
    assert_eq!(svg.matches("<circle").count(), 12 + 3 + 10 + 3 + 10);
    let wires: Vec<usize> = svg
        .lines()
        .filter(|line| line.contains("class=\"wire\""))
        .map(|line| line.matches('M').count())
        .collect();
    assert_eq!(wires, [12 * 10, 10 * 10]);
    for text in ["Digits", "784 → 10 · 101,770 parameters", "input", "hidden", "output"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    for text in ["dense 784 → 128", "relu", "100,480", "dense 128 → 10", "softmax", "1,290"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
}

#[test]
fn everything_is_inside() {
    for svg in pictures() {
        let (width, height) = (numbers(&svg, "width")[0], numbers(&svg, "height")[0]);
        for (attribute, limit) in [("cx", width), ("cy", height), ("x", width), ("y", height)] {
            for value in numbers(&svg, attribute) {
                assert!((0.0..=limit).contains(&value), "{attribute} {value} of {limit}: {svg}");
            }
        }
        for path in svg.split(" d=\"").skip(1) {
            let path = path.split('"').next().unwrap_or_default();
            let values = path.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
            for value in values.filter(|value| !value.is_empty()) {
                let value: f64 = value.parse().unwrap();
                assert!((0.0..=width.max(height)).contains(&value), "{value} in {path}");
            }
        }
    }
}

#[test]
fn labels_keep_apart() {
    for svg in pictures() {
        let mut texts = Vec::new();
        for text in svg.split("<text ").skip(1) {
            let font = match () {
                () if text.starts_with("class=\"name\"") => Font::Name,
                () if text.contains("lead\"") || text.starts_with("class=\"title") => continue,
                () => Font::Detail,
            };
            let content = text.split('>').nth(1).unwrap().split('<').next().unwrap();
            let half = font.width(content) / 2.0;
            let place = format!(" {text}");
            texts.push((numbers(&place, "x")[0], numbers(&place, "y")[0], half, content));
        }
        for (at, a) in texts.iter().enumerate() {
            for b in &texts[..at] {
                let apart = (a.0 - b.0).abs() >= a.2 + b.2 || (a.1 - b.1).abs() >= 11.0;
                assert!(apart, "{a:?} and {b:?}");
            }
        }
    }
}

/// Tags are closed in order, and there is no markup where it is not allowed.
#[test]
fn it_is_xml() {
    for svg in pictures() {
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (tag, text) = tag.split_once('>').expect("a tag ends");
            assert!(!text.contains('>'), "{text}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        }
        assert_eq!(open, [""; 0]);
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    }
}

#[test]
fn names_cannot_break_the_document() {
    assert_eq!(escaped("a<b> & \"c\"\n\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot; \u{FFFD}");
    let layer = dense(2, 1, "<script>");
    let svg = picture("A<b>&\"c\"", &["</svg>"], chain([layer, dense(1, 1, "linear")]), &LINEAR);
    assert!(svg.contains("A&lt;b&gt;&amp;&quot;c&quot;"));
    assert!(svg.contains("&lt;/svg&gt;") && svg.contains("&lt;script&gt;"));
    assert_eq!(svg.matches("</svg>").count(), 1);
}

#[test]
fn many_layers_alike_are_left_out() {
    let mut layers = vec![dense(2, 64, "tanh")];
    layers.extend((0..14).map(|_| dense(64, 64, "tanh")));
    layers.push(dense(64, 1, "linear"));
    let svg = picture("Deep", &[], chain(layers), &LINEAR);
    assert!(svg.contains(">12 more</text>"));
    for (name, there) in [("layer2", true), ("layer3", false), ("layer15", true), ("layer16", true)]
    {
        assert_eq!(svg.contains(&format!(">{name}</text>")), there, "{name}");
    }
    // Three are drawn.
    let three =
        [dense(4, 4, "tanh"), dense(4, 4, "tanh"), dense(4, 4, "tanh"), dense(4, 1, "linear")];
    assert!(!picture("Three", &[], chain(three), &LINEAR).contains("more</text>"));
}

#[test]
fn branches_have_their_own_inputs_and_heads() {
    let pictures = pictures();
    let [blocks, auto, two, three] = &pictures[2..] else { panic!("six pictures") };
    assert_eq!(blocks.matches("class=\"skip\"").count(), 2);
    assert!(blocks.contains(">softmax</text>"), "a head of its own after a residual");
    assert!(auto.contains("class=\"frame\"") && auto.contains(">encoder: Encoder</text>"));
    assert!(auto.contains(">wide</text>") && auto.contains(">code</text>"));
    assert!(two.contains(">input</text>") && two.contains(">meta</text>"));
    assert_eq!(two.matches("<g class=\"input\">").count(), 2);
    assert_eq!(three.matches("<g class=\"output\">").count(), 3);
    for head in ["softmax", "sigmoid", "linear"] {
        assert_eq!(three.matches(&format!(">{head}</text>")).count(), 1, "{head}");
    }
}
