"""The interface for machines: companies, schools and doctors report qualifications with it."""
