"""The mail server is slow, hangs, refuses and is away: `./run drill mail`.

All of it happens while residents send contributions. None of them may notice: a mail is
a job. What else waits in the queue may not wait for mails, and each author has their mail
once the server works again.
"""

import sys
import time
from contextlib import ExitStack

from drills._ground import Ground, run
from drills._post import HANGING
from drills._town import Town, town

# Who waits for a mail server that does not answer waits for longer: EMAIL_TIMEOUT.
MOST_SECONDS = 15.0
SECONDS_FOR_OTHERS = 150.0
# Due at once, and nothing to do with mails.
OTHER = "operation.tasks.take_up_stalled_jobs"
OTHERS = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'succeeded' AND task_name LIKE '%take_up_stalled_jobs'
"""


def drill(ground: Ground, ends: ExitStack) -> None:
    """Let the mail server do all that it should not."""
    place = ends.enter_context(ground.server("first"))
    here = ends.enter_context(town(ground, place, ground.size(400), rest=1.0))
    post = here.post
    here.at(0.1, "Two seconds for each mail", lambda: setattr(post, "pause", 2.0))
    here.at(0.3, "None is answered", lambda: setattr(post, "pause", HANGING))
    here.at(0.5, "What else waits is done", lambda: _wait_for_others(here))
    here.at(0.6, "All are refused for now", lambda: _refuse(here))
    here.at(0.8, "Nobody is there", post.close)
    here.crowd.wait_for(here.crowd.wanted)
    _mend(here)
    here.finish()
    ground.must(here.crowd.slowest < MOST_SECONDS, "no resident has noticed anything")


def _wait_for_others(here: Town) -> None:
    began, before = time.monotonic(), int(here.ground.ask(here.place, OTHERS))
    job = ("--queueing-lock", "drill", OTHER, '{"timestamp": 0}')
    here.ground.manage(here.environ, "procrastinate", "defer", *job)
    while int(here.ground.ask(here.place, OTHERS)) == before:
        here.ground.must_be_early(began, SECONDS_FOR_OTHERS, "no other job was done")
        time.sleep(0.5)


def _refuse(here: Town) -> None:
    here.post.pause, here.post.refusal = 0.0, "451 greylisted, try again later"


def _mend(here: Town) -> None:
    here.post.pause, here.post.refusal = 0.0, ""
    here.post.close()
    here.post.open()


if __name__ == "__main__":
    sys.exit(run("A mail server with every fault", drill))
