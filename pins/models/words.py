"""The words that published pins are made of: what tolerant search and digesting look up.

One row per word of the search column, kept by triggers of `PublicPin` in the transaction of
every change, so that no word of a pin that is gone is ever offered to anybody.
"""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from pins.models.triggers import after_statement

# Numbers, references and addresses are no words; nobody mistypes what is shorter.
WORD = "^[[:alpha:]]{3,40}$"


class SearchWord(models.Model):
    """A stemmed word without accents, and the number of published pins it stands in."""

    # Compared byte by byte: words that begin alike are a range of the index.
    word = models.CharField(max_length=40, primary_key=True, db_collation="C")
    # As somebody wrote it: "Zebrastreifen" for "zebrastreif".
    spelling = models.CharField(max_length=120)
    n = models.IntegerField()

    class Meta:
        verbose_name = _("word of published contributions")
        verbose_name_plural = _("words of published contributions")
        indexes = [
            GinIndex(
                fields=["word"], name="searchword_alike", opclasses=["gin_trgm_ops"]
            ),
            # Compounds end in what they are: a "Fahrradweg" is a "Radweg".
            models.Index(Func(F("word"), function="reverse"), name="searchword_ends"),
            models.Index(
                fields=["word"],
                name="searchword_unspelled",
                condition=models.Q(spelling=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spelling}: {self.n}"


_INSERTED = "SELECT 1 AS sign, search FROM changed"
_DELETED = "SELECT -1 AS sign, search FROM before"
# What an update leaves alone in words is not counted anew.
_UPDATED = """
    SELECT sign, CASE sign WHEN 1 THEN changed.search ELSE before.search END AS search
    FROM before JOIN changed USING (id), (VALUES (1), (-1)) signs (sign)
    WHERE before.search <> changed.search
"""
_COUNT = """
    MERGE INTO pins_searchword known
    USING (
        SELECT word, sum(sign)::integer AS n
        FROM ({moved}) moved, LATERAL unnest(tsvector_to_array(search)) word
        WHERE word ~ '{word}'
        GROUP BY word
        HAVING sum(sign) <> 0
    ) step
    ON known.word = step.word
    WHEN MATCHED AND known.n + step.n = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET n = known.n + step.n
    WHEN NOT MATCHED THEN INSERT (word, spelling, n) VALUES (step.word, '', step.n);
"""
# The shortest form that was written: rather "Schule" than "Schulen".
_SPELL = """
    IF EXISTS (SELECT FROM pins_searchword WHERE spelling = '') THEN
        UPDATE pins_searchword fresh SET spelling = written.token
        FROM (
            SELECT DISTINCT ON (word) word, token
            FROM (
                SELECT DISTINCT left(token, 120) AS token
                FROM changed, LATERAL ts_parse(
                    'default', concat_ws(' ', title, text, place_note)
                )
            ) tokens,
            LATERAL unnest(ts_lexize('pins_german_stem', unaccent(token))) word
            ORDER BY word, length(token), token COLLATE "C"
        ) written
        WHERE fresh.spelling = '' AND fresh.word = written.word;
        UPDATE pins_searchword SET spelling = word WHERE spelling = '';
    END IF;
"""


def count_words() -> list[pgtrigger.Trigger]:
    """Return the triggers that bring the words up to date with the public pins.

    As for the cells, the version's row (see `next_version`) lets one transaction at a time
    through, as MERGE needs.
    """
    count = {
        moved: _COUNT.format(moved=moved, word=WORD)
        for moved in (_INSERTED, _UPDATED, _DELETED)
    }
    return [
        after_statement(
            "words_inserted",
            pgtrigger.Insert,
            f"{count[_INSERTED]}{_SPELL} RETURN NULL;",
            new="changed",
        ),
        after_statement(
            "words_updated",
            pgtrigger.Update,
            f"{count[_UPDATED]}{_SPELL} RETURN NULL;",
            old="before",
            new="changed",
        ),
        after_statement(
            "words_deleted",
            pgtrigger.Delete,
            f"{count[_DELETED]} RETURN NULL;",
            old="before",
        ),
    ]
