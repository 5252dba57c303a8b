"""A file beside an answer is written where its folder is, and nowhere else."""

import pytest

from desk.saving import save
from ledger.errors import BookError


def test_a_folder_that_is_not_there_is_refused(tmp_path, monkeypatch):
    with pytest.raises(BookError, match="没有这个文件夹"):
        save(tmp_path / "没有" / "a.html", b"a")
    monkeypatch.chdir(tmp_path)
    save(tmp_path.joinpath("a.html").relative_to(tmp_path), b"a")

    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_a_homes_own_folder_is_made(tmp_path):
    save(tmp_path / "out" / "2018Q1" / "a.xlsx", b"a", folders=True)

    assert (tmp_path / "out" / "2018Q1" / "a.xlsx").read_bytes() == b"a"


@pytest.mark.parametrize(
    "words",
    [
        ("due", "--quarter", "2018Q1", "--ics"),
        ("report", "year", "2018", "--html"),
    ],
)
def test_a_mistyped_path_leaves_nothing(words, yibao, tmp_path):
    code, _, err = yibao(*words, tmp_path / "没有" / "a")

    assert code == 1
    assert "没有这个文件夹" in err
    assert not (tmp_path / "没有").exists()
