"""A province without an advance policy: each command works or says what is missing."""

import json
from datetime import date

import pytest
from accounts_by_hand import WANG_ID, ZHANG, batch, contributed, person
from web_by_hand import PORT, LocalClient

from desk.cli import call
from desk.web.application import make_application

BOOK = "511300-city-agency"
P0 = [
    "voucher",
    "new",
    BOOK,
    *("--on", "2023-02-01", "--narration", "财政专户拨付支出户"),
    *("--debit", "支出户存款", "1000", "--credit", "财政专户存款——市本级", "1000"),
]


@pytest.fixture
def home(sqlite_sichuan_home):
    home = sqlite_sichuan_home
    person(home)
    person(home, WANG_ID, "王五", base="3000")
    document_id = contributed(home, "一月.csv", "2023-01", [(ZHANG, "5000")])
    batch(home, "credit", [(ZHANG, "在职计入", "100")], document_id=document_id)
    return home


@pytest.fixture
def yibao(home, monkeypatch, capsys):
    monkeypatch.setenv("YIBAO_HOME", str(home.path))
    monkeypatch.setenv("YIBAO_BY", "li")
    monkeypatch.delenv("YIBAO_DATABASE_URL", raising=False)

    def run(*words):
        code = call([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def client_of(home):
    day = date(2023, 12, 31)
    return LocalClient(make_application(home, lambda: day, port=PORT))


def test_a_voucher_by_hand_is_drafted_and_approved(yibao):
    code, out, _ = yibao(*P0, "--json")
    draft = json.loads(out)["vouchers"][0]["draft"]

    assert code == 0
    assert yibao("voucher", "approve", draft, "--by", "wang")[0] == 0
    assert "支出户存款" in yibao("balances", BOOK, "--on", "2023-12-31")[1]


def test_a_voucher_in_one_book_alone_is_found_as_one_bank_account_in_two(yibao):
    """P0 is two vouchers: the agency's, and finance's on the same day."""
    draft = json.loads(yibao(*P0, "--json")[1])["vouchers"][0]["draft"]
    yibao("voucher", "approve", draft, "--by", "wang")

    code, out, _ = yibao("check", "--on", "2023-12-31")

    assert code == 1
    assert "南充市银行存款与财政专户存款：应为-600.00，实为400.00" in out


def test_everything_agrees_in_the_end(yibao):
    code, out, _ = yibao("check", "--on", "2023-12-31")

    assert (code, out) == (0, "全部相符。\n")


def test_printed_books_are_verified(yibao, home):
    code, out, _ = yibao("verify", home.path / "books")

    assert code == 0 and "问题0处" in out


@pytest.mark.parametrize("command", ["usage", "due"])
def test_what_needs_an_advance_policy_says_so(yibao, command):
    code, _, err = yibao(command, "--on", "2023-12-31")

    assert code == 1
    assert "应有一份异地就医预付金文件，实有0份" in err


def test_the_start_page_shows_regions_instead_of_rates(home):
    text = client_of(home).get("/").text

    assert "个人账户基金" in text and "南充市" in text
    assert 'id="usage"' not in text and 'id="due"' not in text


@pytest.mark.parametrize("page", ["Balances", "Vouchers", "Journal", "DetailLedger"])
def test_pages_of_a_book_open(home, page):
    answer = client_of(home).get(f"/books/{BOOK}/2023/extension/{page}/")

    assert answer.status_code == 200


def test_a_book_opens_on_its_balances_and_offers_no_board(home):
    client = client_of(home)
    answer = client.get(f"/books/{BOOK}/2023/")
    page = client.get(f"/books/{BOOK}/2023/extension/Balances/").text

    assert answer.headers["Location"].endswith("extension/Balances/")
    assert "预付金看板" not in page and "办理日历" not in page


def test_an_entry_of_personal_accounts_is_shown_as_ours(home):
    text = (
        client_of(home)
        .get(f"/books/{BOOK}/2023/extension/Vouchers/?month=2023-01")
        .text
    )

    assert "本系统补充" in text


def test_no_name_and_no_id_reaches_the_books(home):
    for path in (home.path / "books").rglob("*.beancount"):
        text = path.read_text("utf-8")

        assert ZHANG not in text and "张三" not in text
