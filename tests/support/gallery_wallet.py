"""Scenes of the wallet, in the order in which a seafarer meets them."""

from support import gallery_wallet_adding, gallery_wallet_list, gallery_wallet_safe, gallery_wallet_showing
from support.gallery import Scenes

scene = Scenes()
for part in (gallery_wallet_safe, gallery_wallet_list, gallery_wallet_showing, gallery_wallet_adding):
    scene.include(part.scene)
