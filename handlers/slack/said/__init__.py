"""What people say where there is no button and no command."""
