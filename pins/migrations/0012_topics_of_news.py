from django.db import migrations, models
from django.db.models import Q

# Nobody who has not been told yet is told any more. The news are locked first: whoever
# spreads them meanwhile is waited for, and what they have written is seen.
_WITHDRAW = """
    CREATE FUNCTION pins_withdraw_news(ids bigint[]) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM pins_news WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
        DELETE FROM pins_notice WHERE news_id = ANY(ids) AND sent_at IS NULL;
        DELETE FROM pins_news n
        WHERE n.id = ANY(ids)
            AND NOT EXISTS (SELECT FROM pins_notice t WHERE t.news_id = n.id);
    END;
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("pins", "0011_sources_and_outcomes")]

    operations = [
        migrations.AddField(
            model_name="news",
            name="topic",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="news",
            name="key",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(
                models.F("topic"), condition=~Q(topic=""), name="news_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="news",
            index=models.Index(models.F("key"), condition=~Q(key=""), name="news_key"),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.UniqueConstraint(
                condition=~Q(key=""), fields=("pin", "key"), name="news_told_once"
            ),
        ),
        migrations.RunSQL(
            _WITHDRAW, "DROP FUNCTION pins_withdraw_news(bigint[])", elidable=False
        ),
    ]
