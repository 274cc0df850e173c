"""nginx in front of the site, by the files of `deploy/nginx/`, at places of its own."""

import http.client
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from drills._alone import program
from drills._ground import ROOT, DrillFailed
from drills._post import free_port
from drills._visitors import connect
from installer.commands import LEFT_OUT

FILES = ROOT / "deploy" / "nginx"
SECONDS_TO_BEGIN = 10.0
# Debian's nginx.conf, with what docs/operation.md says to change in it.
MAIN = """
daemon off;
user {user};
worker_processes 2;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    include {folder}/mitmachkarte.conf;
}}
"""


def demand_nginx() -> None:
    """End the drill with LEFT_OUT where there is no nginx."""
    if shutil.which("nginx") is None:
        sys.stdout.write(
            "\nLeft out: this drill needs nginx (apt install nginx-light).\n"
        )
        sys.exit(LEFT_OUT)


class Proxy:
    """A running nginx that hands on to two instances at `sockets`.

    `port` is where it listens for HTTPS, at 127.0.0.1, with a `certificate` of its own.
    """

    def __init__(self, folder: Path, static: Path) -> None:
        self.port, self._in_clear = free_port(), free_port()
        self.sockets = (folder / "web-1.sock", folder / "web-2.sock")
        self._folder, self._static = folder / "nginx", static
        self.certificate = self._folder / "fullchain.pem"
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        settings = self.prepare()
        with (self._folder / "said.log").open("ab") as log:
            self._program = subprocess.Popen(
                [program("nginx"), "-e", "stderr", "-c", settings],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._program is not None:
            self._program.terminate()
            self._program.wait(SECONDS_TO_BEGIN)

    @property
    def pid(self) -> int:
        """Return the first of its processes. Raises DrillFailed where there is none."""
        if self._program is None or self._program.poll() is not None:
            raise DrillFailed("nginx is not running:\n" + self.errors())
        return self._program.pid

    def errors(self) -> str:
        """Return what it has complained about."""
        files = [self._folder / name for name in ("said.log", "error.log")]
        files.append(self._folder / "mitmachkarte-error.log")
        return "".join(file.read_text("utf-8") for file in files if file.exists())

    def prepare(self) -> Path:
        """Write all that it reads; return the file to begin with. Raises DrillFailed."""
        self._folder.mkdir()
        _make_certificate(self.certificate, self._folder / "privkey.pem")
        shared = self._folder / "mitmachkarte-proxy.conf"
        shutil.copy(FILES / shared.name, shared)
        # As root it gives up its rights, and could not reach what is ours.
        user = "root" if os.geteuid() == 0 else "nobody"
        main = MAIN.format(folder=self._folder, user=user)
        (self._folder / "nginx.conf").write_text(main, "utf-8")
        site = (FILES / "mitmachkarte.conf").read_text("utf-8")
        for theirs, ours in self._places():
            if theirs not in site:
                message = f"deploy/nginx/mitmachkarte.conf has no {theirs} any more."
                raise DrillFailed(message)
            site = site.replace(theirs, ours)
        (self._folder / "mitmachkarte.conf").write_text(site, "utf-8")
        return self._folder / "nginx.conf"

    def _places(self) -> list[tuple[str, str]]:
        """Return what stands in the file, and what it is here."""
        return [
            ("/etc/letsencrypt/live/mitmachen.example.de", str(self._folder)),
            ("listen [::]:80;", ""),
            ("listen [::]:443 ssl http2;", ""),
            ("listen 80;", f"listen 127.0.0.1:{self._in_clear};"),
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("/run/mitmachkarte-1/web.sock", str(self.sockets[0])),
            ("/run/mitmachkarte-2/web.sock", str(self.sockets[1])),
            (
                "/etc/nginx/mitmachkarte-proxy.conf",
                f"{self._folder}/mitmachkarte-proxy.conf",
            ),
            ("mitmachkarte-error.log alert", "mitmachkarte-error.log error"),
            ("/var/log/nginx", str(self._folder)),
            ("/var/cache/nginx-mitmachkarte", f"{self._folder}/cache"),
            ("/var/lib/mitmachkarte/static", str(self._static)),
        ]

    def _wait(self) -> None:
        """Wait until it answers, whatever it is."""
        began = time.monotonic()
        while time.monotonic() - began < SECONDS_TO_BEGIN and self.pid:
            connection = connect(self.port, self.certificate)
            try:
                connection.request("GET", "/static/")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return
            finally:
                connection.close()
        raise DrillFailed("nginx does not answer:\n" + self.errors())


def _make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for this machine, which nobody else believes."""
    command: list[str | Path] = [
        *(program("openssl"), "req", "-x509", "-nodes", "-days", "2"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", key, "-out", certificate),
    ]
    subprocess.run(command, check=True, capture_output=True)
