"""What programs of the operator ask: is it alive, can it serve, how is it doing?"""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from operation.replicas.figures import Replicas
from operation.watching import leaving, readiness
from operation.watching.backlog import Backlog
from operation.watching.building import build
from operation.watching.requests import request_counts
from trust.addresses import address_of

PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives, 503 once it is to end; asks nothing of the database."""
    if leaving.is_leaving():
        return HttpResponse("ends\n", status=503, content_type=PLAIN)
    return HttpResponse("ok\n", content_type=PLAIN)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether requests can be served: one line for each check, 503 where not."""
    checks = list(readiness.look())
    if leaving.is_leaving():
        checks.append(readiness.Check("server", "ends", is_serious=True))
    is_ready = not any(check.is_serious for check in checks)
    said: dict[str, str | bool] = {"ready": is_ready}
    said |= {check.name: check.said for check in checks}
    return HttpResponse(
        json.dumps(said, indent=1) + "\n",
        status=200 if is_ready else 503,
        content_type="application/json",
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer what Prometheus keeps; to those alone who run the site."""
    if not _may_watch(request):
        message = (
            "Only for who runs the site: MAPAPP_METRICS_TOKEN, MAPAPP_METRICS_FROM.\n"
        )
        return HttpResponse(message, status=403, content_type=PLAIN)
    registry = CollectorRegistry()
    registry.register(request_counts())
    registry.register(Backlog())
    registry.register(Replicas())
    registry.register(build())
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4
    )


def _may_watch(request: HttpRequest) -> bool:
    """Tell whether somebody has the token, or asks from where nobody needs one."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    address = address_of(request)
    return address is not None and any(
        address in network for network in settings.METRICS_FROM
    )
