"""Has PyArrow write the files of this folder, and what is in those that are sound into cells.txt.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1
    venv/bin/python nn/tests/parquet/make.py

A line of cells.txt is a table, a column, its kind, and each cell behind a `|`, empty where it is missing; a line that begins with
`file` says which table a file holds. The files are committed: the tests need neither Python nor this script.
"""

import datetime
import decimal
import pathlib

import pyarrow
import pyarrow.parquet

folder = pathlib.Path(__file__).parent
lines = []
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def days(x):
    if isinstance(x, datetime.datetime):
        return (x.replace(tzinfo=UTC) - EPOCH) / datetime.timedelta(days=1)
    return (x - EPOCH.date()).days


def kind(type):
    if pyarrow.types.is_boolean(type):
        return "yes/no"
    if pyarrow.types.is_date(type) or pyarrow.types.is_timestamp(type):
        return "date"
    if pyarrow.types.is_string(type) or pyarrow.types.is_large_string(type) or pyarrow.types.is_dictionary(type):
        return "category"
    return "number"


def cell(x, of):
    if x is None or x == "" or x != x:
        return ""
    if of == "yes/no":
        return "yes" if x else "no"
    if of == "date":
        return repr(float(days(x)))
    return x if of == "category" else repr(float(x))


def tell(name, columns):
    table = pyarrow.table(columns)
    for column in table.column_names:
        of = kind(table.schema.field(column).type)
        cells = "".join("|" + cell(x, of) for x in table[column].to_pylist())
        lines.append(f"{name} {column} {of} {cells}")


def write(name, columns, holds=None, **options):
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet", store_schema=False, **options)
    if holds:
        lines.append(f"file {name} {holds}")


def array(values, type):
    return pyarrow.array(values, type=type)


day = datetime.date
small = {
    "x": array([1.5, None, -2.0], pyarrow.float32()),
    "who": array(["b", "a", "b"], pyarrow.string()),
    "is": array([True, None, False], pyarrow.bool_()),
    "when": array([day(2026, 11, 28), None, day(1969, 12, 31)], pyarrow.date32()),
}
tell("small", small)
write("small", small, "small", write_statistics=False)

count = 300
mixed = {
    # Repeated, so that it is a dictionary; many, so that the dictionary is given up; sorted, in runs.
    "few": array([None if i % 7 == 3 else i % 5 - 2 for i in range(count)], pyarrow.int64()),
    "many": array([None if i % 11 == 0 else i * i * 0.37 for i in range(count)], pyarrow.float64()),
    "single": array([i / 3 if i % 2 else float("nan") for i in range(count)], pyarrow.float32()),
    "sorted": array([i // 40 for i in range(count)], pyarrow.int32()),
    "small": array([i % 256 - 128 for i in range(count)], pyarrow.int8()),
    "unsigned": array([2**32 - 1 - i for i in range(count)], pyarrow.uint32()),
    "unsigned_short": array([65535 - i for i in range(count)], pyarrow.uint16()),
    "largest": array([2**53 - i if i % 2 else -(2**53) + i for i in range(count)], pyarrow.int64()),
    "city": array([None if i % 9 == 0 else ["Rome", "Oslo", "", "Orléans"][i % 4] for i in range(count)], pyarrow.string()),
    "street": array([f"street {i * 7919 % count}" for i in range(count)], pyarrow.large_string()),
    "coded": array([["x", "y", None][i % 3] for i in range(count)], pyarrow.string()).dictionary_encode(),
    "flag": array([None if i % 13 == 0 else i % 3 == 0 for i in range(count)], pyarrow.bool_()),
    "sure": array([i % 5 < 2 for i in range(count)], pyarrow.bool_()),
    "born": array([None if i % 8 == 7 else day(1950, 1, 1) + datetime.timedelta(days=13 * i) for i in range(count)], pyarrow.date32()),
    "seen": array([EPOCH + datetime.timedelta(hours=7 * i, seconds=i) for i in range(count)], pyarrow.timestamp("us")),
    "milli": array([EPOCH - datetime.timedelta(minutes=i) for i in range(count)], pyarrow.timestamp("ms", tz="UTC")),
    "price": array([None if i % 6 == 0 else decimal.Decimal(i - 1000) / 100 for i in range(count)], pyarrow.decimal128(9, 2)),
    "sum": array([decimal.Decimal(i - 1000) * 12345678 / 1000 for i in range(count)], pyarrow.decimal128(25, 3)),
    "never": array([None] * count, pyarrow.float64()),
    "nothing": pyarrow.nulls(count),
}
tell("mixed", mixed)
write("snappy", mixed, "mixed", data_page_size=300, dictionary_pagesize_limit=400, write_batch_size=40, row_group_size=170)
write("gzip", mixed, "mixed", compression="gzip", row_group_size=299)
write("zstd", mixed, "mixed", compression="zstd", row_group_size=299)
write("plain", mixed, "mixed", compression="none", use_dictionary=False, store_decimal_as_integer=True)
write("second", mixed, "mixed", data_page_version="2.0", data_page_size=300, write_batch_size=40, row_group_size=170,
      compression="snappy", column_encoding={"flag": "RLE", "sure": "RLE"}, use_dictionary=["few", "city", "coded"])
tell("times", {"seen": mixed["seen"]})
write("spark", {"seen": mixed["seen"]}, "times", use_deprecated_int96_timestamps=True)
empty = {name: column[:0] for name, column in mixed.items()}
tell("empty", empty)
write("empty", empty, "empty")
whole = pyarrow.schema([pyarrow.field("x", pyarrow.int64(), nullable=False)])
tell("whole", pyarrow.table({"x": [3, 1, 2]}, schema=whole))
write("whole", pyarrow.table({"x": [3, 1, 2]}, schema=whole), "whole")

# What no table has, or this reader does not read.
write("nested", {"pair": array([[1, 2], [3]], pyarrow.list_(pyarrow.int64()))})
write("times", {"at": array([datetime.time(1, 2)], pyarrow.time64("us"))})
write("bytes", {"raw": array([b"\xff\0"], pyarrow.binary())})
write("large", {"id": array([1, 2**53 + 1], pyarrow.int64())})
write("brotli", {"x": array([1.0] * 9, pyarrow.float64())}, compression="brotli")
write("delta", {"x": array([1, 2, 3], pyarrow.int64())}, use_dictionary=False,
      column_encoding={"x": "DELTA_BINARY_PACKED"})

note = f"# Made by make.py with PyArrow {pyarrow.__version__}. Do not edit.\n"
(folder / "cells.txt").write_text(note + "\n".join(lines) + "\n")
