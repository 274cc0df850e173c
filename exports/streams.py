"""Documents on their way from PostgreSQL to the client, in constant memory.

`COPY … TO STDOUT` hands the lines over as the database makes them; Python moves bytes,
about 64 kB at a time. A client that goes away closes the generator, and that ends the
query and frees its connection.
"""

import zlib
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from exports.lines import Document
from exports.progress import watched
from layers.compression import accepts_gzip

CHUNK = 64 * 1024
SETTINGS = """
    -- A slow client may take its time: the limit of the site's other queries is shorter.
    SET LOCAL statement_timeout = '15min';
    -- Rows in the order of an index, so that the first leaves before the last is read:
    -- sorting would first make all lines and only then send one.
    SET LOCAL enable_sort = off;
"""
# Text format would double the backslashes of JSON. In CSV format with these two no line
# is ever quoted: JSON escapes control characters, and the CSV export drops them.
COPY_OPTIONS = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02', ENCODING 'UTF8'"


# Each value by itself, as `geo.point_tables` reads them.
TABLE_OPTIONS = "FORMAT csv, ENCODING 'UTF8'"


def copy_out(lines: QuerySet[Any, Any]) -> Generator[bytes]:
    """Yield what `COPY` makes of a query with one text column, each line with its end.

    Where the pieces part is up to the server. Nothing runs before the first is asked for.
    """
    return _copy(lines, COPY_OPTIONS)


def table_rows(rows: QuerySet[Any, Any]) -> Generator[bytes]:
    """Yield the rows of a query as CSV, one at a time; a missing value is empty."""
    return _copy(rows, TABLE_OPTIONS)


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
    with closing(copy_out(document.lines)) as rows:
        for row in rows:
            buffer += row[skip:] if skip else row
            skip = 0
            if len(buffer) >= limit:
                yield _replace(buffer, document)
                buffer.clear()
                limit = CHUNK
    buffer += document.tail.encode()
    # An empty chunk would end an answer in some servers' eyes.
    if buffer:
        yield _replace(buffer, document)


def _replace(buffer: bytearray, document: Document) -> bytes:
    chunk = bytes(buffer)
    for old, new in document.replacements:
        chunk = chunk.replace(old, new)
    return chunk


def gzipped(chunks: Generator[bytes]) -> Generator[bytes]:
    """Yield the chunks compressed, the first of them whole at once.

    Level 1: a higher one costs more time than the line saves.
    """
    encoder = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    flush = zlib.Z_SYNC_FLUSH
    with closing(chunks):
        for chunk in chunks:
            data = encoder.compress(chunk) + encoder.flush(flush)
            flush = zlib.Z_NO_FLUSH
            if data:
                yield data
    yield encoder.flush()


def respond(
    request: HttpRequest, document: Document, content_type: str
) -> StreamingHttpResponse:
    """Answer with the document, compressed where the client can read that.

    HEAD is answered with the same headers and asks the database nothing.
    """
    chunks: Iterable[bytes] = ()
    is_gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    if request.method == "GET":
        chunks = chunks_of(document)
        if is_gzipped:
            chunks = gzipped(chunks)
    response = StreamingHttpResponse(chunks, content_type=content_type)
    if is_gzipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
