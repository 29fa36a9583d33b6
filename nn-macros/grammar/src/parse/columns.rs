//! `columns { area: number(log), city: category(12) }`: the types of a table's columns.

use super::declaration::docs;
use crate::ast::Column;
use crate::tokens::{
    Cursor, Name, Report, Token, integer, option, place, shown, split_at_commas, string, written,
};
use crate::vocabulary::{
    COLUMNS, ColumnForm, ColumnKind, ColumnWord, Layer, column_meant_by, listed,
};

/// The largest number of words of one column with their own index.
const MOST_WORDS: u64 = 100_000;

/// Reads the columns between the braces.
pub(super) fn columns(layer: &Layer, group: &Token, report: &mut Report) -> Vec<Column> {
    let mut columns = Vec::new();
    for (at, tokens) in split_at_commas(&group.inner).into_iter().enumerate() {
        let mut cursor = Cursor::new(tokens, report);
        if let Some(column) = column(at + 1, &mut cursor, group) {
            columns.push(column);
        }
    }
    if group.inner.is_empty() {
        report.error(
            &group.place,
            format!("write what each column of a row holds, {}", layer.example),
        );
    }
    columns
}

/// Reads the column with this number, counted from 1; `None` if a mistake is reported instead.
fn column(number: usize, cursor: &mut Cursor<'_, '_>, group: &Token) -> Option<Column> {
    let docs = docs(cursor, "a column");
    let Some(first) = cursor.peek(0) else {
        cursor
            .report
            .error(&group.place, "there is nothing between two commas; leave one of them out");
        return None;
    };
    if let Some((option, _)) = option(cursor.rest()) {
        let advice = format!(
            "`columns` has no option `{option}`; write a column as `{option}: number`, or leave \
             this out"
        );
        cursor.unexpected(advice);
        return None;
    }
    let quoted = first.literal().and_then(string);
    let name = cursor.name().or_else(|| Some(Name::new(quoted.as_ref()?, &first.place)));
    let Some(mut name) = name.filter(|_| cursor.sign(1, ':')) else {
        let found = written(cursor.rest());
        let advice = format!(
            "write a name and what the column holds, as in `area: number`, instead of `{found}`"
        );
        cursor.report.error(&place(cursor.rest()), advice);
        return None;
    };
    if quoted.is_some() && !cursor.report.is_at_run_time() {
        let advice = "the name of a column becomes a field, so it must be an identifier without \
                      quotes; write another name, and rename the table's column with \
                      `Column::renamed`";
        cursor.unexpected(advice);
        name = Name::numbered("column", number, &name.place);
    }
    cursor.at += 2;
    Some(Column { docs, form: form(&name, cursor)?, name })
}

/// Reads the type of the column of this name.
fn form(name: &Name, cursor: &mut Cursor<'_, '_>) -> Option<ColumnForm> {
    let plain = name.plain();
    let Some(word) = cursor.name() else {
        let what =
            format!("what the column `{plain}` holds: {}, {}", listed(COLUMNS), COLUMNS[0].example);
        match cursor.peek(0) {
            Some(found) => {
                let advice = format!("write {what}, instead of `{}`", shown(found));
                cursor.unexpected(advice);
            }
            None => cursor.report.error(&name.place, format!("write {what}")),
        }
        return None;
    };
    let known = COLUMNS.iter().find(|row| row.word == word.text);
    let row = known.or_else(|| {
        let advice = match column_meant_by(&word.text) {
            Some(row) => format!("unknown column type `{}`; write `{}`", word.text, row.word),
            None => {
                format!("unknown column type `{}`; write one of {}", word.text, listed(COLUMNS))
            }
        };
        cursor.unexpected(advice);
        column_meant_by(&word.text)
    })?;
    cursor.at += 1;
    let group = cursor.group(0, None);
    cursor.at += usize::from(group.is_some());
    if !cursor.is_at_end() {
        let rest = cursor.rest();
        let advice = format!("unexpected `{}` after a column; leave it out", written(rest));
        cursor.report.error(&place(rest), advice);
    }
    options(row, plain, &word, group, cursor.report)
}

/// Reads the options in the parentheses after the word.
fn options(
    row: &'static ColumnWord,
    name: &str,
    word: &Name,
    group: Option<&Token>,
    report: &mut Report,
) -> Option<ColumnForm> {
    let mut form = ColumnForm { kind: row.kind, complete: false };
    let is_category = matches!(row.kind, ColumnKind::Category { .. });
    let mut kept = None;
    for part in group.map(|group| split_at_commas(&group.inner)).unwrap_or_default() {
        match (part, &mut form.kind) {
            ([only], ColumnKind::Number { log }) if only.word() == Some("log") => *log = true,
            ([only], _) if only.word() == Some("complete") => form.complete = true,
            ([only], ColumnKind::Category { .. })
                if kept.is_none() && only.literal().and_then(integer).is_some() =>
            {
                kept = Some(words(only, name, report));
            }
            _ => {
                let takes = match (row.kind, is_category) {
                    (_, true) => "the number of words with their own index and `complete`",
                    (ColumnKind::Number { .. }, _) => "`log` and `complete`",
                    _ => "`complete`",
                };
                let advice = format!("`{}` takes {takes}; leave `{}` out", row.word, written(part));
                report.error(&place(part), advice);
            }
        }
    }
    if !is_category {
        return Some(form);
    }
    if kept.is_none() {
        let place = group.map_or(&word.place, |group| &group.place);
        let advice = format!(
            "write how many words of `{name}` have their own index, {}; rarer words share one",
            row.example
        );
        report.error(place, advice);
    }
    form.kind = ColumnKind::category(kept.unwrap_or(1));
    Some(form)
}

/// Reads the number of words with their own index.
fn words(token: &Token, name: &str, report: &mut Report) -> usize {
    let written = token.literal().unwrap_or_default();
    let number = integer(written).filter(|number| number.suffix.is_empty());
    match number.and_then(|number| number.value) {
        Some(number @ 1..=MOST_WORDS) => number as usize,
        _ => {
            let advice = format!(
                "`{written}` is not a number of words of `{name}`; write an integer from 1 to \
                 {MOST_WORDS}"
            );
            report.error(&token.place, advice);
            1
        }
    }
}
