"""What we ask Slack: who is who, who is in a group, what exists."""
