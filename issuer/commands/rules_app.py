"""`rules`: its commands, which stand in three modules."""

from issuer.commands import rules, rules_contents, rules_diff

app = rules.app
app.command("diff")(rules_diff.diff)
app.command("contents")(rules_contents.contents)
