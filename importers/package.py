"""The zip package of an .xlsx: looked through, piece by piece, before it is read.

calamine inflates what it is given, shows neither formulas nor error values, and makes
room for every cell between the first and the last. So each part is inflated here
first, never whole: counted (declared sizes may lie), checked against its CRC, and each
sheet searched for formulas without a cached value, error values and far-off cells.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from importers.faults import Faults

LARGEST_PART = 512 << 20  # bytes, inflated
LARGEST_WHOLE = 768 << 20
LARGEST_RATIO = 100  # of parts above 16 MB
MOST_CELLS = 20_000_000  # from A1 to the last, empty ones included
PIECE = 1 << 18
LETTERS = 26  # columns with a name of one letter


class Cells(NamedTuple):
    """What a sheet's XML says that calamine does not; places count from 1."""

    uncached: list[tuple[int, int]]  # formulas without a cached value
    errors: dict[tuple[int, int], str]  # #DIV/0! and the like


def look_through(data: bytes, faults: Faults) -> dict[str, Cells]:
    """Every sheet's cells by sheet name; refuses bombs and torn files."""
    try:
        package = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError, struct.error):
        faults.refuse("压缩结构残缺，文件可能没有下载完整", "完整的xlsx文件")
    parts = {part.filename: part for part in package.infolist()}
    if len(parts) < len(package.infolist()):
        faults.refuse("压缩包内有重名的部分", "用Excel另存为的.xlsx文件")
    _refuse_what_is_no_workbook(parts, faults)
    _refuse_if_large(sum(p.file_size for p in parts.values()), LARGEST_WHOLE, faults)
    paths = _sheet_paths(data, parts, faults)
    whole, found = 0, {}
    for part in package.infolist():
        pieces = _inflated(data, part, faults)
        if part.filename in paths:
            sheet = _Sheet(paths[part.filename], faults)
            whole += sum(map(sheet.piece, pieces))
            if sheet.seems_large():
                sheet = _Sheet(sheet.name, faults, exact=True)
                whole += sum(map(sheet.piece, _inflated(data, part, faults)))
            found[sheet.name] = sheet.cells()
        else:
            whole += sum(map(len, pieces))
        _refuse_if_large(whole, LARGEST_WHOLE, faults)
    return found


def _refuse_what_is_no_workbook(parts: dict[str, ZipInfo], faults: Faults):
    if "xl/workbook.xml" in parts:
        return
    remedy = "用Excel另存为的.xlsx文件"
    if "xl/workbook.bin" in parts:
        faults.refuse("是.xlsb文件", remedy)
    if "content.xml" in parts:
        faults.refuse("是OpenDocument文件", remedy)
    faults.refuse("是压缩包，但里面不是Excel工作簿", remedy)


def _refuse_if_large(size: int, largest: int, faults: Faults):
    if size > largest:
        faults.refuse(
            f"解开后超过{largest >> 20}MB，疑为压缩炸弹",
            "大小正常的工作簿，可分成几个文件",
        )


def _inflated(data: bytes, part: ZipInfo, faults: Faults) -> Iterator[bytes]:
    """A part's content in pieces; what the package declares is not trusted."""
    if part.flag_bits & 1:
        faults.refuse("已加密", "去掉密码后另存的文件")
    at = part.header_offset
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or len(data) < at + 30:
        faults.refuse("压缩结构残缺或压缩方法不识", "完整的xlsx文件")
    at += 30 + sum(struct.unpack_from("<HH", data, at + 26))
    packed = memoryview(data)[at : at + part.compress_size]
    stored = part.compress_type == ZIP_STORED
    size, crc = 0, 0
    for piece in _stored(packed) if stored else _deflated(packed, faults):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        _refuse_if_large(size, LARGEST_PART, faults)
        if size > LARGEST_RATIO * len(packed) and size > 16 << 20:
            faults.refuse("解开后膨胀百倍以上，疑为压缩炸弹", "正常压缩的工作簿")
        yield piece
    if size != part.file_size or crc != part.CRC:
        faults.refuse(
            "内容与校验和不符，文件已损坏", "完整的xlsx文件，请重新下载或另存"
        )


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), PIECE):
        yield bytes(packed[at : at + PIECE])


def _deflated(packed: memoryview, faults: Faults) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), PIECE // 8):
            waiting = packed[at : at + PIECE // 8]
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, PIECE)
                waiting = inflater.unconsumed_tail
        while not inflater.eof and (piece := inflater.decompress(b"", PIECE)):
            yield piece
    except zlib.error:
        faults.refuse("压缩内容损坏", "完整的xlsx文件，请重新下载或另存")
    if not inflater.eof:
        faults.refuse("压缩内容残缺", "完整的xlsx文件，请重新下载或另存")


def _sheet_paths(data: bytes, parts: dict, faults: Faults) -> dict[str, str]:
    """The sheets' names by their paths in the package."""
    relations = _small(data, parts, "xl/_rels/workbook.xml.rels", faults)
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    paths = {}
    for sheet in _small(data, parts, "xl/workbook.xml", faults).iter():
        if sheet.tag.endswith("}sheet"):
            ids = [v for k, v in sheet.attrib.items() if k.endswith("}id")]
            target = targets.get(ids[0] if ids else "", "")
            path = target[1:] if target.startswith("/") else f"xl/{target}"
            if path not in parts:
                faults.refuse("工作簿缺少工作表的内容", "完整的xlsx文件")
            paths[path] = sheet.get("name", "")
    return paths


def _small(data: bytes, parts: dict, path: str, faults: Faults):
    """A part of the frame, parsed; these are small in every honest workbook."""
    if path not in parts:
        faults.refuse("工作簿结构残缺", "用Excel另存为的.xlsx文件")
    content = b""
    for piece in _inflated(data, parts[path], faults):
        content += piece
        _refuse_if_large(len(content), 16 << 20, faults)
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        faults.refuse("工作簿结构残缺", "用Excel另存为的.xlsx文件")


class _Sheet:
    """Searches a sheet's XML as it streams by; parses only rows that need it."""

    def __init__(self, name: str, faults: Faults, exact: bool = False):
        self.name = name
        self.faults = faults
        self.exact = exact
        self.uncached: list[tuple[int, int]] = []
        self.errors: dict[tuple[int, int], str] = {}
        self.last_row = 0
        self.last_column = 0 if exact else LETTERS
        self.rest = b""
        self.prefix: bytes | None = None

    def piece(self, piece: bytes) -> int:
        """Take the next piece, up to its last whole row; its length."""
        text = self.rest + piece
        if self.prefix is None and len(text) > 2:
            if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                self.faults.refuse(
                    "工作表不是UTF-8编码", "用Excel另存为的.xlsx文件", self.name
                )
            found = PREFIXED.search(text[:2000])
            self.prefix = found[1] if found else b""
        if self.prefix:
            text = text.replace(b"<" + self.prefix, b"<")
            text = text.replace(b"</" + self.prefix, b"</")
        end = text.rfind(b"</row>") + 6
        if end >= 6:
            self._rows(text[:end])
            self.rest = text[end:]
        else:
            self.rest = text if b"<row" in text else text[-16:]
        if len(self.rest) > 16 << 20:
            self.faults.refuse("有一行大得不合常理", "正常的工作表", self.name)
        return len(piece)

    def _rows(self, text: bytes):
        if not self.exact:
            self.last_row = max([self.last_row, *map(int, ROWS.findall(text))])
        formula = b"<f" in text and FORMULA.search(text)
        if self.exact or formula or ERROR.search(text) or WIDE.search(text):
            self._parse(text[text.find(b"<row") :])

    def seems_large(self) -> bool:
        return self.last_row * self.last_column > MOST_CELLS

    def cells(self) -> Cells:
        if self.seems_large():
            self.faults.refuse(
                f"远处（第{self.last_row}行、第{self.last_column}列以内）还有内容，"
                "工作表大得不合常理",
                "删去远处单元格后另存的工作簿",
                self.name,
            )
        return Cells(self.uncached, self.errors)

    def _parse(self, rows: bytes):
        """The formulas, errors and columns of some whole rows."""
        cell = {}

        def start(tag, attributes):
            if tag == "c":
                place = _place(attributes.get("r", ""))
                cell.update(place=place, t=attributes.get("t"), f=0, v=None)
            elif tag == "f":
                cell["f"] = 1
            elif tag == "v":
                cell["v"] = ""

        def text(characters):
            if cell.get("v") is not None:
                cell["v"] += characters

        def end(tag):
            if tag == "c":
                self._cell(**cell)
                cell["v"] = None

        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        try:
            parser.Parse(b"<rows>" + rows + b"</rows>", True)
        except expat.ExpatError:
            self.faults.refuse("工作表的XML残缺", "完整的xlsx文件", self.name)

    def _cell(self, place, t, f, v):
        if v or t == "inlineStr":
            self.last_row = max(self.last_row, place[0])
            self.last_column = max(self.last_column, place[1])
        if t == "e":
            self.errors[place] = (v or "").strip()
        elif f and not (v or "").strip() and not (t == "str" and v is not None):
            self.uncached.append(place)


def _place(reference: str) -> tuple[int, int]:
    """B12 is (12, 2); (0, 0) where the cell does not say.

    >>> _place("AA7")
    (7, 27)
    """
    found = REFERENCE.fullmatch(reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
PREFIXED = re.compile(rb"<([A-Za-z0-9_.-]+:)worksheet[\s>]")
ROWS = re.compile(rb'<row [^>]*?\br="([0-9]+)"')
WIDE = re.compile(rb"""r=["'][A-Z][A-Z]""")
FORMULA = re.compile(rb"<f[\s/>]")
ERROR = re.compile(rb"""\bt=["']e["']""")
