"""Vouchers (记账凭证): what the policy documents say, as data.

One TOML file a document, and pure functions over it. No SQL, no files but its
own, no clock, no Fava.
"""
