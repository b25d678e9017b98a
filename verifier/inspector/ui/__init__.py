"""The inspector's screens: a module and its rules each; `routes` names them, `app` moves between them."""
