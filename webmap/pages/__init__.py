"""Pages: parse, call, answer. One blueprint a file."""

from webmap.pages import account, home, machines, staff_map

BLUEPRINTS = (home.bp, account.bp, staff_map.bp, machines.bp)
