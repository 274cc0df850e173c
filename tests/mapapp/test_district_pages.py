"""The districts, and one district: its body, its pins and how far they have come."""

import pytest

from districts.models import Responsibility, today
from pins.workflow import Status, Visibility
from tests.factories import make_body, make_district, make_pin, make_theme
from tests.pages import text_of


@pytest.fixture
def hohenecken(db):
    make_theme()
    return make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))


class TestList:
    def test_every_district_of_today_with_its_body_and_number_of_pins(
        self, client, hohenecken
    ):
        make_district(5, name="Kotten", body=make_body("Bauausschuss"))
        make_pin()
        make_pin()
        make_pin(visibility=Visibility.SUBMITTED)

        response = client.get("/districts/")

        assert response.status_code == 200
        rows = response.context["districts"]
        assert [
            (r["number"], r["name"], r["body_name"], r["pin_count"]) for r in rows
        ] == [
            (5, "Kotten", "Bauausschuss", 0),
            (16, "Hohenecken", "Ortsbeirat Hohenecken", 2),
        ]
        assert all(row["area_km2"] > 0 for row in rows)
        for text in ("Kotten", "Bauausschuss", "Hohenecken", "Ortsbeirat Hohenecken"):
            assert text in text_of(response)

    def test_not_the_districts_of_yesterday(self, client, hohenecken):
        end(hohenecken)

        assert "Hohenecken" not in text_of(client.get("/districts/"))

    @pytest.mark.parametrize("number", [1, 8])
    def test_three_queries(self, client, db, number, django_assert_num_queries):
        for district in range(1, number + 1):
            make_district(district)
            make_pin(district=district)

        with django_assert_num_queries(3):
            client.get("/districts/")


def end(district):
    day = today()
    Responsibility.objects.filter(district=district).update(valid_to=day)
    district.valid_to = day
    district.save()


class TestDistrict:
    def test_its_body_and_its_pins(self, client, hohenecken):
        make_district(17, name="Einsiedlerhof")
        make_pin(title="Liegt in Hohenecken")
        make_pin(title="Liegt woanders", district=17)
        make_pin(title="Wartet noch", visibility=Visibility.SUBMITTED)

        response = client.get("/districts/hohenecken/")

        assert response.status_code == 200
        shown = text_of(response)
        assert "Ortsbeirat Hohenecken" in shown
        assert "Liegt in Hohenecken" in shown
        assert "Liegt woanders" not in shown
        assert "Wartet noch" not in shown

    def test_how_far_they_have_come(self, client, hohenecken):
        make_pin(status=Status.DONE)
        make_pin(status=Status.DONE)
        make_pin()

        response = client.get("/districts/hohenecken/")

        counts = response.context["status_counts"]
        assert [(c["value"], c["count"]) for c in counts] == [
            ("received", 1),
            ("done", 2),
        ]
        assert str(Status.DONE.label) in text_of(response)

    def test_filters_leave_the_counts_and_the_district_alone(self, client, hohenecken):
        make_district(17, name="Einsiedlerhof")
        make_pin(status=Status.DONE)
        make_pin(title="Ein neuer Titel")
        make_pin(title="Liegt woanders", district=17)

        response = client.get(
            "/districts/hohenecken/?status=received&district=einsiedlerhof"
        )

        assert [pin.title for pin in response.context["page"].pins] == [
            "Ein neuer Titel"
        ]
        assert len(response.context["status_counts"]) == 2

    def test_the_body_of_today(self, client, hohenecken):
        day = today()
        Responsibility.objects.update(valid_to=day)
        new = make_body("Ortsbeirat Neu")
        Responsibility.objects.create(district=hohenecken, body=new, valid_from=day)

        response = client.get("/districts/hohenecken/")
        assert response.context["body"] == new

    @pytest.mark.parametrize(
        "slug", ["nowhere", "16", "HOHENECKEN", "%00", "h%C3%B6he"]
    )
    def test_a_district_that_is_none(self, client, hohenecken, slug):
        response = client.get(f"/districts/{slug}/")

        assert response.status_code == 404
        assert "<h1>" in response.content.decode()

    def test_a_district_of_yesterday(self, client, hohenecken):
        end(hohenecken)

        assert client.get("/districts/hohenecken/").status_code == 404

    def test_its_latest_boundary(self, client, hohenecken):
        end(hohenecken)
        make_district(16, name="Hohenecken", valid_from=today())

        assert client.get("/districts/hohenecken/").status_code == 200
