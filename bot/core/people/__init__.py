"""Who people are, and what each of them may do about a request."""
