"""The words of published pins, and a search that bears mistypings and compounds."""

import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What published pins say already; each word as somebody wrote it, the shortest form first.
# With many of them it takes longer than a request may.
FILL = """
SET LOCAL statement_timeout = 0;
INSERT INTO pins_searchword (word, spelling, n)
SELECT word, '', ndoc
FROM ts_stat('SELECT search FROM pins_publicpin')
WHERE word ~ '^[[:alpha:]]{3,40}$';
UPDATE pins_searchword fresh SET spelling = written.token
FROM (
    SELECT DISTINCT ON (word) word, token
    FROM (
        SELECT DISTINCT left(token, 120) AS token
        FROM pins_publicpin, LATERAL ts_parse(
            'default', concat_ws(' ', title, text, place_note)
        )
    ) tokens,
    LATERAL unnest(ts_lexize('pins_german_stem', unaccent(token))) word
    ORDER BY word, length(token), token COLLATE "C"
) written
WHERE fresh.word = written.word;
UPDATE pins_searchword SET spelling = word WHERE spelling = '';
"""

# Bounded: eight words, twenty forms each, and no look at a pin. In the index of the words
# a range of beginnings, a range of endings, and the alike where both are empty.
WORDS = """
CREATE FUNCTION pins_search_words(words text)
RETURNS TABLE (typed text, word text, n integer, reason text, others text[])
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    -- What stands in quotes or is left out is meant as it was typed.
    loose text := regexp_replace(
        regexp_replace(words, '"[^"]*("|$)', ' ', 'g'), '(^|\\s)-\\S*', ' ', 'g'
    );
    meant text[] := tsvector_to_array(to_tsvector('pins_german', (
        SELECT string_agg(part[1], ' ') FROM regexp_matches(
            words, '("[^"]*"?|-\\S+)', 'g'
        ) part
    )));
    beyond CONSTANT text COLLATE "C" := chr(1114111);
BEGIN
    FOR typed, word IN
        SELECT min(token), lexeme
        FROM ts_parse('default', loose),
            LATERAL unnest(tsvector_to_array(
                to_tsvector('pins_german_query', token)
            )) lexeme
        WHERE tokid IN (1, 2) AND lexeme ~ '^[[:alpha:]]{4,40}$'
            AND lexeme <> ALL (COALESCE(meant, '{}'))
        GROUP BY lexeme ORDER BY lexeme LIMIT 8
    LOOP
        n := COALESCE(
            (SELECT k.n FROM pins_searchword k WHERE k.word = pins_search_words.word), 0
        );
        reason := 'compound';
        others := '{}';
        -- More than twenty: the word is a mere part of words, as "Straße" is.
        IF length(word) >= 6 OR n = 0 THEN
            others := ARRAY(
                SELECT k.word FROM pins_searchword k
                WHERE reverse(k.word) > reverse(pins_search_words.word) COLLATE "C"
                    AND reverse(k.word) < reverse(pins_search_words.word) || beyond
                LIMIT 21
            );
        END IF;
        IF n = 0 AND others = '{}' THEN
            others := ARRAY(
                SELECT k.word FROM pins_searchword k
                WHERE k.word > pins_search_words.word COLLATE "C"
                    AND k.word < pins_search_words.word || beyond
                LIMIT 21
            );
        END IF;
        IF cardinality(others) > 20 THEN
            others := '{}';
        END IF;
        IF n < 3 AND others = '{}' THEN
            reason := 'alike';
            others := ARRAY(
                SELECT near.word
                FROM (
                    SELECT k.word, similarity(k.word, pins_search_words.word) AS likeness,
                        max(similarity(k.word, pins_search_words.word)) OVER () AS best
                    FROM pins_searchword k
                    WHERE k.word % pins_search_words.word
                        AND k.word <> pins_search_words.word
                        AND abs(length(k.word) - length(pins_search_words.word)) <= 3
                        AND similarity(k.word, pins_search_words.word)
                            >= CASE pins_search_words.n WHEN 0 THEN 0.4 ELSE 0.55 END
                        AND k.n >= 10 * pins_search_words.n
                ) near
                WHERE likeness >= best - 0.08
                ORDER BY likeness DESC, near.word
                LIMIT 3
            );
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION pins_search_words IS
    'The words of a web search, and by what other known words each is widened.';
"""

QUERY = """
CREATE OR REPLACE FUNCTION pins_search_query(words text) RETURNS tsquery
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    wanted tsquery := websearch_to_tsquery('pins_german_query', words);
    known record;
BEGIN
    IF numnode(wanted) = 0 THEN
        RETURN websearch_to_tsquery('pins_german', words);
    END IF;
    FOR known IN
        SELECT word, others FROM pins_search_words(words) WHERE others <> '{}'
    LOOP
        wanted := ts_rewrite(
            wanted,
            quote_literal(known.word)::tsquery,
            (SELECT string_agg(quote_literal(form), ' | ')
                FROM unnest(known.word || known.others) form)::tsquery
        );
    END LOOP;
    RETURN wanted;
END;
$$;
"""
NO_QUERY = """
CREATE OR REPLACE FUNCTION pins_search_query(words text) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT CASE WHEN numnode(q) > 0 THEN q
        ELSE websearch_to_tsquery('pins_german', words) END
    FROM (SELECT websearch_to_tsquery('pins_german_query', words) AS q) query
);
DROP FUNCTION pins_search_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pins", "0012_topics_of_news"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "word",
                    models.CharField(
                        db_collation="C",
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("spelling", models.CharField(max_length=120)),
                ("n", models.IntegerField()),
            ],
            options={
                "verbose_name": "word of published contributions",
                "verbose_name_plural": "words of published contributions",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="words_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    MERGE INTO pins_searchword known\n    USING (\n        SELECT word, sum(sign)::integer AS n\n        FROM (SELECT 1 AS sign, search FROM changed) moved, LATERAL unnest(tsvector_to_array(search)) word\n        WHERE word ~ '^[[:alpha:]]{3,40}$'\n        GROUP BY word\n        HAVING sum(sign) <> 0\n    ) step\n    ON known.word = step.word\n    WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n    WHEN MATCHED THEN UPDATE SET n = known.n + step.n\n    WHEN NOT MATCHED THEN INSERT (word, spelling, n) VALUES (step.word, '', step.n);\n\n    IF EXISTS (SELECT FROM pins_searchword WHERE spelling = '') THEN\n        UPDATE pins_searchword fresh SET spelling = written.token\n        FROM (\n            SELECT DISTINCT ON (word) word, token\n            FROM (\n                SELECT DISTINCT left(token, 120) AS token\n                FROM changed, LATERAL ts_parse(\n                    'default', concat_ws(' ', title, text, place_note)\n                )\n            ) tokens,\n            LATERAL unnest(ts_lexize('pins_german_stem', unaccent(token))) word\n            ORDER BY word, length(token), token COLLATE \"C\"\n        ) written\n        WHERE fresh.spelling = '' AND fresh.word = written.word;\n        UPDATE pins_searchword SET spelling = word WHERE spelling = '';\n    END IF;\n RETURN NULL;",
                    hash="b38aa7609059d6ffc85baa35a2f9ed87fa580238",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_words_inserted_434ee",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="words_updated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    MERGE INTO pins_searchword known\n    USING (\n        SELECT word, sum(sign)::integer AS n\n        FROM (\n    SELECT sign, CASE sign WHEN 1 THEN changed.search ELSE before.search END AS search\n    FROM before JOIN changed USING (id), (VALUES (1), (-1)) signs (sign)\n    WHERE before.search <> changed.search\n) moved, LATERAL unnest(tsvector_to_array(search)) word\n        WHERE word ~ '^[[:alpha:]]{3,40}$'\n        GROUP BY word\n        HAVING sum(sign) <> 0\n    ) step\n    ON known.word = step.word\n    WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n    WHEN MATCHED THEN UPDATE SET n = known.n + step.n\n    WHEN NOT MATCHED THEN INSERT (word, spelling, n) VALUES (step.word, '', step.n);\n\n    IF EXISTS (SELECT FROM pins_searchword WHERE spelling = '') THEN\n        UPDATE pins_searchword fresh SET spelling = written.token\n        FROM (\n            SELECT DISTINCT ON (word) word, token\n            FROM (\n                SELECT DISTINCT left(token, 120) AS token\n                FROM changed, LATERAL ts_parse(\n                    'default', concat_ws(' ', title, text, place_note)\n                )\n            ) tokens,\n            LATERAL unnest(ts_lexize('pins_german_stem', unaccent(token))) word\n            ORDER BY word, length(token), token COLLATE \"C\"\n        ) written\n        WHERE fresh.spelling = '' AND fresh.word = written.word;\n        UPDATE pins_searchword SET spelling = word WHERE spelling = '';\n    END IF;\n RETURN NULL;",
                    hash="06c6c127a30788fcf067855f2fed7d9712a22ad2",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_words_updated_a8d23",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="words_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    MERGE INTO pins_searchword known\n    USING (\n        SELECT word, sum(sign)::integer AS n\n        FROM (SELECT -1 AS sign, search FROM before) moved, LATERAL unnest(tsvector_to_array(search)) word\n        WHERE word ~ '^[[:alpha:]]{3,40}$'\n        GROUP BY word\n        HAVING sum(sign) <> 0\n    ) step\n    ON known.word = step.word\n    WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n    WHEN MATCHED THEN UPDATE SET n = known.n + step.n\n    WHEN NOT MATCHED THEN INSERT (word, spelling, n) VALUES (step.word, '', step.n);\n RETURN NULL;",
                    hash="a9b7a4d3cf4f7e391e2f9a422fb087ed75a587dd",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_words_deleted_ff131",
                    referencing="REFERENCING OLD TABLE AS before ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="searchword_alike", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(
                models.Func(models.F("word"), function="reverse"),
                name="searchword_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(
                condition=models.Q(("spelling", "")),
                fields=["word"],
                name="searchword_unspelled",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(WORDS + QUERY, NO_QUERY),
    ]
