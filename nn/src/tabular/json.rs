//! Rows from JSON and other serde formats: `{"area": 84.0, "city": "Rome", "sold": "2024-02-29"}`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{Cells, OwnedRow};
use crate::data::{Cell, days};
use crate::layer::columns::{ColumnForm, ColumnKind, DeclaredColumns};

/// Deserializes a row with a field for each column; [`network!`](crate::network!) calls it for the
/// owned form of a row. An absent or null field is missing; an unknown field is ignored. A date is
/// a text such as `2024-02-29`, or its days since 1970-01-01.
///
/// # Errors
///
/// If a value is not of its column's type; the message names the column.
pub fn deserialize<'de, R: OwnedRow, D: Deserializer<'de>>(from: D) -> Result<R, D::Error> {
    from.deserialize_map(Fields(PhantomData))
}

struct Fields<R>(PhantomData<R>);

/// A value of any column.
enum Value {
    Missing,
    Number(f64),
    Flag(bool),
    Word(String),
}

impl<'de, R: OwnedRow> Visitor<'de> for Fields<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row with the columns {}", R::Columns::NAMES.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        let (names, forms) = (R::Columns::NAMES, R::Columns::FORMS);
        let mut values: Vec<Value> = names.iter().map(|_| Value::Missing).collect();
        while let Some(name) = map.next_key::<String>()? {
            let Some(at) = names.iter().position(|known| *known == name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: Value = map.next_value()?;
            values[at] = value.of(&forms[at]).map_err(|(found, expected)| {
                A::Error::custom(format_args!(
                    "column `{name}` is {found} and should be {expected}"
                ))
            })?;
        }
        let cells = values.iter().map(|value| match value {
            Value::Missing => Cell::Missing,
            Value::Number(number) => Cell::Number(*number),
            Value::Flag(flag) => Cell::YesNo(*flag),
            Value::Word(word) => Cell::Category(word),
        });
        Ok(R::from_cells(Cells::new(cells.collect())))
    }
}

impl Value {
    /// Converts the value to its column's type, or returns what was found and what was expected.
    fn of(self, form: &ColumnForm) -> Result<Self, (String, &'static str)> {
        let expected = match form.kind {
            ColumnKind::Number { .. } => "a number",
            ColumnKind::Category { .. } => "a text",
            ColumnKind::Flag => "true or false",
            ColumnKind::Date => "a date such as \"2024-02-29\"",
        };
        match (form.kind, self) {
            (_, Value::Missing) => Ok(Value::Missing),
            (ColumnKind::Number { .. } | ColumnKind::Date, Value::Number(number)) => {
                Ok(Value::Number(number))
            }
            (ColumnKind::Category { .. }, Value::Word(word)) => Ok(Value::Word(word)),
            // As a table reads such a column where a category is expected.
            (ColumnKind::Category { .. }, Value::Number(number)) => {
                Ok(Value::Word(number.to_string()))
            }
            (ColumnKind::Flag, Value::Flag(flag)) => Ok(Value::Flag(flag)),
            (ColumnKind::Date, Value::Word(text)) => match days(&text) {
                Some(days) => Ok(Value::Number(days)),
                None => Err((format!("{text:?}"), expected)),
            },
            (_, Value::Number(number)) => Err((number.to_string(), expected)),
            (_, Value::Flag(flag)) => Err((flag.to_string(), expected)),
            (_, Value::Word(word)) => Err((format!("{word:?}"), expected)),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text, true, false or null")
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Flag(flag))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number as f64))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(number as f64))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }
            fn visit_str<E>(self, word: &str) -> Result<Value, E> {
                Ok(Value::Word(word.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Missing)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Missing)
            }
            fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
                Value::deserialize(from)
            }
        }
        from.deserialize_any(Any)
    }
}
