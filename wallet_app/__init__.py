"""Mine, with me, shown on my terms: the seafarer's Kivy app."""
