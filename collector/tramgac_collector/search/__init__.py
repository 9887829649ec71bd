"""The language in which people search: read, typed, and put as SQL or asked of one event in Python."""
