"""`yibao sample`: a province's forms, invented from a seed. Files only, no books.

`quarters` writes them in the order of a year's business; `figures`, `transfers` and
`clearings` invent what they say, `forms` lays it out as an office would.
"""

from desk.sample.quarters import write_clearing_list, write_quarter, write_samples

__all__ = ["write_clearing_list", "write_quarter", "write_samples"]
