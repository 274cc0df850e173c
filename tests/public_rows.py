"""Many rows of the public read model at once, faster than pins can be made."""

from django.db import connection

from pins.models import PublicPin

# As different from each other as real pins are.
SCATTERED = {
    "location": "ST_SetSRID(ST_MakePoint(7.6 + random() * 0.3, 49.37 + random() * 0.15), 4326)",
    "theme_slug": "(ARRAY['mobility','energy','development','digital'])[ceil(random() * 4)]",
    "kind": "(ARRAY['idea','problem','keep'])[ceil(random() * 3)]",
    "status": "(ARRAY['received','in_review','scheduled','endorsed','done'])[ceil(random() * 5)]",
}


def multiply_public_rows(count: int, **expressions: str) -> None:
    """Copy the only public row until there are `count`.

    `expressions` are SQL for columns that shall differ; `n` is the number of the copy.
    """
    made = {
        "id": "id + n",
        # Of a year in which no pin is made, whose own reference this might be.
        "reference": "'KL-9999-' || to_char(n, 'FM00000')",
        **expressions,
    }
    columns = [f.column for f in PublicPin._meta.concrete_fields if not f.generated]
    values = ", ".join(made.get(name, name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            f"INSERT INTO pins_publicpin ({', '.join(columns)}) "  # noqa: S608 -- names from the model only
            f"SELECT {values} FROM pins_publicpin, generate_series(1, %s) n",
            [count - 1],
        )
