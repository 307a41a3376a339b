"""What we claim about speed, runnable by hand: ratios between floors and us, taken in one run."""
