"""From the text of a file to values that know their place in it, and what is said when they are wrong."""
