"""What is told to those who watch over the site: its log and its counts."""

from pathlib import Path

from mapapp import environment as env
from mapapp import logs
from mapapp.settings_base import DEBUG, DEMO, ROOT

# Lines of JSON for programs; of text for who sits in front of them.
LOG_FORMAT = env.choice(
    "MAPAPP_LOG_FORMAT", "text" if DEBUG or DEMO else "json", ("json", "text")
)
LOG_REQUESTS = env.flag("MAPAPP_LOG_REQUESTS", default=LOG_FORMAT == "json")
LOGGING = logs.configuration(form=LOG_FORMAT, with_requests=LOG_REQUESTS)

# Where the processes of a machine count requests together. In memory is best (/run).
METRICS_FOLDER: Path | None = ROOT / env.text("MAPAPP_METRICS_FOLDER", ".local/metrics")
# Who may read /metrics: who has the token, and who asks from one of these networks.
METRICS_TOKEN = env.text("MAPAPP_METRICS_TOKEN", "")
METRICS_FROM = env.networks(
    "MAPAPP_METRICS_FROM", "127.0.0.0/8,::1" if DEBUG or DEMO else ""
)
PROCRASTINATE_ON_APP_READY = "operation.watching.jobs.prepare"
