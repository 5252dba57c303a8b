"""The statement to print, in a real browser: it fits its paper."""

from datetime import date

from accounts_by_hand import ZHANG, batch, person
from browser import chromium, visit  # noqa: F401

from reports.people.statement import statement
from reports.people.statement_page import statement_page

TODAY = date(2024, 1, 10)


def test_a_year_with_long_names_fits_the_width_of_the_paper(
    sqlite_sichuan_home, chromium, tmp_path  # noqa: F811
):
    home = sqlite_sichuan_home
    person(home, ZHANG, "张三")
    for month in range(1, 13):
        day = date(2023, month, 28)
        moved = [(ZHANG, "退休划入", "1234567.89")]
        batch(home, "credit", moved, day, f"2023-{month:02}")
    with home.reading() as connection:
        page = statement_page(statement(connection, ZHANG, TODAY), TODAY)
    path = tmp_path / "对账单.html"
    path.write_text(page, "utf-8")

    with visit(chromium) as seen:
        seen.page.goto(path.as_uri())
        table = seen.page.locator("table.moves").bounding_box()
        paper = seen.page.locator("body").bounding_box()
        rows = seen.page.locator("table.moves tbody tr, table.moves > tr").count()

        assert not seen.troubles
        assert paper["x"] <= table["x"]
        assert table["x"] + table["width"] <= paper["x"] + paper["width"]
        assert rows >= 12
        assert "14,814,814.68" in seen.page.inner_text("body")
