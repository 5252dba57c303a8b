"""Pages that we print: Jinja templates that escape everything and miss nothing."""

from __future__ import annotations

from typing import Callable, Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined


def page_templates(package: str, filters: Mapping[str, Callable]) -> Environment:
    """The templates beside a package, such as reports.advances, with its filters."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment
