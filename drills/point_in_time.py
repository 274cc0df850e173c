"""Somebody drops a table by mistake: `./run drill point_in_time`.

A server that archives its write-ahead log is copied while it runs; contributions arrive,
then a statement takes all of them. Another server is brought to the moment before, from
the copy and the archive: nothing that was acknowledged until then is missing.
"""

import shutil
import sys
import time
from contextlib import ExitStack

from drills._ground import Ground, run, since
from installer import server
from installer.cluster import Cluster

PINS = 1_000
ARCHIVING = "cp %p {archive}/%f.part && mv {archive}/%f.part {archive}/%f"
ARRIVE = """
    INSERT INTO pins_pin (
        reference, idempotency_key, kind, theme_id, title, text, language, location,
        is_approximate, is_rough, place_note, visibility, status,
        token_hash, token_expires_at, created_at, published_at
    )
    SELECT pins_next_reference('KL'), gen_random_uuid(), 'idea',
        (SELECT min(id) FROM layers_theme), 'Kommt noch rechtzeitig',
        'Dieser Beitrag war angekommen, bevor alles verloren ging.', 'de',
        ST_SetSRID(ST_MakePoint(7.77, 49.44), 4326), false, false, '', 'published',
        'received', 'unknown', now() + interval '1 year', now(), now()
    FROM generate_series(1, {count})
"""
CHECKSUM = """
    SELECT count(*) || ' ' || sum(hashtextextended(t::text, 0)::numeric) FROM {table} t
"""
SECONDS_TO_ARCHIVE, SECONDS_TO_RECOVER = 120.0, 240.0


def drill(ground: Ground, ends: ExitStack) -> None:
    """Lose a table, and bring the whole server to the moment before."""
    archive = ground.place("archive").data
    ends.callback(shutil.rmtree, archive, ignore_errors=True)
    first = ends.enter_context(
        ground.server(
            *("first", "wal_level=replica", "archive_mode=on", "max_wal_senders=2"),
            f"archive_command={ARCHIVING.format(archive=archive)}",
        )
    )
    server.make_folder(first, archive)
    ground.load_city(ground.environ(first), demo=False)
    second = ground.place("second")
    server.delete(second)
    ends.callback(server.delete, second)
    with ground.console.step("Copying the running server"):
        _copy(ground, first, second)

    with ground.console.step(f"{PINS:,} contributions arrive"):
        ground.ask(first, ARRIVE.format(count=PINS))
    before = _states(ground, first)
    moment = ground.ask(first, "SELECT clock_timestamp()")
    # To empty it is refused: histories hang on it.
    with ground.console.step("Somebody drops the table"):
        ground.ask(first, "DROP TABLE pins_pin, pins_publicpin CASCADE")
    lost = ground.ask(first, "SELECT to_regclass('pins_pin') IS NULL")
    ground.must(lost == "t", "all contributions are gone")
    _archive_the_rest(ground, first)

    began = time.monotonic()
    _recover(ground, second, moment, archive=str(archive))
    ground.must(_states(ground, second) == before, f"all {PINS:,} of them are back")
    ground.console.say(
        f"  {since(began)} from copy and archive to a server that takes writes"
    )
    ground.ask(second, ARRIVE.format(count=1))


def _copy(ground: Ground, source: Cluster, target: Cluster) -> None:
    server.run_program(
        *(source, ground.programs, "pg_basebackup"),
        *("-h", source.folder, "-p", "5432", "-U", "app", "-D", target.data),
        *("--checkpoint=fast", "--wal-method=stream"),
    )


def _states(ground: Ground, place: Cluster) -> list[str]:
    tables = ("pins_pin", "pins_publicpin")
    return [ground.ask(place, CHECKSUM.format(table=table)) for table in tables]


def _archive_the_rest(ground: Ground, place: Cluster) -> None:
    """Wait until what was written last is in the archive, too."""
    last = ground.ask(place, "SELECT pg_walfile_name(pg_switch_wal())")
    began = time.monotonic()
    while ground.ask(place, "SELECT last_archived_wal FROM pg_stat_archiver") < last:
        otherwise = "the server has not archived its log"
        ground.must_be_early(began, SECONDS_TO_ARCHIVE, otherwise)
        time.sleep(0.2)


def _recover(ground: Ground, place: Cluster, moment: str, *, archive: str) -> None:
    settings = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
    }
    with (place.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (place.data / "recovery.signal").touch()
    with ground.console.step(f"Going back to {moment}"):
        began = time.monotonic()
        server.bring_up(place, ground.programs, ground.console)
        while ground.ask(place, "SELECT pg_is_in_recovery()") != "f":
            otherwise = "the server still reads the archive"
            ground.must_be_early(began, SECONDS_TO_RECOVER, otherwise)
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(run("Point-in-time recovery", drill))
