"""The web: a start page over all books, and each book's year in a Fava of its own.

Requests come in through `security` (method, Host, headers), go to `start_page` or
to `books_app`, and pass `query_filter` before they reach a book's Fava
(`fava_app`). Everything here reads; nothing writes to a home.
"""
