"""The Home tab: what waits for somebody, what they asked, what was decided, and who stands in for whom."""
