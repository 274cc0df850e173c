"""What is told of the replicas: to Prometheus, and to who asks whether all is ready."""

import time
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily, Metric

from operation.replicas.servers import State, servers
from operation.watching.requests import request_counts

PRIMARY = "primary"


@cache
def reads() -> Counter:
    """Return the count of what visitors read, by server and by why it was that one."""
    # It says where processes count together.
    request_counts()
    return Counter(
        "mitmachkarte_reads",
        "What visitors read, by server; why, where it was the primary.",
        ("server", "why"),
        registry=None,
    )


class Replicas:
    """Collects how the replicas are, as this process knows them."""

    def collect(self) -> Iterator[Metric]:
        """Yield nothing where there are none."""
        if not settings.DATABASE_REPLICAS:
            return
        up = GaugeMetricFamily(
            "mitmachkarte_replica_up",
            "Whether a replica takes reads.",
            labels=["server", "state"],
        )
        lag = GaugeMetricFamily(
            "mitmachkarte_replica_lag_seconds",
            "How far a replica is behind, where that is known.",
            labels=["server"],
        )
        known, now = servers(), time.monotonic()
        for alias, replica in known.replicas.items():
            state = known.state_of(replica, now)
            up.add_metric([alias, state], state == State.READY)
            seconds = known.lag_of(replica, now)
            # What a silent one had last is no news.
            if seconds is not None and state != State.SILENT:
                lag.add_metric([alias], seconds)
        yield from (up, lag)
        if settings.METRICS_FOLDER is None:
            yield from reads().collect()


def in_words() -> str:
    """Return how many take reads, such as `1 of 2`."""
    known, now = servers(), time.monotonic()
    states = [known.state_of(replica, now) for replica in known.replicas.values()]
    return f"{states.count(State.READY)} of {len(states)}"
