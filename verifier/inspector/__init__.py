"""The inspector's app: scan, judge, compare, with no connection. `core` knows no Kivy, `ui` draws."""
