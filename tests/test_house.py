"""The house stands: imports run one way, policy is data, nothing is duplicated."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("importers", "posting_rules", "ledger", "reports", "desk")
# Who may import whom; importers and reports never meet, nothing imports desk.
MAY = {
    "desk": {"desk", "importers", "reports", "posting_rules", "ledger"},
    "importers": {"importers", "posting_rules", "ledger"},
    "reports": {"reports", "posting_rules", "ledger"},
    "posting_rules": {"posting_rules", "ledger"},
    "ledger": {"ledger"},
}
SQL = {"sqlalchemy", "sqlite3", "alembic", "pg8000"}
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module.partition(".")[0])
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_one_way(path):
    package = path.relative_to(ROOT).parts[0]

    assert imported(path) & set(PACKAGES) <= MAY[package]


@pytest.mark.parametrize(
    "path", [p for p in MODULES if "posting_rules" in p.parts], ids=name
)
def test_rules_know_no_sql_no_clock_and_no_fava(path):
    text = path.read_text("utf-8")

    assert not imported(path) & (SQL | {"fava", "time"})
    assert not re.search(r"date\.today\(|datetime\.now\(", text)


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if p.parts[-2] not in ("web",) and p.name != "cli.py"],
    ids=name,
)
def test_the_clock_is_read_in_cli_and_web_alone(path):
    assert not re.search(r"date\.today\(|datetime\.now\(", path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_first_what_belongs_there(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_region_code_of_a_province_stands_in_code(path):
    """Policy is data; docstrings and help may show an example."""
    tree = ast.parse(path.read_text("utf-8"))
    compared = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for part in [node.left, *node.comparators]
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.fullmatch(r"\d{6}", part.value)
    ]

    assert compared == []


def test_migrations_and_declarations_say_the_same(sqlite_home):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from ledger.schema import Base

    with sqlite_home.engine.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, Base.metadata) == []


def test_the_schema_version_is_alembics_head():
    from alembic.script import ScriptDirectory

    from ledger.database import SCHEMA_VERSION

    script = ScriptDirectory(str(ROOT / "ledger" / "migrations"))

    assert script.get_current_head() == SCHEMA_VERSION


def test_no_sentence_of_the_documents_stands_in_the_project():
    """Cite, do not copy: no run of 25 characters of a document."""
    seeds = ROOT.parent / "shared" / "seeds"
    if not seeds.is_dir():
        pytest.skip("the documents are not beside this checkout")
    bare = re.compile(r"[^\u4e00-\u9fff]")
    runs = set()
    for seed in seeds.glob("*.txt"):
        text = bare.sub("", seed.read_text("utf-8"))
        runs |= {text[i : i + 25] for i in range(len(text) - 24)}
    found = []
    for pattern in ("*.py", "*.toml", "*.md", "*.html"):
        for path in ROOT.rglob(pattern):
            if ".venv" in path.parts:
                continue
            text = bare.sub("", path.read_text("utf-8"))
            found += [
                (name(path), text[i : i + 25])
                for i in range(len(text) - 24)
                if text[i : i + 25] in runs
            ]

    assert found == []
