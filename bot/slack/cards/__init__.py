"""The card: a projection of a request, part by part."""
