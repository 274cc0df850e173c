"""An address that waited on a device arrives; what is no sealed address is asked for again."""

import base64
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pins.models import Contact
from pins.sealed_address import NotOpened, open_address, public_key
from tests.factories import form_data, make_district, make_stand, make_theme
from tests.pages import fields_of

ADDRESS = "jörg@example.org"


def seal(address, key=None):
    """Seal as the outbox does: a fresh pair, HKDF with its point, AES-GCM from naught."""
    site = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.b64decode(key or public_key())
    )
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), site)
    derived = HKDF(SHA256(), 32, salt=point, info=b"pins.sealed-address").derive(shared)
    sealed = AESGCM(derived).encrypt(bytes(12), address.encode(), None)
    return base64.b64encode(point + sealed).decode()


def test_what_is_sealed_for_this_site_is_opened():
    assert open_address(seal(ADDRESS)) == ADDRESS
    assert seal(ADDRESS) != seal(ADDRESS)


def test_also_after_the_secret_was_changed(settings):
    sealed, before = seal(ADDRESS), public_key()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"

    assert public_key() != before
    assert open_address(sealed) == ADDRESS
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotOpened):
        open_address(sealed)


def changed(sealed, place):
    content = bytearray(base64.b64decode(sealed))
    content[place] ^= 1
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "make",
    [
        lambda: "",
        lambda: "x",
        lambda: "ü" * 40,
        lambda: "\0\ud800",
        lambda: base64.b64encode(bytes(64)).decode(),
        lambda: base64.b64encode(bytes(200)).decode(),
        lambda: seal(ADDRESS)[:88],
        lambda: seal("x" * 3000),
        *(
            lambda place=place: changed(seal(ADDRESS), place)
            for place in (0, 9, 70, -1)
        ),
    ],
)
def test_what_is_none_is_not(make):
    with pytest.raises(NotOpened):
        open_address(make())


@pytest.fixture
def city(db):
    make_district(16)
    make_theme()


def waiting(address, **fields):
    """Return what the outbox sends of a form with an address."""
    data = form_data() | {"sealed_email": address} | fields
    data.pop("email", None)
    return data


def test_a_contribution_that_waited_brings_its_address(client, city):
    answer = client.post("/pins/new", waiting(seal("lou@example.org")))

    assert answer.status_code == 302
    assert Contact.objects.get().email == "lou@example.org"


def test_one_that_is_opened_in_the_form_shows_it(client, city):
    page = client.post("/pins/new", waiting(seal("lou@example.org"), title=""))

    assert page.status_code == 422
    assert fields_of(page)["email"] == "lou@example.org"
    assert "sealed_email" not in fields_of(page)


def test_one_that_cannot_be_opened_is_asked_for_again(client, city):
    page = client.post("/pins/new", waiting(seal("lou@example.org")[:-8]))

    assert page.status_code == 422
    assert page.context["form"].errors["email"]
    assert not Contact.objects.exists()


def test_what_was_typed_since_counts(client, city):
    data = waiting(seal("lou@example.org")) | {"email": "kim@example.org"}

    client.post("/pins/new", data)

    assert Contact.objects.get().email == "kim@example.org"


def test_at_a_stand(client, city):
    stand = make_stand()
    data = waiting(seal("lou@example.org"), where="event", consent="on")

    answer = client.post(
        f"/insek/stand/{stand.token}/", data | {"idempotency_key": str(uuid4())}
    )

    assert answer.status_code == 302
    assert Contact.objects.get().email == "lou@example.org"


def test_forms_bring_the_key(client, city):
    stand = make_stand()

    for address in ("/pins/new", f"/insek/stand/{stand.token}/"):
        assert fields_of(client.get(address))["sealing_key"] == public_key()
