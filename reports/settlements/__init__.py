"""Reports on bills: how one was split, sharing between cities, clearing statements."""
