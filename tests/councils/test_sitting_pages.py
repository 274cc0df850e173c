"""The pages of sittings at the desk: planning, moving, cancelling, inviting, papers."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from councils.models import Consultation, Sitting
from councils.sitting_files import PAPER_BYTES
from pins.models import Pin
from pins.workflow import Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.pages import assert_refused, fields_of, links_of, text_of
from trust import sandbox
from trust.media import MediaAway

State = Sitting.State
DESK = "/desk/ortsbeirat-west/"
LIST = f"{DESK}sittings/"
NEW = f"{LIST}new"


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


def next_year(month_and_day="03-24"):
    """Return a day that lies ahead, wherever the year is by now."""
    day = datetime.date.fromisoformat(
        f"{timezone.localdate().year + 1}-{month_and_day}"
    )
    return day.isoformat()


def form(**fields):
    return {
        "day": next_year(),
        "start": "18:30",
        "end": "20:30",
        "place": "Bürgerhaus, Schulstraße 3",
        "ris_url": "",
    } | fields


class TestList:
    def test_to_come_and_past(self, clerk, body):
        make_item(make_sitting(body, days=9, place="Kirche"))
        make_sitting(body, days=3, place="Schule", state=State.CANCELLED)
        make_sitting(body, days=-9, place="Halle", state=State.HELD)
        make_sitting(make_body("Stadtrat"), place="Rathaus")

        page = clerk.get(LIST)
        text = text_of(page)

        assert "Rathaus" not in text
        assert text.index("Schule") < text.index("Kirche") < text.index("Halle")
        assert "Der Saal ist gesperrt." in text
        assert [s.item_count for s in page.context["upcoming"]] == [0, 1]
        assert [s.place for s in page.context["past"]] == ["Halle"]

    def test_page_by_page(self, clerk, body, django_assert_max_num_queries):
        for days in range(25):
            make_sitting(body, days=-9 - days, state=State.HELD)

        with django_assert_max_num_queries(10):
            first = clerk.get(LIST)
        second = clerk.get(LIST, {"page": 2})

        assert len(first.context["past"]) == 20
        assert len(second.context["past"]) == 5
        assert "?page=2" in [a.get("href") for a in links_of(first)]

    @pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999", "3", "²"])
    def test_a_page_that_is_not_there(self, clerk, body, page):
        assert clerk.get(LIST, {"page": page}).status_code == 404


class TestPlan:
    def test_in_local_time(self, clerk):
        answer = clerk.post(NEW, form(day=next_year("07-01")))

        sitting = Sitting.objects.get()
        assert answer["Location"] == f"{LIST}{sitting.pk}/"
        assert sitting.start.astimezone(datetime.UTC).strftime("%H:%M") == "16:30"
        assert timezone.localtime(sitting.end).strftime("%H:%M") == "20:30"
        assert "18:30" in text_of(clerk.get(answer["Location"]))

    def test_as_people_write_days_and_times(self, clerk):
        day = datetime.date.fromisoformat(next_year())
        clerk.post(NEW, form(day=f"{day:%d.%m.%Y}", start="18.30", end=""))
        start = timezone.localtime(Sitting.objects.get().start)
        assert f"{start:%Y-%m-%d %H:%M}" == f"{day} 18:30"

    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"day": ""}, ["day"]),
            ({"day": "2020-01-01"}, ["day"]),
            ({"day": "0001-01-01"}, ["day"]),
            ({"day": "9999-12-31"}, ["day"]),
            ({"day": "99999-12-31"}, ["day"]),
            ({"day": "2027-02-30"}, ["day"]),
            ({"day": "bald"}, ["day"]),
            ({"day": "2027-01-01\x00"}, ["day"]),
            ({"start": ""}, ["start"]),
            ({"start": "25:00"}, ["start"]),
            ({"start": "abends"}, ["start"]),
            ({"end": "24:01"}, ["end"]),
            ({"end": "18:30"}, ["end"]),
            ({"end": "17:00"}, ["end"]),
            ({"place": ""}, ["place"]),
            ({"place": "   "}, ["place"]),
            ({"place": "x" * 201}, ["place"]),
            ({"place": "Haus\x00"}, ["place"]),
            ({"ris_url": "javascript:alert(1)"}, ["ris_url"]),
            ({"ris_url": "ftp://ris.example.org"}, ["ris_url"]),
            ({"ris_url": "kein Link"}, ["ris_url"]),
            ({"day": "", "start": "", "place": ""}, ["day", "place", "start"]),
        ],
    )
    def test_what_cannot_be(self, clerk, fields, at):
        answer = clerk.post(NEW, form(**fields))

        assert_refused(answer, *at)
        assert not Sitting.objects.exists()
        kept = fields_of(answer)
        if "place" not in fields:
            assert kept["place"] == form()["place"]

    @pytest.mark.parametrize("name", ["start", "end"])
    def test_a_time_that_never_comes(self, clerk, name):
        sundays = (31 - i for i in range(7))
        year = timezone.localdate().year + 1
        day = next(
            datetime.date(year, 3, d)
            for d in sundays
            if datetime.date(year, 3, d).weekday() == 6
        )
        times = {"start": "01:00", "end": "04:00"} | {name: "02:30"}
        assert_refused(clerk.post(NEW, form(day=day.isoformat(), **times)), name)

    def test_two_at_once(self, clerk):
        clerk.post(NEW, form())
        again = clerk.post(NEW, form(start="20:00", end="", place="Schule"))

        assert_refused(again, "start")
        assert Sitting.objects.count() == 1
        assert fields_of(again)["place"] == "Schule"

    def test_one_that_ends_after_midnight(self, clerk, client):
        clerk.post(NEW, form(end="00:30"))
        sitting = Sitting.objects.get()
        address = f"{LIST}{sitting.pk}/edit"
        typed = fields_of(clerk.get(address))
        names = ("day", "start", "end", "read")

        moved = clerk.post(
            address, form(place="Schule") | {name: typed[name] for name in names}
        )
        day = datetime.date.fromisoformat(next_year()) + datetime.timedelta(days=1)
        in_the_night = clerk.post(NEW, form(day=day, start="00:15", end=""))

        assert moved.status_code == 302
        assert_refused(in_the_night, "start")
        kept = Sitting.objects.get()
        assert (kept.place, kept.end) == ("Schule", sitting.end)
        assert f"{timezone.localtime(kept.end):%Y-%m-%d %H:%M}" == f"{day} 00:30"
        assert "bis 00:30" in text_of(client.get(kept.get_absolute_url()))

    def test_and_back_to_where_somebody_came_from(self, clerk):
        back = f"{DESK}agenda?pin=KL-2026-00001&pin=KL-2026-00002"
        page = clerk.get(NEW, {"next": back})
        assert fields_of(page)["next"] == back

        answer = clerk.post(NEW, form(next=back))

        assert answer["Location"] == f"{back}&sitting={Sitting.objects.get().pk}"

    @pytest.mark.parametrize(
        "address",
        [
            "https://example.org/",
            "//example.org/",
            "javascript:alert(1)",
            "/" + "x" * 3000,
        ],
    )
    def test_but_not_to_elsewhere(self, clerk, address):
        answer = clerk.post(NEW, form(next=address))
        assert answer["Location"] == f"{LIST}{Sitting.objects.get().pk}/"


class TestEdit:
    @pytest.fixture
    def sitting(self, clerk):
        clerk.post(NEW, form())
        return Sitting.objects.get()

    @pytest.fixture
    def url(self, sitting):
        return f"{LIST}{sitting.pk}/edit"

    def test_shows_what_is_there(self, clerk, url, sitting):
        kept = fields_of(clerk.get(url))
        assert {name: kept[name] for name in form()} == form()

    def test_move(self, clerk, url, sitting):
        answer = clerk.post(url, fields_of(clerk.get(url)) | {"start": "19:00"})

        assert answer.status_code == 302
        sitting.refresh_from_db()
        assert timezone.localtime(sitting.start).strftime("%H:%M") == "19:00"
        assert sitting.sequence == 1

    def test_somebody_else_was_faster(self, clerk, url, sitting):
        mine = fields_of(clerk.get(url))
        clerk.post(url, mine | {"place": "Schule"})

        answer = clerk.post(url, mine | {"place": "Kirche"})

        assert answer.status_code == 409
        again = fields_of(answer)
        assert again["place"] == "Kirche"
        sitting.refresh_from_db()
        assert sitting.place == "Schule"
        assert clerk.post(url, again).status_code == 302
        sitting.refresh_from_db()
        assert sitting.place == "Kirche"

    @pytest.mark.parametrize("read", ["", "x", "2027-01-01", "9" * 41])
    def test_a_garbled_key(self, clerk, url, read):
        assert clerk.post(url, form(read=read)).status_code in {302, 422}

    @pytest.mark.parametrize("state", [State.HELD, State.CANCELLED])
    def test_what_is_over(self, clerk, body, state):
        sitting = make_sitting(body, state=state)
        answer = clerk.post(f"{LIST}{sitting.pk}/edit", form())
        assert answer.status_code == 409
        sitting.refresh_from_db()
        assert sitting.place != form()["place"]

    def test_one_of_yesterday_keeps_its_day(self, clerk, body):
        """Its seconds, too, which nobody types."""
        sitting = make_sitting(body, days=-1)
        url = f"{LIST}{sitting.pk}/edit"

        answer = clerk.post(url, fields_of(clerk.get(url)) | {"place": "Schule"})

        assert answer.status_code == 302
        moved = Sitting.objects.get()
        assert (moved.start, moved.place) == (sitting.start, "Schule")


class TestCancel:
    def test_with_a_reason(self, clerk, body):
        sitting, pin = make_sitting(body), make_pin()
        make_consultation(body, pin, item=make_item(sitting))

        answer = clerk.post(f"{LIST}{sitting.pk}/cancel", {"reason": "Sturm"})

        assert answer["Location"] == f"{LIST}{sitting.pk}/"
        assert "Sturm" in text_of(clerk.get(answer["Location"]))
        assert Consultation.objects.proposed_to(body).count() == 1

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\x00"])
    def test_not_without_one(self, clerk, body, reason):
        sitting = make_sitting(body)
        answer = clerk.post(f"{LIST}{sitting.pk}/cancel", {"reason": reason})
        assert_refused(answer, "reason")
        sitting.refresh_from_db()
        assert sitting.state == State.PLANNED

    def test_twice(self, clerk, body):
        url = f"{LIST}{make_sitting(body).pk}/cancel"
        clerk.post(url, {"reason": "Sturm"})
        assert clerk.post(url, {"reason": "Anders"}).status_code == 409
        assert Sitting.objects.get().cancelled_because == "Sturm"


class TestInvite:
    @pytest.fixture
    def sitting(self, body):
        sitting = make_sitting(body)
        make_consultation(body, make_pin(title="Der Weg"), item=make_item(sitting))
        make_item(sitting, "Grundstück", is_public=False)
        return sitting

    def test_says_what_happens_and_does_it(self, clerk, sitting):
        url = f"{LIST}{sitting.pk}/invite"
        page = clerk.get(url)
        assert page.context["pin_count"] == page.context["hidden_count"] == 1
        assert "Grundstück" not in text_of(page)
        assert Sitting.objects.get().state == State.PLANNED

        assert clerk.post(url).status_code == 302

        assert Sitting.objects.get().state == State.INVITED
        assert Pin.objects.get().status == Status.SCHEDULED

    def test_twice(self, clerk, sitting):
        url = f"{LIST}{sitting.pk}/invite"
        clerk.post(url)
        again = clerk.post(url)
        assert again.status_code == 409
        assert Sitting.objects.get().sequence == 1

    def test_preview_is_what_everyone_will_read(self, clerk, sitting):
        text = text_of(clerk.get(f"{LIST}{sitting.pk}/preview"))
        assert "Der Weg" in text
        assert "Grundstück" not in text


PDF = b"%PDF-1.7\n%%EOF\n"


def pdf(content=PDF, name="Einladung.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


class TestPapers:
    @pytest.fixture
    def sitting(self, body):
        return make_sitting(body)

    @pytest.fixture
    def url(self, sitting):
        return f"{LIST}{sitting.pk}/papers"

    def test_are_kept_under_a_name_that_tells_nothing(self, clerk, sitting, url):
        answer = clerk.post(url, {"invitation": pdf(name="../../Geheim.pdf")})

        assert answer.status_code == 302
        sitting.refresh_from_db()
        assert sitting.invitation.name.startswith("sittings/")
        assert "Geheim" not in sitting.invitation.name
        assert not sitting.minutes

    def test_are_handed_out_to_do_nothing(self, clerk, sitting, url):
        clerk.post(url, {"minutes": pdf()})

        answer = clerk.get(f"{LIST}{sitting.pk}/minutes.pdf")

        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["Content-Security-Policy"] == sandbox.FILE
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]

    def test_are_not_there(self, clerk, sitting):
        assert clerk.get(f"{LIST}{sitting.pk}/minutes.pdf").status_code == 404

    def test_a_file_that_got_lost(self, clerk, sitting):
        Sitting.objects.update(minutes="sittings/gone.pdf")
        assert clerk.get(f"{LIST}{sitting.pk}/minutes.pdf").status_code == 404

    @pytest.mark.parametrize(
        "content",
        [b"", b"%PDF", b"<script>alert(1)</script>", b"\n%PDF-1.7", b"PK\x03\x04"],
    )
    def test_what_is_no_pdf(self, clerk, sitting, url, content):
        answer = clerk.post(url, {"invitation": pdf(content)})
        assert_refused(answer, "invitation")
        sitting.refresh_from_db()
        assert not sitting.invitation

    def test_what_is_too_large(self, clerk, url):
        answer = clerk.post(url, {"minutes": pdf(PDF + b"0" * PAPER_BYTES)})
        assert_refused(answer, "minutes")

    def test_as_large_as_they_may_be(self, clerk, sitting, url):
        largest = PDF + b"0" * (PAPER_BYTES - len(PDF))
        answer = clerk.post(url, {"invitation": pdf(largest), "minutes": pdf(largest)})
        assert answer.status_code == 302

    @pytest.mark.parametrize("lost", ["both", "the second"])
    def test_where_the_storage_is_away(
        self, clerk, sitting, url, bucket, monkeypatch, lost
    ):
        save = bucket.save
        kept: list[str] = []

        def keep_one(name, *args, **kwargs):
            if kept or lost == "both":
                raise MediaAway
            kept.append(save(name, *args, **kwargs))
            return kept[0]

        monkeypatch.setattr(bucket, "save", keep_one)
        answer = clerk.post(url, {"invitation": pdf(), "minutes": pdf()})

        assert answer.status_code == 503
        assert list(answer.context["form"].errors) == ["invitation", "minutes"]
        sitting.refresh_from_db()
        assert not sitting.invitation
        assert not any(map(bucket.exists, kept))

    def test_none_chosen(self, clerk, url):
        answer = clerk.post(url, {})
        assert answer.status_code == 422
        assert answer.context["form"].non_field_errors()

    def test_strangers_send_no_large_bodies(self, client, url):
        client.force_login(make_member(make_body("Ortsbeirat Ost")))
        answer = client.post(url, {"minutes": pdf(PDF + b"0" * PAPER_BYTES)})
        assert answer.status_code == 413

    @pytest.mark.usefixtures("either_storage")
    def test_a_new_one_replaces_the_old_one(
        self, clerk, sitting, url, django_capture_on_commit_callbacks
    ):
        old = default_storage.save("sittings/old.pdf", ContentFile(PDF))
        Sitting.objects.update(invitation=old)

        with django_capture_on_commit_callbacks(execute=True):
            clerk.post(url, {"invitation": pdf()})

        sitting.refresh_from_db()
        assert default_storage.exists(sitting.invitation.name)
        assert not default_storage.exists(old)

    @pytest.mark.usefixtures("either_storage")
    def test_removed(self, clerk, sitting, url, django_capture_on_commit_callbacks):
        old = default_storage.save("sittings/old.pdf", ContentFile(PDF))
        Sitting.objects.update(minutes=old)

        with django_capture_on_commit_callbacks(execute=True):
            assert clerk.post(url, {"remove": "minutes"}).status_code == 302

        sitting.refresh_from_db()
        assert not sitting.minutes
        assert not default_storage.exists(old)
        assert clerk.post(url, {"remove": "body"}).status_code == 404
