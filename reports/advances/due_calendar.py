"""The calendar as an iCalendar file (RFC 5545), for the calendars that people keep.

One all-day event a task and region. Its UID is the task, period and region, so that a
file made again moves and renames events and never doubles them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Iterable

from icalendar import Alarm, Calendar, Event

from ledger import regions
from reports.due import WHO_NAMES, DueRow

PRODUCT = "-//yibao-ledger//due//ZH"
DOMAIN = "due.yibao"
REMIND = timedelta(days=-1)
MARKS = {"late": "【逾期】", "done": "【已办】", "open": ""}


def calendar_file(rows: Iterable[DueRow], province: str, now: datetime) -> bytes:
    """Deadlines as a calendar file; `now`, with its zone, is the file's DTSTAMP."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{regions.name(province)}异地就医办理日历")
    for row in rows:
        calendar.add_component(_event(row, now))
    return calendar.to_ical()


def _event(row: DueRow, now: datetime) -> Event:
    event = Event()
    summary = _plain(f"{MARKS[row.state]}{row.region_name}：{row.name}（{row.period}）")
    event.add("uid", f"{row.task}-{row.period}-{row.region}@{DOMAIN}")
    event.add("dtstamp", now)
    event.add("dtstart", row.due)
    event.add("dtend", row.due + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", _plain("\n".join(_description(row))))
    event.add("categories", [row.state_name])
    event.add("transp", "TRANSPARENT")
    if row.state != "done":
        event.add_component(_alarm(summary))
    return event


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", REMIND)
    alarm.add("description", summary)
    return alarm


def _description(row: DueRow) -> list[str]:
    """What else the page shows of the row, a line each."""
    state = row.state_name
    if row.done_on:
        state += f"，{row.done_on}"
    if row.late_by:
        state += f"，迟{row.late_by}天"
    said = [f"办理：{WHO_NAMES.get(row.who, row.who)}", f"状态：{state}"]
    if row.printed and row.printed != row.due:
        said.append(f"印明日期：{row.printed}，非工作日，顺延或提前到{row.due}")
    if row.note:
        said.append(f"说明：{row.note}")
    return [*said, f"依据：{row.cite}"]


def _plain(text: str) -> str:
    """Without the control characters that a calendar file may not hold."""
    return "".join(each for each in text if each == "\n" or each.isprintable())
