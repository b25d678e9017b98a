"""What Ombord costs, as ratios within one run or as sizes: `make bench`."""
