"""The triggers that keep the moderators' queue (`QueueEntry`), once a statement.

What is submitted has an entry and nothing else has, whoever wrote it and in whatever way.
"""

import pgtrigger

from pins.models.triggers import after_statement

_PIN_COLUMNS = "pin_id, kind, district_id, theme_id, waiting_since"
_PIN_VALUES = """
    now.id,
    CASE WHEN now.source IN ('stand', 'card') THEN 'event' ELSE 'contribution' END,
    now.district_id, now.theme_id, now.created_at
"""
_COMMENT_COLUMNS = "pin_id, comment_id, kind, district_id, theme_id, waiting_since"
_COMMENT_VALUES = """
    now.pin_id, now.id, 'comment', pin.district_id, pin.theme_id, now.created_at
"""
# The names of columns and tables come from above.
_INSERT_PINS = f"""
    INSERT INTO pins_queueentry ({_PIN_COLUMNS})
    SELECT {_PIN_VALUES} FROM changed now
    WHERE now.visibility = 'submitted'
    ON CONFLICT DO NOTHING;
"""  # noqa: S608 -- names of our own, no text from outside
_INSERT_COMMENTS = f"""
    INSERT INTO pins_queueentry ({_COMMENT_COLUMNS})
    SELECT {_COMMENT_VALUES} FROM changed now JOIN pins_pin pin ON pin.id = now.pin_id
    WHERE now.visibility = 'submitted'
    ON CONFLICT DO NOTHING;
"""  # noqa: S608 -- names of our own, no text from outside
_UPDATE_PINS = f"""
    IF EXISTS (
        SELECT FROM before JOIN changed USING (id)
        WHERE (before.visibility, before.district_id, before.theme_id)
            <> (changed.visibility, changed.district_id, changed.theme_id)
    ) THEN
        DELETE FROM pins_queueentry entry USING changed
        WHERE entry.pin_id = changed.id AND entry.comment_id IS NULL
          AND changed.visibility <> 'submitted';
        UPDATE pins_queueentry entry
        SET district_id = changed.district_id, theme_id = changed.theme_id
        FROM changed
        WHERE entry.pin_id = changed.id
          AND (entry.district_id, entry.theme_id)
            <> (changed.district_id, changed.theme_id);
        {_INSERT_PINS}
    END IF;
"""  # noqa: S608 -- names of our own, no text from outside
_UPDATE_COMMENTS = f"""
    IF EXISTS (
        SELECT FROM before JOIN changed USING (id)
        WHERE (before.visibility, before.pin_id)
            <> (changed.visibility, changed.pin_id)
    ) THEN
        DELETE FROM pins_queueentry entry USING changed
        WHERE entry.comment_id = changed.id AND changed.visibility <> 'submitted';
        UPDATE pins_queueentry entry
        SET pin_id = pin.id, district_id = pin.district_id, theme_id = pin.theme_id
        FROM changed JOIN pins_pin pin ON pin.id = changed.pin_id
        WHERE entry.comment_id = changed.id AND entry.pin_id <> pin.id;
        {_INSERT_COMMENTS}
    END IF;
"""  # noqa: S608 -- names of our own, no text from outside


def queue_pins() -> list[pgtrigger.Trigger]:
    """Return the triggers of `Pin`."""
    return [
        _queue("queue_inserted", pgtrigger.Insert, _INSERT_PINS, new="changed"),
        _queue(
            "queue_updated",
            pgtrigger.Update,
            _UPDATE_PINS,
            old="before",
            new="changed",
        ),
    ]


def queue_comments() -> list[pgtrigger.Trigger]:
    """Return the triggers of `Comment`."""
    return [
        _queue("queue_inserted", pgtrigger.Insert, _INSERT_COMMENTS, new="changed"),
        _queue(
            "queue_updated",
            pgtrigger.Update,
            _UPDATE_COMMENTS,
            old="before",
            new="changed",
        ),
    ]


def queue_photos() -> list[pgtrigger.Trigger]:
    """Return the triggers of `Photo`: whether there are any to look at."""
    return [
        _queue(
            "queue_inserted",
            pgtrigger.Insert,
            _mark("SELECT pin_id FROM changed"),
            new="changed",
        ),
        _queue(
            "queue_updated",
            pgtrigger.Update,
            _mark("SELECT pin_id FROM changed UNION SELECT pin_id FROM before"),
            old="before",
            new="changed",
        ),
        _queue(
            "queue_deleted",
            pgtrigger.Delete,
            _mark("SELECT pin_id FROM before"),
            old="before",
        ),
    ]


def _mark(pin_ids: str) -> str:
    return f"""
        UPDATE pins_queueentry entry
        SET has_photos = found.has_photos
        FROM (
            SELECT touched.pin_id, EXISTS (
                SELECT FROM pins_photo photo WHERE photo.pin_id = touched.pin_id
            ) AS has_photos
            FROM ({pin_ids}) touched
        ) found
        WHERE entry.pin_id = found.pin_id AND entry.comment_id IS NULL
          AND entry.has_photos <> found.has_photos;
    """  # noqa: S608 -- names from the models only


def _queue(
    name: str, operation: object, body: str, *, old: str = "", new: str = ""
) -> pgtrigger.Trigger:
    return after_statement(name, operation, f"{body} RETURN NULL;", old=old, new=new)
