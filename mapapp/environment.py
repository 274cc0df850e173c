"""Typed readers of the process environment.

Every reader names the variable and says how to mend it, because the person who sees the
message is an operator at a prompt, not a developer with the code open.
"""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mapapp.origins import https_origin

TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no", "")
PREFIX = "MAPAPP_"
# So many days fit into the calendar of a database on both sides of today.
MOST = 100_000
SCHEMES_OF_DATABASES = ("postgis", "postgresql", "postgres")
# Which variables have been asked for; whatever else has the prefix is a slip of the pen.
_known: set[str] = set()


def _read(name: str) -> str | None:
    _known.add(name)
    return os.environ.get(name)


def text(name: str, default: str) -> str:
    """Return the variable, or the default where it is unset."""
    value = _read(name)
    return default if value is None else value


def mention(*names: str) -> None:
    """Know variables that are read under a condition alone, so that none looks unknown."""
    _known.update(names)


def unknown() -> dict[str, str]:
    """Return the variables that no setting reads, each with the name that was meant.

    Without a name that is near, with an empty text.
    """
    strange = {name for name in os.environ if name.startswith(PREFIX)} - _known
    return {
        name: next(iter(get_close_matches(name, sorted(_known), 1, 0.8)), "")
        for name in sorted(strange)
    }


def required(name: str, hint: str) -> str:
    """Return the variable.

    Raises ImproperlyConfigured with the hint where it is unset or empty.
    """
    value = _read(name)
    if not value:
        message = f"The environment variable {name} is not set. {hint}"
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable.

    Raises ImproperlyConfigured for anything that is neither: "True " with a stray
    character must not silently switch a protection off.
    """
    value = _read(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    message = f"{name}={value!r} is neither true nor false. Write true or false."
    raise ImproperlyConfigured(message)


def whole_number(name: str, default: int, *, least: int = 0, most: int = MOST) -> int:
    """Return a whole number from `least` to `most`.

    Raises ImproperlyConfigured for anything else.
    """
    value = _read(name)
    if not value:
        return default
    wanted = f"Write a whole number from {least} to {most}."
    try:
        number = int(value)
    except ValueError as error:
        message = f"{name}={value!r} is not a whole number. {wanted}"
        raise ImproperlyConfigured(message) from error
    if not least <= number <= most:
        message = f"{name}={value!r} is too {_large(number > most)}. {wanted}"
        raise ImproperlyConfigured(message)
    return number


def _large(is_large: bool) -> str:  # noqa: FBT001 – one word for each
    return "large" if is_large else "small"


def choice(name: str, default: str, allowed: Sequence[str]) -> str:
    """Return one of the words; raises ImproperlyConfigured for any other."""
    value = _read(name)
    if not value:
        return default
    if value not in allowed:
        words = " or ".join(allowed)
        message = f"{name}={value!r} is unknown. Write {words}."
        raise ImproperlyConfigured(message)
    return value


def url(name: str, default: str, *schemes: str) -> str:
    """Return the address of something by http or https, or by the schemes alone.

    Empty where it is; raises ImproperlyConfigured for what leads nowhere.
    """
    value = text(name, default)
    schemes = schemes or ("https", "http")
    parts = _split(value)
    is_address = parts is not None and parts.scheme in schemes and parts.hostname
    if value and (not is_address or any(letter.isspace() for letter in value)):
        message = (
            f"{name}={value!r} is no address. Write one like {schemes[0]}://example.de."
        )
        raise ImproperlyConfigured(message)
    return value


def mail_address(name: str, default: str) -> str:
    """Return an address of mail, alone or as `Name <address>`; empty where it is.

    Raises ImproperlyConfigured for what no mail could be sent to.
    """
    value = text(name, default)
    bare = value.rpartition("<")[2].removesuffix(">") if "<" in value else value
    before, _at, behind = bare.rpartition("@")
    is_written_well = before and behind and not any(c.isspace() for c in bare)
    if value and (not is_written_well or not value.isprintable()):
        message = f"{name}={value!r} is no address of mail such as office@example.de."
        raise ImproperlyConfigured(message)
    return value


def database_url(name: str, hint: str) -> str:
    """Return the address of a PostgreSQL database.

    Raises ImproperlyConfigured for any other, and says nothing of it: it may hold a
    password.
    """
    return _as_database(name, required(name, hint), hint)


def database_url_or_none(name: str, hint: str) -> str | None:
    """Return the address of a PostgreSQL database, None where it is unset or empty.

    Raises ImproperlyConfigured as `database_url` does.
    """
    value = _read(name)
    return _as_database(name, value, hint) if value else None


def database_urls(name: str, hint: str) -> list[str]:
    """Return a comma-separated variable of addresses of PostgreSQL databases.

    Raises ImproperlyConfigured as `database_url` does.
    """
    return [_as_database(name, value, hint) for value in comma_list(name, "")]


def _as_database(name: str, value: str, hint: str) -> str:
    parts = _split(value)
    if parts is None or parts.scheme not in SCHEMES_OF_DATABASES:
        problem = "does not begin with postgis://"
    elif not parts.path.strip("/"):
        problem = "names no database at its end"
    else:
        return value
    message = f"The environment variable {name} {problem}. {hint}"
    raise ImproperlyConfigured(message)


def mail_server(name: str, default: str) -> SplitResult:
    """Return the address of an SMTP server, with `?tls=starttls`, `?tls=tls` or neither.

    Raises ImproperlyConfigured for any other, and says nothing of it: it may hold a
    password. A slip in `tls` must not send mails in the clear.
    """
    parts = _split(text(name, default))
    if parts is None or parts.scheme != "smtp" or not parts.hostname:
        problem = "is no address of a mail server"
    elif parse_qs(parts.query, keep_blank_values=True) not in (
        *({}, {"tls": ["starttls"]}, {"tls": ["tls"]}),
    ):
        problem = "ends in something unknown"
    else:
        return parts
    message = (
        f"{name} {problem}. Write smtp://user:password@host:587?tls=starttls, with "
        "%XX for special characters, ?tls=tls for port 465, or smtp://localhost:25."
    )
    raise ImproperlyConfigured(message)


def _split(value: str) -> SplitResult | None:
    """Return the parts of an address; None where it has no such parts."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts


def comma_list(name: str, default: str) -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    entries = text(name, default).split(",")
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
