"""The law as dated, cited data, and the evaluator that decides by it. Pure: no clock, disk or database."""
