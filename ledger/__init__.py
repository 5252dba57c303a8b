"""Books (账簿): the nouns of the trade and the store that keeps them.

Money, periods, regions, subjects, source documents, vouchers, and the printing
of books. Knows no policy: what a document prescribes stands in posting_rules/.
"""
