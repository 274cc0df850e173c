"""Documents on their way from PostgreSQL to the client, in constant memory.

`COPY … TO STDOUT` hands the lines over as the database makes them; Python moves bytes,
about 64 kB at a time. A client that goes away closes the generator, and that ends the
query and frees its connection.
"""

import zlib
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any

import zstandard
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from exports.lines import Document
from exports.progress import watched
from layers.compression import choose_encoding

CHUNK = 64 * 1024
SETTINGS = """
    -- A slow client may take its time: the limit of the site's other queries is shorter.
    SET LOCAL statement_timeout = '15min';
    -- Rows in the order of an index, so that the first leaves before the last is read:
    -- sorting would first make all lines and only then send one.
    SET LOCAL enable_sort = off;
"""
# The other formats quote or escape what is in a line, and look at each byte for that.
LINE_OPTIONS = "FORMAT binary, ENCODING 'UTF8'"
# What comes before the first row and after the last, and before the value of a row with
# one column: PostgreSQL's manual on COPY, "Binary Format".
BINARY_SIGNATURE, BINARY_HEADER = b"PGCOPY\n", 19
ROW_HEADER = 6
ROWS_AT_ONCE = 2_000
# Each value by itself, as `geo.point_tables` reads them.
TABLE_OPTIONS = "FORMAT csv, ENCODING 'UTF8'"


def lines_of(query: QuerySet[Any, Any]) -> Generator[memoryview]:
    """Yield the values of a query with one text column that is never null, in UTF-8.

    Nothing runs before the first is asked for.
    """
    # Each message of the server holds one row: its manual promises that of COPY TO.
    with closing(_copy(query, LINE_OPTIONS)) as rows:
        for row in rows:
            value = memoryview(row)
            if row[:7] == BINARY_SIGNATURE:
                value = value[BINARY_HEADER:]
            if len(value) >= ROW_HEADER:
                yield value[ROW_HEADER:]


def table_rows(rows: QuerySet[Any, Any]) -> Generator[bytes]:
    """Yield the rows of a query as CSV, one at a time; a missing value is empty."""
    return _copy(rows, TABLE_OPTIONS)


def values_of(rows: QuerySet[Any, Any]) -> Generator[tuple[Any, ...]]:
    """Yield the rows of a query as Python values, some at a time in memory.

    An iterator of Django would read them all at once: with a pooler of connections it
    may keep no cursor open, as this one does within its transaction.
    """
    sql, parameters = rows.query.sql_with_params()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
        with closing(connection.chunked_cursor()) as cursor:
            cursor.execute(sql, parameters)
            found = iter(lambda: cursor.fetchmany(ROWS_AT_ONCE), [])
            yield from watched(row for chunk in found for row in chunk)


def _copy(rows: QuerySet[Any, Any], options: str) -> Generator[bytes]:
    sql, parameters = rows.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        # COPY takes no parameters: psycopg writes them into the statement, quoted.
        query = cursor.mogrify(sql, parameters)
        with cursor.copy(f"COPY ({query}) TO STDOUT WITH ({options})") as copy:
            yield from watched(copy)


def chunks_of(document: Document) -> Generator[bytes]:
    """Yield the document: head and first row at once, then about 64 kB at a time."""
    buffer = bytearray(document.head.encode())
    skip, limit = len(document.lead.encode()), 0
    line_end, dropped = document.line_end.encode(), document.dropped.encode()
    with closing(lines_of(document.lines)) as lines:
        for line in lines:
            part = line[skip:]
            buffer += bytes(part).replace(dropped, b"") if dropped else part
            buffer += line_end
            skip = 0
            if len(buffer) >= limit:
                yield bytes(buffer)
                buffer.clear()
                limit = CHUNK
    buffer += document.tail.encode()
    # An empty chunk would end an answer in some servers' eyes.
    if buffer:
        yield bytes(buffer)


def compressed(chunks: Generator[bytes], encoding: str) -> Generator[bytes]:
    """Yield the chunks compressed ("zstd" or "gzip"), the first of them whole at once."""
    encoder = ENCODERS[encoding]()
    with closing(chunks):
        for number, chunk in enumerate(chunks):
            data = encoder.compress(chunk)
            if number == 0:
                data += encoder.flush(encoder.pause)
            if data:
                yield data
    yield encoder.flush(encoder.end)


# Level 1 in both: a higher one costs more time than the line saves.
class _Gzip:
    pause, end = zlib.Z_SYNC_FLUSH, zlib.Z_FINISH

    def __init__(self) -> None:
        encoder = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
        self.compress, self.flush = encoder.compress, encoder.flush


class _Zstandard:
    pause = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    end = zstandard.COMPRESSOBJ_FLUSH_FINISH

    def __init__(self) -> None:
        encoder = zstandard.ZstdCompressor(level=1).compressobj()
        self.compress, self.flush = encoder.compress, encoder.flush


# What is offered, the better one first.
ENCODERS: dict[str, type[_Gzip] | type[_Zstandard]] = {
    "zstd": _Zstandard,
    "gzip": _Gzip,
}


def respond(
    request: HttpRequest, document: Document, content_type: str
) -> StreamingHttpResponse:
    """Answer with the document, compressed where the client can read that.

    HEAD is answered with the same headers and asks the database nothing.
    """
    chunks: Iterable[bytes] = ()
    wanted = request.headers.get("Accept-Encoding", "")
    encoding = choose_encoding(wanted, list(ENCODERS))
    if request.method == "GET":
        chunks = chunks_of(document)
        if encoding:
            chunks = compressed(chunks, encoding)
    response = StreamingHttpResponse(chunks, content_type=content_type)
    if encoding:
        response["Content-Encoding"] = encoding
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
