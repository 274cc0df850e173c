"""Requests that wait until a test lets them go on, as on a slow network."""

from collections.abc import Callable
from re import Pattern

from playwright.sync_api import Page, Route


def hold(page: Page, address: str | Pattern[str]) -> Callable[[], Route]:
    """Hold what a page asks for; the function that is returned waits for the next of it."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))

    def next_one() -> Route:
        for _ in range(1200):
            if held:
                return held.pop(0)
            page.wait_for_timeout(50)
        raise AssertionError(f"Nobody asked for {address}.")

    return next_one


def ask_the_server(page: Page) -> None:
    """Let a page take in all answers that have come, by asking for one more."""
    page.evaluate("() => fetch('/healthz').then((answer) => answer.text())")
