"""People: who is insured, their personal accounts, and every movement on them.

Personal data stand here and nowhere else: books, logs and messages carry totals and
masks (`masks`). A region's book keeps one control account, 个人账户基金, whose
balance is the sum of the region's personal balances, to the fen, at all times.
Knows no policy: rates and figures are handed in.
"""
