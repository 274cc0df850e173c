"""Typed readers of the process environment.

Every reader names the variable and says how to mend it, because the person who sees the
message is an operator at a prompt, not a developer with the code open.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

from mapapp.origins import https_origin

TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no", "")


def text(name: str, default: str) -> str:
    """Return the variable, or the default where it is unset."""
    return os.environ.get(name, default)


def required(name: str, hint: str) -> str:
    """Return the variable.

    Raises ImproperlyConfigured with the hint where it is unset or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        message = f"The environment variable {name} is not set. {hint}"
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable.

    Raises ImproperlyConfigured for anything that is neither: "True " with a stray
    character must not silently switch a protection off.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    message = f"{name}={value!r} is neither true nor false."
    raise ImproperlyConfigured(message)


def whole_number(name: str, default: int) -> int:
    """Return a whole number; raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        message = f"{name}={value!r} is not a whole number."
        raise ImproperlyConfigured(message) from error


def comma_list(name: str, default: str) -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    entries = os.environ.get(name, default).split(",")
    return [entry.strip() for entry in entries if entry.strip()]


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Return a comma-separated variable of addresses or networks such as 10.0.0.0/8.

    Raises ImproperlyConfigured for anything else.
    """
    found = []
    for entry in comma_list(name, default):
        try:
            found.append(ip_network(entry))
        except ValueError as error:
            message = f"{name}: {entry!r} is no address or network such as 10.0.0.0/8."
            raise ImproperlyConfigured(message) from error
    return found


def counts(name: str) -> dict[str, int]:
    """Return a comma-separated variable of pairs such as pin=60,comment=30.

    Raises ImproperlyConfigured for anything else.
    """
    found = {}
    for entry in comma_list(name, ""):
        key, _equals, number = entry.partition("=")
        if not (number.isascii() and number.isdigit()):
            message = f"{name}: {entry!r} is no pair such as pin=60."
            raise ImproperlyConfigured(message)
        found[key.strip()] = int(number)
    return found


def origins(name: str) -> list[str]:
    """Return a comma-separated variable of origins such as https://maps.example.de.

    Raises ImproperlyConfigured for anything else: what stands here opens the Content
    Security Policy, and a path or a wildcard would open it wider than it looks.
    """
    found = []
    for entry in comma_list(name, ""):
        origin = https_origin(entry)
        if origin is None or origin != entry.lower().removesuffix("/"):
            message = f"{name}: {entry!r} is no origin such as https://maps.example.de."
            raise ImproperlyConfigured(message)
        found.append(origin.removesuffix(":443"))
    return found
