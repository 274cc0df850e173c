"""Where the office prepares stands and cards, and imports what was typed."""

from django.urls import path

from insek.views import planning_cards, planning_sheets, planning_stands

urlpatterns = [
    path("", planning_stands.overview, name="input"),
    path("stands/new", planning_stands.new_stand, name="stand-new"),
    path("stands/<int:stand_id>/", planning_stands.stand, name="stand"),
    path("prints/", planning_cards.prints, name="prints"),
    path("prints/<int:print_id>.pdf", planning_cards.print_file, name="print"),
    path("poster.pdf", planning_cards.poster, name="poster"),
    path("cards/", planning_sheets.card_sheets, name="sheets"),
    path("cards/template.xlsx", planning_cards.template_xlsx, name="template-xlsx"),
    path("cards/template.csv", planning_cards.template_csv, name="template-csv"),
    path("cards/<uuid:sheet_id>/", planning_sheets.sheet, name="sheet"),
    path(
        "cards/<uuid:sheet_id>/places.geojson",
        planning_sheets.sheet_places,
        name="sheet-places",
    ),
    path(
        "cards/<uuid:sheet_id>/problems.xlsx",
        planning_sheets.sheet_problems,
        name="sheet-problems",
    ),
]
