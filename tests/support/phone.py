"""The person with a phone of `demo.phone`, and the wallet that tests give them."""

from demo.phone import NotOnScreen, Phone, box

__all__ = ["NotOnScreen", "Phone", "box"]
