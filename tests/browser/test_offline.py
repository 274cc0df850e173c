"""Writing without a network: kept on the device, sent once, never lost, nothing leaked."""

from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django import Settings

from layers.models import Theme
from pins.models import Pin
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.new_pin import set_place, write_words
from tests.browser.test_accessibility import violations
from tests.factories import make_moderator, make_pin
from trust.suspicions import suspicion_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

TITLE = "Kein sicherer Überweg an der Schule"
TEXT = "Morgens rasen hier alle vorbei. Bitte einen Zebrastreifen!"
FORM = "/en/pins/new"
KEPT = "Kept on this device"
CACHED = """async () => {
  const paths = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) paths.push(new URL(url).pathname);
  }
  return paths;
}"""

CONTROLLED = """() => new Promise((resolve) => {
  const worker = navigator.serviceWorker;
  if (worker.controller) resolve();
  else worker.addEventListener("controllerchange", () => resolve(), { once: true });
})"""
REMOVED = """async () => {
  for (let tries = 0; tries < 600; tries += 1) {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const names = await caches.keys();
    if (!registrations.length && !names.length) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}"""


@pytest.fixture
def visitor(open_page: OpenPage) -> Page:
    """Open the home page and wait until the worker has taken over."""
    page = open_page("/en/", worker=True)
    page.evaluate(CONTROLLED)
    return page


def write(page: Page, title: str = TITLE) -> None:
    """Fill in the form; the place without the map, which is not what is tried here."""
    write_words(page, title, TEXT)
    set_place(page)


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Send contribution").click()


def key_of(page: Page) -> str:
    return page.locator("input[name=idempotency_key]").input_value()


def outbox(page: Page) -> Locator:
    return page.get_by_role("region", name="Contributions on this device")


def write_offline(page: Page, title: str = TITLE, email: str = "") -> str:
    """Without a network, open the form, fill it in and send it; return its key."""
    page.context.set_offline(True)
    page.goto(FORM)
    write(page, title)
    if email:
        page.locator("input[name=email]").fill(email)
    key = key_of(page)
    press_send(page)
    expect(outbox(page)).to_contain_text(KEPT)
    return key


def sent(page: Page) -> Locator:
    """Return what is said of each that was sent, once one was.

    Should it fail in the moment when the network is back, it is tried again each 30 seconds.
    """
    said = outbox(page).get_by_text("Sent on")
    expect(said).not_to_have_count(0, timeout=60_000)
    return said


def lose_answers(page: Page, is_lost: Callable[[Route], bool]) -> list[str]:
    """Let forms reach the server, but lose its answer; return the keys that were sent."""
    keys: list[str] = []

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.post_data or "")
        if is_lost(route):
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.context.route(f"**{FORM}", handle)
    return keys


def test_written_without_a_network_and_sent_once_it_is_back(visitor: Page):
    key = write_offline(visitor, email="lou@example.org")
    expect(outbox(visitor)).to_contain_text(TITLE)
    kept = str(visitor.evaluate("globalThis.outbox.list()"))
    assert "sealed_email" in kept
    # Nobody can read the address on this device.
    assert "lou@" not in kept
    expect(visitor.get_by_label("Title")).to_have_value("")
    assert key_of(visitor) != key
    assert not Pin.objects.exists()

    visitor.context.set_offline(False)

    expect(sent(visitor)).to_have_count(1)
    pin = Pin.objects.get()
    assert (str(pin.idempotency_key), pin.title, pin.text) == (key, TITLE, TEXT)
    assert pin.contact.email == "lou@example.org"
    # The worker has made a proof of work, too.
    assert suspicion_of(pin) is None
    assert pin.district.slug == "hohenecken"
    expect(outbox(visitor)).to_contain_text(pin.reference)
    assert violations(visitor) == []
    outbox(visitor).get_by_role("link", name="Your own link").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your contribution")
    expect(visitor.get_by_role("main")).to_contain_text(pin.reference)


def test_photos_wait_with_the_words(visitor: Page, tmp_path, settings: Settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = tmp_path / "Schule.jpg"
    Image.new("RGB", (80, 60), "#3366aa").save(picture)
    visitor.context.set_offline(True)
    visitor.goto(FORM)
    write(visitor)
    visitor.locator("input[type=file]").set_input_files(picture)
    visitor.get_by_label("What does “Schule.jpg” show?").fill(
        "Die Straße vor der Schule"
    )
    press_send(visitor)
    expect(outbox(visitor)).to_contain_text(KEPT)

    visitor.context.set_offline(False)

    expect(sent(visitor)).to_have_count(1)
    photo = Pin.objects.get().photos.get()
    assert (photo.width, photo.height, photo.alt) == (
        80,
        60,
        "Die Straße vor der Schule",
    )


def test_two_in_a_row_each_find_an_empty_form(visitor: Page):
    first = write_offline(visitor)
    write(visitor, "Ein Trinkbrunnen")
    second = key_of(visitor)
    press_send(visitor)

    expect(outbox(visitor).get_by_role("heading", level=3)).to_have_count(2)
    expect(visitor.get_by_label("Title")).to_have_value("")
    assert len({first, second, key_of(visitor)}) == 3
    assert violations(visitor) == []


def test_two_contributions_have_two_keys_and_two_tabs_send_each_once(visitor: Page):
    keys = {write_offline(visitor), write_offline(visitor, "Ein Trinkbrunnen")}
    other = visitor.context.new_page()
    other.goto(FORM)
    expect(outbox(other).get_by_role("heading", level=3)).to_have_count(2)

    visitor.context.set_offline(False)

    for page in (visitor, other):
        expect(sent(page)).to_have_count(2)
    kept_keys = Pin.objects.values_list("idempotency_key", flat=True)
    assert sorted(map(str, kept_keys)) == sorted(keys)


def test_an_answer_lost_on_the_way_makes_no_second_pin(visitor: Page):
    visitor.goto(FORM)
    lost = iter([True, True])
    posted = lose_answers(visitor, lambda route: next(lost, False))
    write(visitor)
    key = key_of(visitor)

    press_send(visitor)
    # The form that is left tells of it, too, as long as it is there.
    expect(visitor.locator("input[name=idempotency_key]")).not_to_have_value(key)
    expect(outbox(visitor)).to_contain_text(TITLE)
    visitor.evaluate("outbox.sendAll({ now: true })")

    expect(sent(visitor)).to_have_count(1)
    assert len(posted) > 1
    assert all(key in body for body in posted)
    assert [str(pin.idempotency_key) for pin in Pin.objects.all()] == [key]


def test_a_form_from_the_copy_is_sent_at_once_where_there_is_a_network(visitor: Page):
    visitor.context.set_offline(True)
    visitor.goto(FORM)
    write(visitor)
    visitor.context.set_offline(False)

    press_send(visitor)

    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Pin.objects.get().title == TITLE


def test_an_incomplete_form_is_not_kept(visitor: Page):
    visitor.context.set_offline(True)
    visitor.goto(FORM)
    visitor.get_by_label("Title").fill("Weg")

    press_send(visitor)

    problems = visitor.get_by_role("alert")
    expect(problems).to_contain_text("Please choose a theme.")
    expect(problems).to_contain_text("Please set the place on the map")
    assert violations(visitor) == []
    problems.get_by_role("link", name="Title").click()
    expect(visitor.get_by_label("Title")).to_be_focused()
    expect(visitor.get_by_label("Title")).to_have_value("Weg")
    expect(outbox(visitor)).to_be_hidden()


def test_what_the_site_refuses_stays_and_can_be_mended(visitor: Page):
    write_offline(visitor)
    Theme.objects.filter(slug="mobility").update(is_active=False)
    visitor.context.set_offline(False)

    expect(outbox(visitor)).to_contain_text("Please choose one of the themes.")
    visitor.goto("/en/")
    notice = visitor.get_by_role("status").filter(has_text="could not be accepted")
    notice.get_by_role("link").click()
    expect(outbox(visitor)).to_contain_text("could not be accepted", ignore_case=True)
    assert violations(visitor) == []
    outbox(visitor).get_by_role("button", name="Open in the form").click()
    expect(visitor.get_by_role("alert")).to_contain_text("one of the themes")
    expect(visitor.get_by_label("Title")).to_have_value(TITLE)
    expect(visitor.get_by_label("Description")).to_have_value(TEXT)
    visitor.get_by_text("Energy", exact=True).click()
    press_send(visitor)

    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert Pin.objects.get().theme.slug == "energy"
    # That page takes note of its arrival.
    visitor.wait_for_function(
        "async () => (await globalThis.outbox?.list())?.length === 0"
    )
    visitor.goto(FORM)
    expect(outbox(visitor)).to_be_hidden()


def test_a_server_in_trouble_is_asked_again_later(visitor: Page):
    tokens = f"**{FORM}/token.json"
    visitor.context.route(tokens, lambda route: route.fulfill(status=503))
    write_offline(visitor)
    visitor.context.set_offline(False)
    outbox(visitor).get_by_role("button", name="Send now").click()
    expect(outbox(visitor)).to_contain_text("could not be sent yet")
    entry = visitor.evaluate("outbox.list().then(([entry]) => entry)")
    assert entry["state"] == "waiting"
    assert entry["due"] > entry["at"]
    assert not Pin.objects.exists()

    visitor.context.unroute(tokens)
    visitor.evaluate("outbox.sendAll({ now: true })")

    expect(sent(visitor)).to_have_count(1)
    assert Pin.objects.count() == 1


def test_tiles_once_seen_are_kept_but_no_more_than_300(visitor: Page):
    count = visitor.evaluate(
        """async () => {
          const cache = await caches.open("tiles");
          // One after the other: what was seen first goes first.
          for (let x = 0; x < 320; x += 1) {
            await cache.put(`/tiles/base/14/${x}/1.pbf`, new Response("seen"));
          }
          await fetch("/tiles/base/14/9999/1.pbf");
          for (let tries = 0; tries < 600; tries += 1) {
            const kept = (await cache.keys()).length;
            if (kept <= 300) return kept;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          return null;
        }"""
    )
    assert count == 300
    visitor.context.set_offline(True)
    tile = "fetch('/tiles/base/14/319/1.pbf').then((answer) => answer.text())"
    assert visitor.evaluate(tile) == "seen"


def test_a_kept_contribution_can_be_discarded(visitor: Page):
    write_offline(visitor)

    outbox(visitor).get_by_text("Discard", exact=False).first.click()
    outbox(visitor).get_by_role("button", name="Yes, discard it").click()

    expect(outbox(visitor)).to_be_hidden()
    visitor.context.set_offline(False)
    visitor.goto(FORM)
    expect(outbox(visitor)).to_be_hidden()
    assert not Pin.objects.exists()


def test_other_pages_say_that_there_is_no_network_and_what_waits(visitor: Page):
    write_offline(visitor)

    visitor.goto("/en/districts/")

    expect(visitor.get_by_role("heading", level=1)).to_contain_text("no network")
    expect(visitor.get_by_role("status")).to_contain_text("One contribution waits")
    visitor.get_by_role("main").get_by_role("link", name="New contribution").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("New contribution")


def test_no_page_of_staff_no_own_link_and_no_pin_is_kept(visitor: Page):
    pin = make_pin(title="Mehr Schatten")
    moderator = make_moderator()
    visitor.goto(f"/en/pins/{pin.reference}")
    sign_in(visitor, moderator)
    for path in ("/en/moderation/", "/en/pins/new", "/en/"):
        visitor.goto(path)
    assert visitor.locator("meta[name=service-worker]").count() == 0

    kept = visitor.evaluate(CACHED)
    pages = [
        path
        for path in kept
        if not path.startswith("/static/") and not path.startswith("/tiles/base/")
    ]
    assert sorted(pages) == [
        "/en/offline",
        "/en/pins/new",
        "/map/districts.geojson",
        "/offline",
        "/pins/new",
        "/themes.css",
    ]
    visitor.context.set_offline(True)
    visitor.goto(FORM)
    expect(visitor.get_by_role("banner")).not_to_contain_text(moderator.username)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        visitor.goto("/en/moderation/")


def test_reading_leaves_no_cookie_and_no_database(visitor: Page):
    visitor.goto("/en/districts/")

    assert visitor.context.cookies() == []
    assert visitor.evaluate("indexedDB.databases()") == []


def test_the_switch_removes_worker_and_copies(visitor: Page, settings: Settings):
    settings.SERVICE_WORKER = False

    visitor.goto("/en/")

    assert visitor.evaluate(REMOVED)


def test_without_a_worker_the_form_is_kept_all_the_same(open_page: OpenPage):
    page = open_page(FORM)
    # Without copies the map has to be there before the network goes.
    page.locator("[data-map='place']").scroll_into_view_if_needed()
    expect(page.locator("[data-place]")).to_have_attribute("data-state", "ready")
    write(page)
    page.context.set_offline(True)
    press_send(page)
    expect(outbox(page)).to_contain_text(KEPT)
    expect(page.get_by_label("Title")).to_have_value("")

    page.context.set_offline(False)

    expect(sent(page)).to_have_count(1)
    assert Pin.objects.count() == 1
