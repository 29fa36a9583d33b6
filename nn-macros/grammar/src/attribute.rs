//! Attributes of networks and layers, as far as the notation depends on their effects.

use crate::tokens::{Place, Token, sign, split_at_commas};

/// `#[derive(Debug)]`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its tokens: `#` and the brackets.
    pub tokens: Vec<Token>,
}

/// The effect of an attribute: `derive(Debug)`, always or under conditions.
#[derive(Debug)]
pub struct Effect<'a> {
    /// The conditions of the `cfg_attr` around it, which must all hold.
    pub conditions: Vec<&'a [Token]>,
    /// The effect itself.
    pub tokens: &'a [Token],
}

impl Attribute {
    /// Whether it is `#[name …]`, under no condition.
    pub fn is(&self, name: &str) -> bool {
        Effect { conditions: Vec::new(), tokens: self.inside() }.is(name)
    }

    /// The tokens in the brackets.
    pub fn inside(&self) -> &[Token] {
        self.tokens.last().map_or(&[], |group| &group.inner)
    }

    /// Its effects: `#[cfg_attr(condition, derive(Debug), must_use)]` has two.
    pub fn effects(&self) -> Vec<Effect<'_>> {
        let mut effects = Vec::new();
        collect(Effect { conditions: Vec::new(), tokens: self.inside() }, &mut effects);
        effects
    }
}

fn collect<'a>(effect: Effect<'a>, effects: &mut Vec<Effect<'a>>) {
    let inside = effect.arguments().filter(|_| effect.is("cfg_attr"));
    let parts = inside.map(split_at_commas);
    let Some([condition, others @ ..]) = parts.as_deref() else {
        effects.push(effect);
        return;
    };
    for tokens in others {
        let conditions = effect.conditions.iter().chain([condition]).copied().collect();
        collect(Effect { conditions, tokens }, effects);
    }
}

impl<'a> Effect<'a> {
    /// Whether it is `name …`; `other::name` is something else.
    pub fn is(&self, name: &str) -> bool {
        match self.tokens {
            [first, rest @ ..] => {
                first.word() == Some(name) && rest.first().and_then(sign) != Some(':')
            }
            [] => false,
        }
    }

    /// The tokens in the parentheses after its name.
    pub fn arguments(&self) -> Option<&'a [Token]> {
        let [.., group] = self.tokens else { return None };
        group.delimiter().map(|_| &group.inner[..])
    }

    /// Whether one of its arguments ends in `name`: `derive(Clone, fmt::Debug)`.
    pub fn lists(&self, name: &str) -> bool {
        let parts = self.arguments().map(split_at_commas).unwrap_or_default();
        parts.iter().any(|path| path.last().and_then(Token::word) == Some(name))
    }

    /// Whether one of its arguments is `name` or `name(…)`.
    pub fn lists_call(&self, name: &str) -> bool {
        let parts = self.arguments().map(split_at_commas).unwrap_or_default();
        parts.iter().any(|part| part.first().and_then(Token::word) == Some(name))
    }

    /// Its place.
    pub fn place(&self) -> Place {
        crate::tokens::place(self.tokens)
    }
}
