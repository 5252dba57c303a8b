"""Masks: a name and an id as others may see them."""


def masked_name(name: str) -> str:
    """The surname alone.

    >>> masked_name("张三"), masked_name("")
    ('张*', '')
    """
    return name[:1] + "*" if name else ""


def masked_id(person_id: str) -> str:
    """The last four characters, fewer of a short id.

    >>> masked_id("511300000012"), masked_id("A12")
    ('****0012', '****2')
    """
    seen = 4 if len(person_id) > 7 else max(1, len(person_id) - 4)
    return "****" + person_id[-seen:] if person_id else ""
