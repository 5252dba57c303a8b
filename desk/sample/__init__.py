"""`yibao sample`: forms invented from a seed. Files only, no books.

A province's advances and clearing: `quarters` writes them in the order of a year's
business; `figures`, `transfers` and `clearings` invent what they say, `forms` lays it
out as an office would. A city's personal accounts: `people` writes them, `city` says
who the people are and what befalls them, `accounts` keeps what they hold, `bad_rows`
adds what cannot be taken, `payouts` is a city that pays balances out.
A province's whole year of treatment away from home: `year` writes its forms and the
commands of everybody concerned.
A province of families: `sharing` writes bills, bindings and premiums, `sharing_people`
says who pays for whom, `sharing_bills` what each bill takes, `sharing_season` premiums.
"""

from desk.sample.payouts import write_payouts
from desk.sample.people import write_city, write_year
from desk.sample.quarters import write_clearing_list, write_quarter, write_samples
from desk.sample.sharing import write_bills, write_ground, write_sharing
from desk.sample.year import write_province_year

__all__ = [
    "write_bills",
    "write_city",
    "write_clearing_list",
    "write_ground",
    "write_payouts",
    "write_province_year",
    "write_quarter",
    "write_samples",
    "write_sharing",
    "write_year",
]
