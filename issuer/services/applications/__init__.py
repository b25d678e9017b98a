"""Applications: told beforehand, submitted, evaluated, decided, issued, explained."""
